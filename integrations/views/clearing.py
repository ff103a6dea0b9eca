"""Clearing cases: look, retry, assign by hand, dismiss with a reason."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import IllegalState
from integrations import selectors
from integrations.choices import ClearingReason, ClearingState, Outcome
from integrations.formats.record import Action
from integrations.forms import AssignCaseFileForm, AssignEntryForm, AssignUnitForm, DismissForm
from integrations.models import ClearingCase
from integrations.services import clearing
from integrations.views.access import operators_only
from records.services.actor import Actor, person

LACKS_UNIT = frozenset({ClearingReason.UNKNOWN_UNIT, ClearingReason.REFUSED})
LACKS_ENTRY = frozenset({ClearingReason.UNKNOWN_ENTRY, ClearingReason.NOT_PERMITTED})
# Orders for unknown objects carry no document that could be filed elsewhere.
LACKS_CASE_FILE = frozenset(
    {
        (ClearingReason.UNKNOWN_OBJECT, Action.NEW_VERSION),
        (ClearingReason.CASE_FILE_CLOSED, Action.CREATE),
    }
)
ASSIGN: dict[str, Callable[[Sequence[ClearingCase], Any, Actor], None]] = {
    "unit": clearing.assign_unit,
    "entry": clearing.assign_entry,
    "case_file": clearing.assign_case_file,
}


@require_GET
@operators_only
def clearing_list(request: HttpRequest) -> HttpResponse:
    """What waits for a person."""
    state = request.GET.get("stand", ClearingState.OPEN)
    state = state if state in ClearingState.values else ClearingState.OPEN
    page = selectors.clearing_page(state, request.GET.get("nach", ""))
    table = Table(
        caption=_("Klärungsfälle"),
        columns=[
            Column(_("Grund"), lambda c: c.get_reason_display()),
            Column(_("Erläuterung"), lambda c: c.explanation),
            Column(_("Fachverfahren"), lambda c: c.item.delivery.system.name, tight=True),
            Column(_("Lieferung"), lambda c: c.item.delivery.name),
            Column(_("Seit"), lambda c: cells.moment(c.created_at), tight=True),
        ],
        rows=page.rows,
        empty=_nothing_in(state),
        query=request.GET,
        row_url=lambda c: reverse("clearing-case", args=[c.uuid]),
        row_key=lambda c: c.uuid,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    context = {"table": table, "chips": _chips(state)}
    return render(request, "integrations/clearing_list.html", context)


def _chips(chosen: str) -> list[dict[str, object]]:
    counts = selectors.clearing_counts()
    return [
        {
            "label": label,
            "url": f"?stand={value}",
            "current": value == chosen,
            "count": counts[value],
        }
        for value, label in ClearingState.choices
    ]


def _nothing_in(state: str) -> Empty:
    if state == ClearingState.OPEN:
        return Empty(
            _("Nichts zu klären."),
            _("Kein gelieferter Eintrag wartet auf einen Menschen."),
            reverse("deliveries"),
            _("Lieferungen ansehen"),
            icon="success",
        )
    return Empty(
        _("Hier ist noch nichts."),
        _("Gelöste und verworfene Klärungsfälle bleiben hier nachlesbar."),
        reverse("clearing-cases"),
        _("Offene Klärungsfälle ansehen"),
        icon="clearing",
    )


@require_GET
@operators_only
def clearing_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One case: what was delivered (technical facts only), why it waits, what can be done."""
    case = selectors.clearing_case(uuid)
    context = _context(case, person_of(request))
    return render(request, "integrations/clearing_detail.html", context)


def _context(case: ClearingCase, user: User, **forms: object) -> dict[str, object]:
    item = case.item
    facts = [
        (_("Fachverfahren"), item.delivery.system.name),
        (_("Lieferung"), cells.link(_delivery_url(case), item.delivery.name)),
        (_("Stelle in der Lieferung"), item.position),
        (_("Nachricht"), item.message_id),
        (_("Auftrag"), item.action),
        (_("Objekt im Fachverfahren"), item.object_key),
        (_("Fassung im Fachverfahren"), item.object_version),
        (_("Dateien"), ", ".join(f["name"] for f in item.files)),
    ]
    is_open = case.state == ClearingState.OPEN
    waits = is_open and item.outcome == Outcome.CLEARING
    return {
        "case": case,
        "facts": facts,
        "is_open": is_open,
        "in_work": is_open and not waits,
        "can_retry": waits and clearing.can_retry(case),
        "assign_form": _assign_form(case, user) if waits else None,
        "dismiss_form": DismissForm() if waits else None,
        **forms,
    }


def _assign_form(
    case: ClearingCase, user: User, data: QueryDict | None = None
) -> AssignUnitForm | AssignEntryForm | AssignCaseFileForm | None:
    """What a person can name so that the entry is filed; None where naming helps nothing."""
    if case.reason in LACKS_UNIT:
        return AssignUnitForm(data)
    if case.reason in LACKS_ENTRY:
        return AssignEntryForm(data)
    if (case.reason, case.item.action) in LACKS_CASE_FILE:
        return AssignCaseFileForm(data, user=user)
    return None


def _delivery_url(case: ClearingCase) -> str:
    return reverse("delivery", args=[case.item.delivery.uuid])


@require_POST
@operators_only
def clearing_retry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the entry through the pipeline again."""
    case = selectors.clearing_case(uuid)
    clearing.retry_cases([case], person(person_of(request), "clearing.retry"))
    add_notice(request, _("Der Eintrag wird erneut verarbeitet."))
    return redirect(_delivery_url(case))


@require_POST
@operators_only
def clearing_assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name unit, plan entry or file and let the entry go on."""
    case, user = selectors.clearing_case(uuid), person_of(request)
    form = _assign_form(case, user, request.POST)
    if form is None:
        raise IllegalState(_("Bei diesem Klärungsfall hilft keine Zuordnung."))
    if not form.is_valid():
        context = _context(case, user, assign_form=form)
        return render(request, "integrations/clearing_detail.html", context, status=422)
    ((name, target),) = form.cleaned_data.items()
    ASSIGN[name]([case], target, person(user, "clearing.assign"))
    add_notice(
        request, _("Zugeordnet: %(target)s. Der Eintrag wird jetzt abgelegt.") % {"target": target}
    )
    return redirect(_delivery_url(case))


@require_POST
@operators_only
def clearing_dismiss(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close the case without filing; the delivered files stay stored."""
    case = selectors.clearing_case(uuid)
    form = DismissForm(request.POST)
    if not form.is_valid():
        context = _context(case, person_of(request), dismiss_form=form)
        return render(request, "integrations/clearing_detail.html", context, status=422)
    reason = form.cleaned_data["reason"]
    clearing.dismiss_cases(
        [case], reason, person(person_of(request), "clearing.dismiss", reason=reason)
    )
    add_notice(request, _("Der Klärungsfall ist verworfen; die Dateien bleiben gespeichert."))
    return redirect("clearing-cases")
