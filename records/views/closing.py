"""The page "Abschluss und Fristen" of files and matters: checklist, z. d. A., lifting, dates."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, LostUpdate
from records import policies
from records.choices import CaseFileStatus
from records.closing_checks import CASE_FILE, MATTER
from records.closing_forms import ReasonForm, RetentionEventForm, VersionForm
from records.models import CaseFile, Matter
from records.retention import EVENT_NAMES, RetentionRule, derivation
from records.selectors import case_files
from records.selectors.plan_effects import FOLLOWING_STATES
from records.selectors.retention_rules import checklist, rule_of_file, rules_of
from records.services import closing, retention
from records.services.actor import person


@require_GET
def case_file_closing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is still open, when the retention ends and why; everybody who sees the file."""
    return _file_page(request, case_files.visible_case_file(request.user, uuid))


def _file_page(request: HttpRequest, case_file: CaseFile, **more: Any) -> HttpResponse:
    may_close = policies.is_open(case_file) and policies.can_close(request.user, case_file)
    may_reopen = case_file.status == CaseFileStatus.CLOSED and policies.can_reopen(
        request.user, case_file
    )
    rule = _rule(case_file)
    context = {
        "case_file": case_file,
        "derivation": derivation(rule, case_file.closed_on, case_file.retention_event_on),
        "items": checklist(CASE_FILE, [case_file.pk])[case_file.pk] if may_close else [],
        "matters": case_files.matters_of(request.user, case_file),
        "may_close": may_close,
        "may_reopen": may_reopen,
        "reason_form": ReasonForm(initial={"row_version": case_file.row_version}),
        "event_form": _event_form(request, case_file, rule),
    }
    status = 409 if "message" in more else 422 if more else 200
    return render(request, "records/case_file_closing.html", context | more, status=status)


def _rule(case_file: CaseFile) -> RetentionRule:
    """The plan's rule while the file is open, afterwards the one it was closed by."""
    if policies.is_open(case_file):
        return rules_of([case_file.entry_id])[case_file.entry_id]
    return rule_of_file(case_file)


def _event_form(
    request: HttpRequest, case_file: CaseFile, rule: RetentionRule
) -> RetentionEventForm | None:
    """Only where the rule hangs on an event and the person may enter it."""
    changing = case_file.status in FOLLOWING_STATES
    if rule.start not in EVENT_NAMES or not changing:
        return None
    if not policies.can_close(request.user, case_file):
        return None
    label = _("%(event)s am") % {"event": EVENT_NAMES[rule.start]}
    return RetentionEventForm(case_file=case_file, label=label)


@require_POST
def close_case_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """z. d. A. of the file, along with its open matters where that is ticked."""
    case_file = case_files.visible_case_file(request.user, uuid)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _file_page(request, case_file, message=_stale())
    try:
        [closed] = closing.close_case_files(
            [case_file.pk],
            person(person_of(request), "records.case_file.close"),
            versions={case_file.pk: form.cleaned_data["row_version"]},
            with_open_matters=form.cleaned_data["with_open_matters"],
        )
    except (IllegalState, LostUpdate) as refusal:
        return _file_page(request, _again(request, uuid), message=refusal)
    said = _("Die Akte ist z. d. A. verfügt. %(term)s") % {"term": _term(closed)}
    add_notice(request, said)
    return redirect(closing_url(case_file))


def _term(case_file: CaseFile) -> str:
    return derivation(rule_of_file(case_file), case_file.closed_on, case_file.retention_event_on)


def _again(request: HttpRequest, uuid: UUID) -> CaseFile:
    return case_files.visible_case_file(request.user, uuid)


def _stale() -> LostUpdate:
    return LostUpdate(_("Bitte prüfen Sie den Stand noch einmal und senden Sie erneut ab."))


@require_POST
def reopen_case_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lift z. d. A. of the file, with a reason."""
    case_file = case_files.visible_case_file(request.user, uuid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _file_page(request, case_file, reason_form=form)
    reason = form.cleaned_data["reason"]
    try:
        closing.reopen_case_files(
            [case_file.pk],
            person(person_of(request), "records.case_file.reopen", reason=reason),
            versions={case_file.pk: form.cleaned_data["row_version"]},
        )
    except (IllegalState, LostUpdate) as refusal:
        current = _again(request, uuid)
        return _file_page(request, current, reason_form=_kept(reason, current), message=refusal)
    add_notice(request, _("Der Abschluss ist aufgehoben; die Akte ist wieder in Bearbeitung."))
    return redirect(closing_url(case_file))


def _kept(reason: str, one: CaseFile | Matter) -> ReasonForm:
    return ReasonForm(initial={"reason": reason, "row_version": one.row_version})


@require_POST
def set_retention_event(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter the day of Rechtskraft, Leistungsende or last payment."""
    case_file = case_files.visible_case_file(request.user, uuid)
    label = _("%(event)s am") % {"event": EVENT_NAMES.get(_rule(case_file).start, _("Ereignis"))}
    form = RetentionEventForm(request.POST, case_file=case_file, label=label)
    if not form.is_valid():
        return _file_page(request, case_file, event_form=form)
    try:
        [changed] = retention.set_retention_events(
            {case_file.pk: form.cleaned_data["event_on"]},
            person(person_of(request), "records.case_file.retention_event"),
            versions={case_file.pk: form.cleaned_data["row_version"]},
        )
    except LostUpdate as refusal:
        return _file_page(request, _again(request, uuid), event_form=form, message=refusal)
    add_notice(request, _("Gespeichert. %(term)s") % {"term": _term(changed)})
    return redirect(closing_url(case_file))


@require_GET
def matter_closing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same for one matter."""
    return _matter_page(request, _visible_matter(request, uuid))


def _visible_matter(request: HttpRequest, uuid: UUID) -> Matter:
    """Raises Http404 unless file and matter are visible."""
    matter: Matter = get_object_or_404(
        Matter.objects.visible_to(request.user).select_related("case_file"), uuid=uuid
    )
    matter.case_file = case_files.visible_case_file(request.user, matter.case_file.uuid)
    return matter


def _matter_page(request: HttpRequest, matter: Matter, **more: Any) -> HttpResponse:
    case_file = matter.case_file
    file_open = policies.is_open(case_file)
    may_close = (
        file_open
        and matter.status == CaseFileStatus.ACTIVE
        and policies.can_close(request.user, case_file)
    )
    may_reopen = (
        file_open
        and matter.status == CaseFileStatus.CLOSED
        and policies.can_reopen(request.user, case_file)
    )
    context = {
        "case_file": case_file,
        "matter": matter,
        "derivation": derivation(_rule(case_file), matter.closed_on, case_file.retention_event_on),
        "items": checklist(MATTER, [matter.pk])[matter.pk] if may_close else [],
        "may_close": may_close,
        "may_reopen": may_reopen,
        "reason_form": ReasonForm(initial={"row_version": matter.row_version}),
    }
    status = 409 if "message" in more else 422 if more else 200
    return render(request, "records/matter_closing.html", context | more, status=status)


@require_POST
def close_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """z. d. A. of one matter."""
    matter = _visible_matter(request, uuid)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _matter_page(request, matter, message=_stale())
    try:
        closing.close_matters(
            [matter.pk],
            person(person_of(request), "records.matter.close"),
            versions={matter.pk: form.cleaned_data["row_version"]},
        )
    except (IllegalState, LostUpdate) as refusal:
        return _matter_page(request, _visible_matter(request, uuid), message=refusal)
    add_notice(
        request, _("Der Vorgang „%(title)s“ ist z. d. A. verfügt.") % {"title": matter.title}
    )
    return redirect(closing_url(matter.case_file))


@require_POST
def reopen_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lift z. d. A. of one matter, with a reason."""
    matter = _visible_matter(request, uuid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _matter_page(request, matter, reason_form=form)
    reason = form.cleaned_data["reason"]
    try:
        closing.reopen_matters(
            [matter.pk],
            person(person_of(request), "records.matter.reopen", reason=reason),
            versions={matter.pk: form.cleaned_data["row_version"]},
        )
    except (IllegalState, LostUpdate) as refusal:
        current = _visible_matter(request, uuid)
        kept = _kept(reason, current)
        return _matter_page(request, current, reason_form=kept, message=refusal)
    add_notice(request, _("Der Vorgang „%(title)s“ ist wieder offen.") % {"title": matter.title})
    return redirect(closing_url(matter.case_file))


def closing_url(case_file: CaseFile) -> str:
    return reverse("case-file-closing", args=[case_file.uuid])
