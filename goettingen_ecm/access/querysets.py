"""``visible_to(user)``: the one filter of lists, counts, exports and lookups."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models

from goettingen_ecm.access.principals import Person, rights_of


class ScopeIsOneOf(models.Lookup[Any]):
    """``scope_id = ANY('{1,2,3}'::int[])``: one literal array instead of thousands of parameters."""

    lookup_name = "any_of"
    prepare_rhs = False

    # Django's stubs ask for a tuple of parameters, its own lookups return lists.
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::int[])", [*left_params, list(self.rhs)]


class IsAmong(models.Func):
    """``id = ANY(ARRAY(SELECT …))``: found by key, whatever the planner thinks of the subquery."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = models.BooleanField()


models.ForeignKey.register_lookup(ScopeIsOneOf)
models.AutoField.register_lookup(ScopeIsOneOf)


class ScopedQuerySet(models.QuerySet[Any]):
    """For every model with a ``scope``: rows the person may see; superusers are people too."""

    def visible_to(self, user: Person) -> Self:
        """Rows whose scope allows one of the person's principals and does not deny the person."""
        ids = rights_of(user).scope_ids
        return self.filter(scope__any_of=ids) if ids else self.none()

    def visible_among(self, user: Person, keys: Collection[int], *through: str) -> set[int]:
        """Those of a few known rows that the person may see, of ``through`` (relations) as well.

        The same rule as ``visible_to``, checked here instead of there: naming thousands of scopes
        in SQL costs more than looking at some hundred rows.
        """
        names = ["pk", "scope_id", *(f"{one}__scope_id" for one in through)]
        scopes = frozenset(rights_of(user).scope_ids)
        rows = self.filter(pk__in=keys).order_by().values_list(*names)
        return {pk for pk, *found in rows if scopes.issuperset(found)}
