"""Deliveries: list, live progress, entries with their outcome."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import clock
from integrations import selectors
from integrations.choices import DeliveryState, Outcome
from integrations.models import Delivery, DeliveryItem
from integrations.selectors import DeliverySum
from integrations.views.access import operators_only

STATES = {
    DeliveryState.RECEIVING: "running",
    DeliveryState.PROCESSING: "running",
    DeliveryState.DONE: "done",
    DeliveryState.REJECTED: "failed",
}
TONES = {Outcome.FILED: "success", Outcome.DUPLICATE: "info", Outcome.CLEARING: "warning"}


@require_GET
@operators_only
def delivery_list(request: HttpRequest) -> HttpResponse:
    """The nights' deliveries with their sums."""
    page = selectors.deliveries_page(request.GET.get("nach", ""))
    sums = selectors.delivery_sums(page.rows)
    table = Table(
        caption=_("Lieferungen"),
        columns=[
            Column(_("Lieferung"), lambda d: d.name),
            Column(_("Fachverfahren"), lambda d: d.system.name, tight=True),
            Column(_("Angekommen"), lambda d: cells.moment(d.received_at), tight=True),
            Column(_("Stand"), _state),
            Column(_("Ergebnis"), lambda d: d.problem or sums[d.pk].text),
        ],
        rows=page.rows,
        empty=Empty(
            _("Noch keine Lieferung."),
            _("Legt ein Fachverfahren Dateien im Übergabeordner ab, erscheinen sie hier."),
            icon="delivery",
        ),
        query=request.GET,
        row_url=lambda d: reverse("delivery", args=[d.uuid]),
        row_key=lambda d: d.uuid,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    context = {"table": table, "clearing_count": selectors.open_clearing_count()}
    return render(request, "integrations/delivery_list.html", context)


def _state(delivery: Delivery) -> SafeString:
    tone = {"done": "success", "failed": "danger"}.get(
        STATES[DeliveryState(delivery.state)], "info"
    )
    return cells.badge(delivery.get_state_display(), tone)


@require_GET
@operators_only
def delivery_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One delivery: progress, the sum, every entry."""
    delivery = selectors.delivery(uuid)
    outcome = request.GET.get("ergebnis", "")
    page = selectors.items_page(delivery, outcome, request.GET.get("nach", ""))
    visible = set(rights_of(request.user).scope_ids)
    context = _progress_context(delivery)
    table = Table(
        caption=_("Einträge der Lieferung"),
        columns=[
            Column(_("Nr."), lambda i: str(i.position), tight=True),
            Column(_("Objekt im Fachverfahren"), _object_key),
            Column(_("Auftrag"), lambda i: i.action, tight=True),
            Column(_("Schritt"), lambda i: i.get_stage_display()),
            Column(_("Ergebnis"), _outcome),
            Column(_("Akte"), lambda i: _case_file(i, visible)),
            Column(_("Hinweis"), lambda i: i.notice),
        ],
        rows=page.rows,
        empty=Empty(_no_entries(delivery, outcome), icon="delivery"),
        query=request.GET,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    context |= {"table": table, "chips": _chips(delivery, context["sum"], outcome)}
    return render(request, "integrations/delivery_detail.html", context)


def _no_entries(delivery: Delivery, outcome: str) -> str:
    if outcome:
        return _("Keine Einträge mit diesem Ergebnis.")
    if delivery.state == DeliveryState.REJECTED:
        return _("Die Lieferung wurde zurückgewiesen; kein Eintrag ist übernommen.")
    if delivery.state == DeliveryState.RECEIVING:
        return _("Die Einträge werden gerade gelesen.")
    return _("Die Lieferung hat keine Einträge.")


@require_GET
@operators_only
def delivery_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The progress alone, polled while the delivery runs."""
    delivery = selectors.delivery(uuid)
    return render(request, "integrations/delivery_progress.html", _progress_context(delivery))


def _progress_context(delivery: Delivery) -> dict[str, Any]:
    found = selectors.delivery_sum(delivery)
    total = delivery.total if delivery.total is not None else found.total
    return {
        "delivery": delivery,
        "sum": found,
        "progress": Progress(
            done=found.finished,
            total=total,
            started_at=delivery.received_at,
            now=delivery.finished_at or clock.now(),
        ),
        "progress_state": STATES[DeliveryState(delivery.state)],
    }


def _chips(delivery: Delivery, found: DeliverySum, chosen: str) -> list[dict[str, Any]]:
    base = reverse("delivery", args=[delivery.uuid])
    choices = [
        ("", _("Alle"), found.total),
        (Outcome.FILED.value, _("abgelegt"), found.filed),
        (Outcome.DUPLICATE.value, _("Dubletten"), found.duplicates),
        (Outcome.CLEARING.value, _("Klärungsfälle"), found.clearing),
    ]
    if found.open or chosen == selectors.IN_WORK:
        choices.append((selectors.IN_WORK, _("in Arbeit"), found.open))
    return [
        {
            "label": label,
            "url": f"{base}?ergebnis={value}" if value else base,
            "current": chosen == value,
            "count": count,
        }
        for value, label, count in choices
    ]


def _object_key(item: DeliveryItem) -> str:
    version = _("Fassung %(v)s") % {"v": item.object_version} if item.object_version else ""
    return cells.two_lines(item.object_key or item.message_id, version)


def _outcome(item: DeliveryItem) -> SafeString:
    if item.outcome == Outcome.OPEN:
        return cells.badge(_("in Arbeit"), "info", "running")
    badge = cells.badge(item.get_outcome_display(), TONES[Outcome(item.outcome)])
    case = getattr(item, "clearing_case", None)
    if item.outcome == Outcome.CLEARING and case is not None:
        url = reverse("clearing-case", args=[case.uuid])
        return format_html('<a href="{}">{}</a>', url, badge)
    return badge


def _case_file(item: DeliveryItem, visible: set[int]) -> SafeString | str:
    """The file's number only for those who may see the file (requirements S3)."""
    if item.case_file is None:
        return ""
    if item.case_file.scope_id not in visible:
        return cells.muted(_("geschützt"))
    url = reverse("case-file", args=[item.case_file.uuid])
    return cells.link(url, item.case_file.aktenzeichen)
