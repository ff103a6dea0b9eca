"""Setting up and ending substitutions (requirements W6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access import policies, substitutions
from goettingen_ecm.accounts.models import Substitution, UnitRole, User
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput

CREATED = "access.substitution.created"
ENDED = "access.substitution.ended"
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewSubstitution:
    """A substitution to set up; without ``unit_role`` in all roles; both days count."""

    represented: User
    deputy: User
    valid_from: date
    valid_until: date
    unit_role: UnitRole | None = None
    includes_confidential: bool = False


def create_substitutions(
    wanted: Sequence[NewSubstitution], *, actor: User, operation: Operation
) -> list[Substitution]:
    """Set up substitutions. Raises InvalidInput (days, persons, circle), Forbidden."""
    with transaction.atomic():
        people = {one.represented.pk for one in wanted} | {one.deputy.pk for one in wanted}
        held = substitutions.roles_of(people, clock.today())
        for one in wanted:
            _require_days(one)
            _require_allowed(one, _wanted_roles(one, held[one.represented.pk]), actor)
            _require_deputy(one, held)
        made = Substitution.objects.bulk_create([_draft(one, actor) for one in wanted])
        _record(CREATED, made, operation)
    return made


def end_substitutions(
    rows: Sequence[Substitution], *, actor: User, operation: Operation
) -> list[Substitution]:
    """End substitutions now. Raises Forbidden, IllegalState (over already)."""
    with transaction.atomic():
        locked = Substitution.objects.select_for_update(of=("self",)).order_by("pk")
        found = list(locked.filter(pk__in=[one.pk for one in rows]).select_related("represented"))
        for one in found:
            _require_may_end(one, actor)
            one.ended_at, one.ended_by = clock.now(), actor
            one.row_version += 1
        Substitution.objects.bulk_update(found, ["ended_at", "ended_by", "row_version"])
        _record(ENDED, found, operation)
    return found


def may_end(one: Substitution, actor: User) -> bool:
    """The two persons, whoever set it up, and the head of the represented person."""
    if actor.pk in (one.represented_id, one.deputy_id, one.created_by_id):
        return True
    roles = substitutions.roles_of([one.represented_id], clock.today())[one.represented_id]
    return policies.may_arrange_for(actor, one.represented, roles)


def _require_days(one: NewSubstitution) -> None:
    if one.valid_from < clock.today():
        raise InvalidInput(
            _("Eine Vertretung kann nicht rückwirkend beginnen."), field="valid_from"
        )
    if one.valid_until < one.valid_from:
        raise InvalidInput(_("Das Ende liegt vor dem Beginn."), field="valid_until")
    if one.valid_until > one.valid_from + LONGEST:
        raise InvalidInput(
            _("Eine Vertretung gilt höchstens ein Jahr; danach richten Sie sie neu ein."),
            field="valid_until",
        )


def _wanted_roles(one: NewSubstitution, held: Sequence[UnitRole]) -> list[UnitRole]:
    if one.unit_role is None:
        return list(held)
    roles = [role for role in held if role.pk == one.unit_role.pk]
    if not roles:
        raise InvalidInput(_("Diese Rolle hat die vertretene Person nicht."), field="unit_role")
    return roles


def _require_allowed(one: NewSubstitution, roles: Sequence[UnitRole], actor: User) -> None:
    if not policies.may_arrange_for(actor, one.represented, roles):
        raise Forbidden(
            _("Für diese Person können Sie keine Vertretung einrichten."),
            next_step=_("Das können die Person selbst und ihre Leitung, je Rolle."),
        )


def _require_deputy(one: NewSubstitution, held: dict[int, list[UnitRole]]) -> None:
    if one.deputy == one.represented:
        raise InvalidInput(_("Niemand vertritt sich selbst."), field="deputy")
    own = held[one.deputy.pk]
    if not one.deputy.is_active or one.deputy.is_technical or not own:
        raise InvalidInput(_("Diese Person ist nicht im Dienst."), field="deputy")
    roles = _wanted_roles(one, held[one.represented.pk])
    if not any(substitutions.may_pass(role, own) for role in roles):
        raise InvalidInput(
            _(
                "%(deputy)s arbeitet nicht im geschützten Berechtigungskreis von %(represented)s"
                " und kann dort nicht vertreten."
            )
            % {"deputy": one.deputy, "represented": one.represented},
            field="deputy",
        )


def _draft(one: NewSubstitution, actor: User) -> Substitution:
    return Substitution(
        represented=one.represented,
        deputy=one.deputy,
        unit_role=one.unit_role,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        includes_confidential=one.includes_confidential,
        created_by=actor,
        created_at=clock.now(),
    )


def _require_may_end(one: Substitution, actor: User) -> None:
    if not may_end(one, actor):
        raise Forbidden(
            _("Diese Vertretung können Sie nicht beenden."),
            next_step=_("Das können die beiden Personen und die Leitung."),
        )
    if one.ended_at is not None or one.valid_until < clock.today():
        raise IllegalState(_("Diese Vertretung ist schon beendet."))


def _record(action: str, rows: Sequence[Substitution], operation: Operation) -> None:
    """Under the represented person: who stands in, when, how far; by ids."""
    record(
        [
            AuditRecord.of(
                operation,
                action,
                object_type=User._meta.label_lower,
                object_id=one.represented_id,
                object_uuid=one.represented.uuid,
                digests={
                    "substitution_id": one.pk,
                    "deputy_id": one.deputy_id,
                    "valid_from": one.valid_from.isoformat(),
                    "valid_until": one.valid_until.isoformat(),
                    "includes_confidential": one.includes_confidential,
                },
            )
            for one in rows
        ]
    )
