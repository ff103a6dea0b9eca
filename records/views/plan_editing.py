"""Editing the file plan: every change is shown with what it does below before it is saved."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.job_views import AT_ONCE
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job, Operation
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records.models import FilePlan, FilePlanEntry
from records.plan_forms import EntryForm, NewEntryForm, RetirementForm
from records.selectors.file_plan import current_plan
from records.selectors.history import plan_entry_history
from records.selectors.merging import merge
from records.selectors.plan_effects import effect_of, sight_of_new_files
from records.selectors.plan_entries import Placed, differences, inherited_texts, placed_entry
from records.selectors.plan_versions import plan_version
from records.services import plan_changes
from records.services.actor import Actor, person
from records.services.plan_changes import CHANGEABLE, Changed, NewEntry, Retirement
from records.views.changing_files import STORED
from records.views.file_plan import entry_crumbs

Answer = HttpResponse
JOB = "Auftrag"


def _require_editor(request: HttpRequest) -> None:
    plan_changes.require_editor(Actor(Operation(), user=person_of(request)))


def _page(
    request: HttpRequest, placed: Placed, task: str, status: int = 200, **context: Any
) -> Answer:
    context |= {
        "placed": placed,
        "task": task,
        "crumbs": [*entry_crumbs(placed.path), (task, "")],
        "entry_url": _url(placed.entry),
    }
    return render(request, "records/plan_entry_change.html", context, status=status)


def _url(entry: FilePlanEntry) -> str:
    return reverse("file-plan-entry", args=[entry.pk])


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, entry_id: int) -> Answer:
    """Title and defaults: form, preview, then saved."""
    _require_editor(request)
    placed = placed_entry(entry_id)
    inherited = inherited_texts(placed.nearest_first[1:])
    if request.method == "GET":
        return _form(request, placed, EntryForm(entry=placed.entry, inherited=inherited))
    form = EntryForm(_posted(request, placed), entry=placed.entry, inherited=inherited)
    step = request.POST.get("schritt")
    if not form.is_valid():
        return _form(request, placed, form, 422)
    if step == "aendern":
        return _form(request, placed, form)
    if form.cleaned_data["row_version"] != placed.entry.row_version:
        return _ask(request, placed, form)
    if not differences(placed.entry, form.values()):
        add_notice(request, _("Es war nichts zu ändern."), level=messages.INFO)
        return redirect(_url(placed.entry))
    return _save(request, placed, form) if step == "speichern" else _look(request, placed, form)


def _posted(request: HttpRequest, placed: Placed) -> QueryDict:
    """What was sent; after a merge question with the stored value where that shall hold."""
    data = request.POST.copy()
    for name in CHANGEABLE:
        if data.get(f"wahl_{name}") == STORED:
            data.setlist(name, _as_sent(getattr(placed.entry, name)))
    return data


def _as_sent(value: Any) -> list[Any]:
    """A stored value as a browser would send it."""
    if isinstance(value, list):
        return value
    return [] if value in (None, False) else [getattr(value, "pk", value)]


def _form(
    request: HttpRequest, placed: Placed, form: EntryForm, status: int = 200, **context: Any
) -> Answer:
    return _page(request, placed, _("Eintrag ändern"), status, form=form, **context)


def _ask(request: HttpRequest, placed: Placed, form: EntryForm) -> Answer:
    """Somebody else was faster: both values side by side, everything typed still there."""
    question = merge(placed.entry, form.values(), form.cleaned_data["row_version"])
    inherited = inherited_texts(placed.nearest_first[1:])
    merged = EntryForm(entry=placed.entry, inherited=inherited, shown=question.values)
    return _form(request, placed, merged, 409, question=question)


def _look(request: HttpRequest, placed: Placed, form: EntryForm) -> Answer:
    values = form.values()
    preview = {
        "changes": differences(placed.entry, values),
        "effect": effect_of({placed.entry.pk: values}),
        "sight": sight_of_new_files(placed.entry, values, person_of(request)),
    }
    return _page(request, placed, _("Eintrag ändern"), preview=preview, sent=form, can_go_back=True)


def _save(request: HttpRequest, placed: Placed, form: EntryForm) -> Answer:
    actor = person(person_of(request), "records.plan_entry.change")
    versions = {placed.entry.pk: form.cleaned_data["row_version"]}
    try:
        changed = plan_changes.change_entries(
            {placed.entry.pk: form.values()}, actor, versions=versions
        )
    except LostUpdate:
        return _ask(request, placed_entry(placed.entry.pk), form)
    except InvalidInput as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        return _form(request, placed, form, 422)
    return _done(request, placed.entry, changed, actor, _("Der Eintrag ist geändert."))


def _done(
    request: HttpRequest, entry: FilePlanEntry, changed: Changed, actor: Actor, text: str
) -> Answer:
    """Back to the entry with what happened, the way back, and the job that follows."""
    undo_url = reverse("file-plan-undo", args=[entry.pk, actor.operation.pk])
    link_url = follow(changed.job)
    if changed.job is not None and changed.job.finished_at is None:
        text += " " + _("Die Fristen der Akten darunter werden neu berechnet.")
    elif changed.job is not None:
        counted = {"n": changed.job.changed}
        text += " " + _("Neu berechnete Fristen: %(n)s.") % counted
    add_notice(request, text, undo_url=undo_url, link_url=link_url, link_label=JOB)
    return redirect(_url(entry))


def follow(job: Job | None) -> str:
    """Where to watch the job; a small one is done at once, a large one is left to the worker."""
    if job is None:
        return ""
    while job.total <= AT_ONCE and jobs.run_batch(job.pk):
        pass
    job.refresh_from_db()
    return reverse("job", args=[job.uuid])


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, entry_id: int | None = None) -> Answer:
    """A new entry below this one, or at the top of the plan in force."""
    _require_editor(request)
    placed = placed_entry(entry_id) if entry_id is not None else None
    plan = placed.entry.plan if placed else _version_asked(request)
    if plan is None:
        raise IllegalState(
            _("Es gilt noch kein Aktenplan."), next_step=_("Lesen Sie zuerst einen Plan ein.")
        )
    blank = FilePlanEntry(plan=plan, parent=placed.entry if placed else None)
    above = placed.nearest_first if placed else []
    data = request.POST if request.method == "POST" else None
    form = NewEntryForm(data, entry=blank, inherited=inherited_texts(above))
    if request.method == "POST" and form.is_valid():
        wanted = NewEntry(plan, blank.parent, form.cleaned_data["code"], form.values())
        actor = person(person_of(request), "records.plan_entry.add")
        try:
            [made] = plan_changes.add_entries([wanted], actor)
        except InvalidInput as refused:
            name = refused.field if refused.field in form.fields else None
            form.add_error(name, f"{refused.reason} {refused.next_step}".strip())
        else:
            said = _("Der Eintrag %(entry)s ist angelegt.") % {"entry": made}
            return _done(request, made, Changed([made]), actor, said)
    return _new_page(request, placed, form)


def _version_asked(request: HttpRequest) -> FilePlan | None:
    """The version of the address, or the one in force."""
    text = request.GET.get("fassung", "")
    known = text.isascii() and text.isdigit() and len(text) < 18
    return plan_version(int(text)) if known else current_plan()


def _new_page(request: HttpRequest, placed: Placed | None, form: NewEntryForm) -> Answer:
    task = _("Neuer Eintrag")
    path = placed.path if placed else []
    context = {
        "placed": placed,
        "task": task,
        "form": form,
        "is_new": True,
        "crumbs": [*entry_crumbs(path), (task, "")],
        "entry_url": _url(placed.entry) if placed else reverse("file-plan"),
    }
    status = 422 if form.errors else 200
    return render(request, "records/plan_entry_change.html", context, status=status)


@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, entry_id: int) -> Answer:
    """Lock an entry or open it again, after a look at what that means below."""
    _require_editor(request)
    placed = placed_entry(entry_id)
    wanted = not placed.entry.locked
    if request.method == "POST":
        actor = person(person_of(request), "records.plan_entry.lock")
        try:
            changed = plan_changes.lock_entries(
                [entry_id],
                actor,
                locked=request.POST.get("gesperrt") == "ja",
                versions={entry_id: _shown_version(request)},
            )
        except LostUpdate:
            return _lock_page(request, placed, wanted, changed_since=True)
        said = _("Der Eintrag ist gesperrt.") if wanted else _("Der Eintrag ist entsperrt.")
        return _done(request, placed.entry, changed, actor, said)
    return _lock_page(request, placed, wanted)


def _lock_page(
    request: HttpRequest, placed: Placed, wanted: bool, *, changed_since: bool = False
) -> Answer:
    task = _("Eintrag sperren") if wanted else _("Eintrag entsperren")
    values = {"locked": wanted}
    preview = {
        "changes": differences(placed.entry, values),
        "effect": effect_of({placed.entry.pk: values}),
        "closing": wanted,
        "opening": not wanted,
    }
    fields = {"gesperrt": "ja" if wanted else "nein", "row_version": placed.entry.row_version}
    return _page(
        request,
        placed,
        task,
        409 if changed_since else 200,
        preview=preview,
        fields=fields,
        changed_since=changed_since,
    )


def _shown_version(request: HttpRequest) -> int:
    text = request.POST.get("row_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, entry_id: int) -> Answer:
    """Take an entry out of use and name its successor: form, preview, then done."""
    _require_editor(request)
    placed = placed_entry(entry_id)
    entry, task = placed.entry, _("Eintrag stilllegen")
    if request.method == "GET":
        successor = entry.successor.code if entry.successor else ""
        initial = {"day": entry.retired_on or clock.today(), "successor": successor}
        version = {"row_version": entry.row_version}
        form = RetirementForm(entry=entry, initial=initial | version)
        return _page(request, placed, task, form=form)
    form = RetirementForm(request.POST, entry=entry)
    if not form.is_valid():
        return _page(request, placed, task, 422, form=form)
    wanted = Retirement(form.cleaned_data["day"], form.cleaned_data["successor"])
    if request.POST.get("schritt") == "aendern":
        return _page(request, placed, task, form=form)
    if request.POST.get("schritt") == "speichern":
        return _retire(request, placed, form, wanted)
    values = {"retired_on": wanted.day, "successor": wanted.successor}
    return _page(
        request, placed, task, preview=_closing(entry, values), sent=form, can_go_back=True
    )


def _closing(entry: FilePlanEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "changes": differences(entry, values),
        "effect": effect_of({entry.pk: values}),
        "closing": True,
    }


def _retire(
    request: HttpRequest, placed: Placed, form: RetirementForm, wanted: Retirement
) -> Answer:
    actor, entry = person(person_of(request), "records.plan_entry.retire"), placed.entry
    task = _("Eintrag stilllegen")
    shown = form.cleaned_data["row_version"]
    try:
        changed = plan_changes.retire_entries({entry.pk: wanted}, actor, versions={entry.pk: shown})
    except InvalidInput as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        return _page(request, placed, task, 422, form=form)
    except LostUpdate:
        initial = {"day": wanted.day, "row_version": placed_entry(entry.pk).entry.row_version}
        initial |= {"successor": wanted.successor.code if wanted.successor else ""}
        again = RetirementForm(entry=entry, initial=initial)
        return _page(request, placed, task, 409, form=again, changed_since=True)
    return _done(request, entry, changed, actor, _("Der Eintrag ist stillgelegt."))


@require_POST
def undo(request: HttpRequest, entry_id: int, operation_id: int) -> Answer:
    """Take back one's own last change of the entry."""
    entry = placed_entry(entry_id).entry
    actor = person(person_of(request), "records.plan_entry.undo")
    changed = plan_changes.undo_plan_change(operation_id, actor)
    link_url = follow(changed.job)
    said = _("Die Änderung ist zurückgenommen.")
    add_notice(request, said, link_url=link_url, link_label=JOB)
    if FilePlanEntry.objects.filter(pk=entry_id).exists():
        return redirect(_url(entry))
    above = [entry.parent_id] if entry.parent_id else []
    return redirect(reverse("file-plan-entry", args=above) if above else reverse("file-plan"))


@require_GET
def history(request: HttpRequest, entry_id: int) -> Answer:
    """What happened to the entry, in sentences."""
    _require_editor(request)
    placed = placed_entry(entry_id)
    page = plan_entry_history(request.user, placed.entry, after=request.GET.get("nach", ""))
    return _page(request, placed, _("Verlauf"), page=page)
