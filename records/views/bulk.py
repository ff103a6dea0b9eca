"""Bulk work from a list: what is chosen, what shall change, what will happen, then the job."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.models import Membership, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.job_views import answer_with_job, launch
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import Result
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import IllegalState
from records import bulk_jobs
from records.bulk_forms import BulkForm, DocumentBulkForm, FileBulkForm
from records.choices import CaseFileStatus
from records.models import CaseFile
from records.policies import FILING_ROLES
from records.selectors import case_files, file_types
from records.services import bulk_case_files, bulk_documents
from records.services.actor import Actor, person
from records.services.documents import filing_refusal
from records.views import filtered_lists
from records.views.filtered_lists import BY_FILTER, RETURN, SCOPE, SELECTION

# More at once would be a mistake more often than a wish.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Selected:
    """The chosen objects and the list they were chosen from."""

    ids: Sequence[int]
    back_url: str
    crumb: str


@require_http_methods(["GET", "POST"])
def change_documents(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Documents of one file: type, direction, matter."""
    case_file = case_files.visible_case_file(request.user, uuid)
    matter = case_files.matter_of(request.user, case_file, request.GET.get("vorgang", ""))
    wanted = filtered_lists.document_listing(request, case_file)
    rows = filtered_lists.listed_documents(request, case_file, matter, wanted)
    selected = selected_rows(
        request, rows, wanted.base, f"{case_file.aktenzeichen} {case_file.title}"
    )
    if not selected.ids:
        return nothing_selected(request, selected)
    asking = asking_actor(request)
    if (refusal := filing_refusal(case_file, asking)) is not None:
        raise refusal
    matters = case_files.all_matters_of(request.user, case_file).filter(
        status=CaseFileStatus.ACTIVE
    )
    form = DocumentBulkForm(posted(request), matters=matters)
    if not form.is_valid():
        return _page(request, form, selected, _("Dokumente ändern"))
    change = form.change()
    if "bestaetigt" not in request.POST:
        planned = bulk_documents.plan(change, selected.ids, asking)
        return _page(request, form, selected, _("Dokumente ändern"), planned)
    job = jobs.Wanted(
        bulk_jobs.DOCUMENTS,
        _("Dokumente ändern in %(number)s") % {"number": case_file.aktenzeichen},
        selected.ids,
        bulk_jobs.document_parameters(change),
    )
    return start_job(request, job, selected)


@require_http_methods(["GET", "POST"])
def change_case_files(request: HttpRequest) -> HttpResponse:
    """Files: case worker, remark; Fachdaten where all chosen ones have the same Aktentyp."""
    wanted = filtered_lists.file_listing(request)
    rows = filtered_lists.listed_files(request, wanted)
    selected = selected_rows(request, rows, wanted.base, _("Akten"))
    if not selected.ids:
        return nothing_selected(request, selected)
    file_type = _only_type(selected.ids)
    form = FileBulkForm(
        posted(request),
        workers=_workers(selected.ids),
        file_type=file_type,
        fields=file_types.current(file_types.fields_of(file_type)),
    )
    if not form.is_valid():
        return _page(request, form, selected, _("Akten ändern"))
    change = form.change()
    if "bestaetigt" not in request.POST:
        planned = bulk_case_files.plan(change, selected.ids, asking_actor(request))
        return _page(request, form, selected, _("Akten ändern"), planned)
    parameters = bulk_jobs.file_parameters(change)
    job = jobs.Wanted(bulk_jobs.FILES, _("Akten ändern"), selected.ids, parameters)
    return start_job(request, job, selected)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing on the first look."""
    return request.POST if request.method == "POST" else None


def asking_actor(request: HttpRequest) -> Actor:
    """For previews: nothing is written, so there is no operation to keep."""
    return Actor(Operation(), user=person_of(request))


def start_job(request: HttpRequest, job: jobs.Wanted, selected: Selected) -> HttpResponse:
    """Begin the job and answer with what became of it, or with its progress."""
    operation = person(person_of(request), job.kind).operation
    return answer_with_job(request, launch(job, operation), selected.back_url)


def _only_type(ids: Sequence[int]) -> str:
    """The Aktentyp of the chosen files; empty when they have different ones."""
    rows = CaseFile.objects.filter(pk__in=ids).order_by()
    found = list(rows.values_list("file_type", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else ""


def _workers(ids: Sequence[int]) -> QuerySet[User]:
    """Who works in a lead unit of the chosen files."""
    units = CaseFile.objects.filter(pk__in=ids).order_by().values("lead_unit_id")
    working = Membership.objects.current(clock.today()).filter(
        unit_role__unit_id__in=units, unit_role__role__in=FILING_ROLES
    )
    people = User.objects.filter(pk__in=working.values("user_id"), is_active=True)
    return people.order_by("sort_key", "pk")


def selected_rows(request: HttpRequest, rows: QuerySet[Any], base: str, crumb: str) -> Selected:
    """The ticked rows, or all that the filters leave. Raises IllegalState for far too many."""
    if request.GET.get(SCOPE) != BY_FILTER:
        rows = rows.filter(uuid__in=_uuids(request.GET.getlist(SELECTION)))
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise IllegalState(
            _("Mehr als 20.000 auf einmal lassen sich nicht ändern."),
            next_step=_("Schränken Sie die Liste mit Filtern weiter ein."),
        )
    words = QueryDict(request.GET.get(RETURN, "")).urlencode()
    return Selected(ids, f"{base}?{words}" if words else base, crumb)


def _uuids(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def nothing_selected(request: HttpRequest, selected: Selected) -> HttpResponse:
    """Back to the list with a word why."""
    text = _("Es ist nichts ausgewählt. Kreuzen Sie in der Liste an, was sich ändern soll.")
    add_notice(request, text, level=messages.INFO)
    return redirect(selected.back_url)


def _page(
    request: HttpRequest,
    form: BulkForm,
    selected: Selected,
    title: str,
    planned: Mapping[int, Result] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "count": len(selected.ids),
        "crumbs": [(selected.crumb, selected.back_url), (title, "")],
        "back_url": selected.back_url,
        "action": request.get_full_path(),
    }
    if planned is not None:
        for field in form.fields.values():
            field.widget = forms.HiddenInput()
        context |= sums(planned)
    status = 400 if form.errors else 200
    return render(request, "records/bulk_change.html", context, status=status)


def sums(planned: Mapping[int, Result]) -> dict[str, Any]:
    """What will happen, in numbers, and why some stay as they are."""
    outcomes = Counter(result.outcome for result in planned.values())
    reasons = Counter(r.message for r in planned.values() if r.outcome == JobItemOutcome.REFUSED)
    return {
        "preview": True,
        "changed": outcomes[JobItemOutcome.CHANGED],
        "unchanged": outcomes[JobItemOutcome.UNCHANGED],
        "refused": outcomes[JobItemOutcome.REFUSED],
        "reasons": reasons.most_common(),
    }
