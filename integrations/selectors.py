"""What the operator desk shows: deliveries, their sums, clearing cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import ngettext

from goettingen_ecm.access.paging import Cursor, Page
from goettingen_ecm.desk import german
from integrations.choices import ClearingState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem

PAGE = 50


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
        parts = [f"{german.number(self.filed)} abgelegt"]
        if self.duplicates:
            parts.append(_counted(self.duplicates, "Dublette", "Dubletten"))
        if self.clearing:
            parts.append(_counted(self.clearing, "Klärungsfall", "Klärungsfälle"))
        if self.open:
            parts.append(f"{german.number(self.open)} in Arbeit")
        return f"{german.number(self.total)} = {' + '.join(parts)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{german.number(number)} {ngettext(one, many, number)}"


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
    rows = Delivery.objects.select_related("system").order_by("-received_at", "-pk")
    if (cursor := Cursor.decode(after)) is not None:
        here = Q(received_at=cursor.value, pk__lt=cursor.pk)
        rows = rows.filter(Q(received_at__lt=cursor.value) | here)
    found = list(rows[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    cursor_text = Cursor(last.received_at.isoformat(), last.pk).encode() if last else None
    return Page(found[:limit], cursor_text)


def delivery(uuid: UUID) -> Delivery:
    """The delivery of a page. Raises Http404."""
    found = Delivery.objects.select_related("system").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def items_page(
    one: Delivery, outcome: str = "", after: str = "", limit: int = PAGE
) -> Page[DeliveryItem]:
    """Entries of a delivery in delivered order, all or those with one outcome."""
    rows = one.items.order_by("position").select_related("clearing_case", "case_file", "document")
    if outcome in Outcome.values and outcome:
        rows = rows.filter(outcome=outcome)
    if after.isascii() and after.isdigit():
        rows = rows.filter(position__gt=int(after))
    found = list(rows.defer("raw")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], str(found[limit - 1].position) if more else None)


def clearing_page(
    state: str = ClearingState.OPEN, after: str = "", limit: int = PAGE
) -> Page[ClearingCase]:
    """Clearing cases of one state, newest first."""
    rows = ClearingCase.objects.filter(state=state).select_related("item__delivery__system")
    if (cursor := Cursor.decode(after)) is not None:
        here = Q(created_at=cursor.value, pk__lt=cursor.pk)
        rows = rows.filter(Q(created_at__lt=cursor.value) | here)
    found = list(rows.defer("item__raw").order_by("-created_at", "-pk")[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    cursor_text = Cursor(last.created_at.isoformat(), last.pk).encode() if last else None
    return Page(found[:limit], cursor_text)


def clearing_case(uuid: UUID) -> ClearingCase:
    """The clearing case of a page. Raises Http404."""
    rows = ClearingCase.objects.select_related("item__delivery__system", "item__case_file")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def open_clearing_count() -> int:
    """How many clearing cases wait, capped at 1,000."""
    return ClearingCase.objects.filter(state=ClearingState.OPEN).order_by()[:1000].count()
