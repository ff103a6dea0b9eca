"""Matters: open and change them, move their documents, keep their register."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records.matter_forms import MatterForm, MoveForm
from records.models import CaseFile, Document, Matter
from records.selectors import case_files, matters
from records.selectors.merging import Merge, merge
from records.services.actor import person
from records.services.matter_changes import change_matters, move_documents, undo_move
from records.services.matters import NewMatter, open_matters
from records.views.changing_files import STORED, require_changeable
from records.views.opening_files import add_refusal, say_cleaned
from records.views.tables import case_file_url


def matter_url(matter: Matter) -> str:
    """The file page with this matter chosen."""
    return f"{case_file_url(matter.case_file)}?vorgang={matter.uuid}"


@require_http_methods(["GET", "POST"])
def new_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open a matter in a file, or with ``unter`` below another matter."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_changeable(request, case_file)
    parent = _parent(request, case_file)
    form = MatterForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (opened := _opened(request, case_file, parent, form)) is not None:
            return redirect(matter_url(opened))
        status = 422
    context = {"case_file": case_file, "parent": parent, "form": form}
    return render(request, "records/matter_new.html", context, status=status)


def _parent(request: HttpRequest, case_file: CaseFile) -> Matter | None:
    wanted = request.GET.get("unter", "")
    rows = case_files.matters_of(request.user, case_file) if wanted else ()
    return next((m for m in rows if str(m.uuid) == wanted), None)


def _opened(
    request: HttpRequest, case_file: CaseFile, parent: Matter | None, form: MatterForm
) -> Matter | None:
    """The new matter; None when it is refused, with the reason at its field."""
    wanted = NewMatter(case_file, **form.values(), parent=parent)
    actor = person(person_of(request), "records.matter.open")
    try:
        [opened] = open_matters([wanted], actor)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return None
    said = _("Der Vorgang „%(title)s“ ist angelegt.") % {"title": opened.title}
    undo = reverse("matter-opening-undo", args=[opened.uuid, actor.operation.pk])
    add_notice(request, said, undo_url=undo)
    say_cleaned(request, cleaned=form.cleaned_unseen)
    return opened


@require_http_methods(["GET", "POST"])
def edit_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change title, type and period, with a merge question."""
    matter = matters.visible_matter(request.user, uuid)
    require_changeable(request, matter.case_file)
    if request.method == "GET":
        return _edit_page(request, matter, MatterForm(matter=matter))
    form = MatterForm(request.POST, matter=matter)
    if not form.is_valid():
        return _edit_page(request, matter, form, status=422)
    try:
        return _save(request, matter, form)
    except LostUpdate:
        return _ask(request, uuid, form)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return _edit_page(request, matter, form, status=422)


def _edit_page(
    request: HttpRequest,
    matter: Matter,
    form: MatterForm,
    question: Merge | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case_file": matter.case_file,
        "matter": matter,
        "form": form,
        "question": question,
        "back_url": matter_url(matter),
    }
    return render(request, "records/matter_edit.html", context, status=status)


def _save(request: HttpRequest, matter: Matter, form: MatterForm) -> HttpResponse:
    actor = person(person_of(request), "records.matter.change")
    values = form.values()
    wanted = {n: v for n, v in values.items() if request.POST.get(f"wahl_{n}") != STORED}
    shown = form.cleaned_data["row_version"] or 0
    [changed] = change_matters({matter.pk: wanted}, actor, versions={matter.pk: shown})
    if changed.row_version == shown:
        add_notice(request, _("Es war nichts zu ändern."))
    else:
        undo = reverse("matter-undo", args=[matter.uuid, actor.operation.pk])
        add_notice(request, _("Der Vorgang ist geändert."), undo_url=undo)
        say_cleaned(request, cleaned=form.cleaned_unseen)
    return redirect(matter_url(matter))


def _ask(request: HttpRequest, uuid: UUID, form: MatterForm) -> HttpResponse:
    """Somebody else was faster: both values side by side, everything typed still there."""
    current = matters.visible_matter(request.user, uuid)
    question = merge(current, form.values(), form.cleaned_data["row_version"] or 0)
    merged = MatterForm(matter=current, shown=question.values)
    return _edit_page(request, current, merged, question, status=409)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move documents into another matter of the file."""
    matter = matters.visible_matter(request.user, uuid)
    require_changeable(request, matter.case_file)
    rows = list(matters.documents_of(request.user, matter))
    chosen = set(request.POST.getlist("dokument"))
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        targets=list(matters.targets_of(request.user, matter)),
    )
    status = 200
    if request.method == "POST":
        wanted = [d for d in rows if str(d.uuid) in chosen]
        if form.is_valid() and _moved(request, matter, wanted, form):
            return redirect(matter_url(form.cleaned_data["target"]))
        status = 422
    context = {
        "case_file": matter.case_file,
        "matter": matter,
        "form": form,
        "table": _table(rows),
        "back_url": matter_url(matter),
    }
    return render(request, "records/matter_move.html", context, status=status)


def _moved(request: HttpRequest, matter: Matter, wanted: list[Document], form: MoveForm) -> bool:
    """Whether they are moved; if not, the form says why."""
    if not wanted:
        form.add_error(None, _("Bitte wählen Sie mindestens ein Dokument."))
        return False
    target: Matter = form.cleaned_data["target"]
    actor = person(person_of(request), "records.document.move")
    try:
        move_documents({d.pk: target.pk for d in wanted}, actor)
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
        return False
    said = ngettext(
        "%(n)s Dokument liegt jetzt in „%(title)s“.",
        "%(n)s Dokumente liegen jetzt in „%(title)s“.",
        len(wanted),
    )
    undo = reverse("document-move-undo", args=[matter.case_file.uuid, actor.operation.pk])
    add_notice(request, said % {"n": len(wanted), "title": target.title}, undo_url=undo)
    return True


def _table(rows: list[Document]) -> Table[Document]:
    return Table(
        caption=_("Dokumente des Vorgangs"),
        columns=[
            Column(_("Betreff"), lambda d: d.title),
            Column(_("Datum"), lambda d: cells.day(d.sort_date), tight=True),
        ],
        rows=rows,
        empty=Empty(_("In diesem Vorgang liegt nichts, was sich verschieben lässt.")),
        row_key=lambda d: d.uuid,
        selection="dokument",
    )


@require_POST
def undo_moved(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Put the documents back."""
    case_file = case_files.visible_case_file(request.user, uuid)
    undo_move(operation_id, person(person_of(request), "records.document.move_back"))
    add_notice(request, _("Die Dokumente liegen wieder, wo sie waren."))
    return redirect(case_file_url(case_file))
