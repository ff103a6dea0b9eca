"""Reading people and their roles from a list: upload, look at every line, apply, report."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access import policies, staff_import
from goettingen_ecm.access.staff_comparison import Compared, LineState
from goettingen_ecm.access.staff_file import FIELD_NAMES, LARGEST_FILE, StaffFile, read_staff
from goettingen_ecm.accounts.models import StaffImport, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import cells, list_export
from goettingen_ecm.desk.job_views import AT_ONCE
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.staff_jobs import KIND, LIST
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import InvalidInput

PAGE = 100
LISTS_SHOWN = 20
STATES = {
    LineState.NEW: (gettext_lazy("neu"), "success"),
    LineState.CHANGED: (gettext_lazy("geändert"), "info"),
    LineState.UNCHANGED: (gettext_lazy("unverändert"), ""),
    LineState.REFUSED: (gettext_lazy("Fehler"), "danger"),
}
ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}
SAMPLE = ("brandt", "Brandt, Sabine", "", "50.1", "Sachbearbeitung", "01.12.2026", "")


class StaffListForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("CSV-Datei"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].accept_text = _(  # type: ignore[attr-defined]
            "CSV mit Semikolon, UTF-8 oder Windows-1252, höchstens 2 MB."
        )


@require_http_methods(["GET", "POST"])
def staff_import_upload(request: HttpRequest) -> HttpResponse:
    """Choose a list; below it those of the last weeks."""
    user = person_of(request)
    staff_import.require_allowed(user)
    form = StaffListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = _kept(form, user)
        if kept is not None:
            return redirect("staff-list", kept.uuid)
    lists = StaffImport.objects.defer("content").select_related("created_by").order_by("-pk")
    context = {"form": form, "lists": lists[:LISTS_SHOWN], "columns": list(FIELD_NAMES.values())}
    status = 422 if form.errors else 200
    return render(request, "desk/staff_import.html", context, status=status)


def _kept(form: StaffListForm, user: User) -> StaffImport | None:
    file = form.cleaned_data["file"]
    try:
        return staff_import.keep_upload(file.name, file.read(LARGEST_FILE + 1), actor=user)
    except InvalidInput as refusal:
        form.add_error("file", refusal.reason)
        return None


@require_GET
def staff_list_sample(request: HttpRequest) -> StreamingHttpResponse:
    """A list with the columns and one line, to be filled in a spreadsheet."""
    staff_import.require_allowed(person_of(request))
    return list_export.csv_response("personenliste", list(FIELD_NAMES.values()), [SAMPLE])


@require_GET
def staff_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every line of a list compared with what there is now; after applying also the sums."""
    user = person_of(request)
    staff_import.require_allowed(user)
    one = get_object_or_404(StaffImport.objects.select_related("created_by"), uuid=uuid)
    read = read_staff(bytes(one.content))
    compared = staff_import.compare(read, user)
    counts = Counter(line.state for line in compared)
    chosen = request.GET.get("stand", "")
    job = Job.objects.filter(uuid=one.job_uuid).first() if one.job_uuid else None
    context = {
        "list": one,
        "encoding": ENCODINGS[read.encoding],
        "table": _table(request, compared, chosen),
        "chips": _chips(one, counts, len(compared), chosen),
        "to_write": counts[LineState.NEW] + counts[LineState.CHANGED],
        "refused": counts[LineState.REFUSED],
        "job": job,
        "own_job": job is not None and job.created_by_id == user.pk,
        "sums": _sums(job) if job else [],
        "waiting": _without_password(read) if job else [],
        "may_set_passwords": user.is_staff and user.has_perm("accounts.change_user"),
    }
    return render(request, "desk/staff_list.html", context)


def _table(request: HttpRequest, compared: Sequence[Compared], chosen: str) -> Table[Compared]:
    after = request.GET.get("nach", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    rows = [one for one in compared if one.line > start and chosen in ("", one.state)]
    more = len(rows) > PAGE
    return Table(
        caption=_("Zeilen der Liste"),
        columns=[
            Column(_("Zeile"), lambda one: _("Zeile %(n)s") % {"n": one.line}, tight=True),
            Column(_("Stand"), _state, tight=True),
            Column(_("Person"), lambda one: cells.two_lines(one.login, one.name)),
            Column(_("Rolle"), lambda one: one.place),
            Column(_("Was sich ändert"), _what),
        ],
        rows=rows[:PAGE],
        empty=Empty(_("Keine Zeilen mit diesem Stand."), icon="people"),
        query=request.GET,
        next_query={"nach": rows[PAGE - 1].line} if more else None,
        previous_query={"nach": ""} if start else None,
    )


def _state(one: Compared) -> SafeString:
    return cells.badge(*STATES[one.state])


def _what(one: Compared) -> str:
    if one.problem is not None:
        return staff_import.told(one.problem)
    return ", ".join(one.changes)


def _chips(
    one: StaffImport, counts: Counter[LineState], total: int, chosen: str
) -> list[dict[str, Any]]:
    url = reverse("staff-list", args=[one.uuid])
    every = [{"label": _("Alle"), "url": url, "current": not chosen, "count": total}]
    return every + [
        {
            "label": label,
            "url": f"{url}?stand={state}",
            "current": chosen == state,
            "count": counts[state],
        }
        for state, (label, _tone) in STATES.items()
    ]


def _sums(job: Job) -> list[tuple[str, int]]:
    new = job.items.filter(outcome=JobItemOutcome.CHANGED, message=staff_import.NEW.message)
    created = new.count()
    sums = [
        (_("neu"), created),
        (_("geändert"), job.changed - created),
        (_("unverändert"), job.done - job.changed - job.refused),
        (_("nicht übernommen"), job.refused),
    ]
    return [*sums, (_("noch offen"), job.total - job.done)] if job.finished_at is None else sums


def _without_password(read: StaffFile) -> list[User]:
    """People of the list who cannot log in yet."""
    people = User.objects.filter(
        username__in={line.login for line in read.lines},
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
        is_active=True,
    )
    return list(people.order_by("sort_key", "pk"))


@require_POST
def staff_list_apply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Apply the list as a job; wrong lines are left out and named."""
    user = person_of(request)
    staff_import.require_allowed(user)
    one = get_object_or_404(StaffImport, uuid=uuid)
    numbers = sorted(read_staff(bytes(one.content)).logins)
    operation = begin(KIND, Acting(actor_id=user.pk))
    title = _("Personenliste %(name)s") % {"name": one.file_name}
    with transaction.atomic():
        job = jobs.start(jobs.Wanted(KIND, title, numbers, {LIST: str(one.uuid)}), operation)
        staff_import.mark_applied(one, job.uuid)
    if len(numbers) <= AT_ONCE:
        while jobs.run_batch(job.pk):
            pass
    add_notice(request, _("Die Liste wird übernommen; wie viele Zeilen es sind, steht oben."))
    return redirect("staff-list", one.uuid)


@require_POST
def staff_list_discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remove a list with its names; what was applied stays."""
    staff_import.require_allowed(person_of(request))
    one = get_object_or_404(StaffImport, uuid=uuid)
    one.delete()
    add_notice(request, _("Die Liste ist gelöscht. Übernommene Personen und Rollen bleiben."))
    return redirect("staff-import")


def may_import(request: HttpRequest) -> bool:
    """Shown in the rail to those who may do it."""
    return policies.may_change_staff(person_of(request))
