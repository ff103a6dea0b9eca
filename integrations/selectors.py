"""What the operator desk shows: deliveries, their sums, clearing cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.access.paging import Cursor, Page
from goettingen_ecm.desk import german
from integrations.choices import ClearingState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem

PAGE = 50
MOST_COUNTED = 1_000
IN_WORK = "arbeit"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class DeliverySum:
    """The proof that nothing is lost: total = filed + duplicates + clearing cases + open."""

    total: int
    filed: int
    duplicates: int
    clearing: int
    open: int
    finished: int

    @property
    def text(self) -> str:
        """For example ``214 = 211 abgelegt + 2 Dubletten + 1 Klärungsfall``."""
        parts = [_("%(n)s abgelegt") % {"n": german.number(self.filed)}]
        if self.duplicates:
            text = ngettext("%(n)s Dublette", "%(n)s Dubletten", self.duplicates)
            parts.append(text % {"n": german.number(self.duplicates)})
        if self.clearing:
            text = ngettext("%(n)s Klärungsfall", "%(n)s Klärungsfälle", self.clearing)
            parts.append(text % {"n": german.number(self.clearing)})
        if self.open:
            parts.append(_("%(n)s in Arbeit") % {"n": german.number(self.open)})
        return f"{german.number(self.total)} = {' + '.join(parts)}"


def delivery_sums(deliveries: Sequence[Delivery]) -> dict[int, DeliverySum]:
    """The sums of several deliveries by one grouped query, by delivery id."""
    counted = (
        DeliveryItem.objects.filter(delivery__in=deliveries)
        .values("delivery_id")
        .annotate(
            total=Count("id"),
            filed=Count("id", filter=Q(outcome=Outcome.FILED)),
            duplicates=Count("id", filter=Q(outcome=Outcome.DUPLICATE)),
            clearing=Count("id", filter=Q(outcome=Outcome.CLEARING)),
            open=Count("id", filter=Q(outcome=Outcome.OPEN)),
            finished=Count("id", filter=Q(stage=Stage.FINISHED)),
        )
    )
    found = {
        row["delivery_id"]: DeliverySum(
            row["total"],
            row["filed"],
            row["duplicates"],
            row["clearing"],
            row["open"],
            row["finished"],
        )
        for row in counted
    }
    return {d.pk: found.get(d.pk, DeliverySum(0, 0, 0, 0, 0, 0)) for d in deliveries}


def delivery_sum(delivery: Delivery) -> DeliverySum:
    """The sum of one delivery."""
    return delivery_sums([delivery])[delivery.pk]


def deliveries_page(after: str = "", limit: int = PAGE) -> Page[Delivery]:
    """Deliveries, newest first."""
    return newest_page(Delivery.objects.select_related("system"), "received_at", after, limit)


def newest_page(rows: QuerySet[Row], moment: str, after: str, limit: int) -> Page[Row]:
    """A page in descending order of the column ``moment``, ties by id; a foreign cursor begins anew."""
    cursor = Cursor.decode(after)
    column = next(f for f in rows.model._meta.concrete_fields if f.name == moment)
    place = cursor.typed_for(column) if cursor else None
    if place is not None:
        earlier = Q(**{f"{moment}__lt": place[0]})
        rows = rows.filter(earlier | Q(**{moment: place[0], "pk__lt": place[1]}))
    found = list(rows.order_by(f"-{moment}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], Cursor(getattr(last, moment).isoformat(), last.pk).encode())


def delivery(uuid: UUID) -> Delivery:
    """The delivery of a page. Raises Http404."""
    found = Delivery.objects.select_related("system").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def items_page(
    one: Delivery, outcome: str = "", after: str = "", limit: int = PAGE
) -> Page[DeliveryItem]:
    """Entries of a delivery in delivered order: all, those with one outcome or IN_WORK."""
    rows = one.items.order_by("position").select_related("clearing_case", "case_file")
    if outcome == IN_WORK:
        rows = rows.filter(outcome=Outcome.OPEN)
    elif outcome in Outcome.values and outcome:
        rows = rows.filter(outcome=outcome)
    if after.isascii() and after.isdigit() and len(after) < 10:
        rows = rows.filter(position__gt=int(after))
    found = list(rows.defer("raw", "files")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], str(found[limit - 1].position) if more else None)


def clearing_page(
    state: str = ClearingState.OPEN, after: str = "", limit: int = PAGE
) -> Page[ClearingCase]:
    """Clearing cases of one state, newest first."""
    rows = ClearingCase.objects.filter(state=state).select_related("item__delivery__system")
    return newest_page(rows.defer("item__raw", "item__files"), "created_at", after, limit)


def clearing_counts() -> dict[str, int]:
    """Clearing cases by state, each counted up to 1,000."""
    return {state: _capped_count(state) for state in ClearingState.values}


def _capped_count(state: str) -> int:
    return ClearingCase.objects.filter(state=state).order_by()[:MOST_COUNTED].count()


def clearing_case(uuid: UUID) -> ClearingCase:
    """The clearing case of a page. Raises Http404."""
    rows = ClearingCase.objects.select_related("item__delivery__system", "item__case_file")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def open_clearing_count() -> int:
    """How many clearing cases wait, counted up to 1,000."""
    return _capped_count(ClearingState.OPEN)
