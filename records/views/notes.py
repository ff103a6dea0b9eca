"""Telephone and file notes: the form as a page or for a dialog, and the way back."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import CaseFileStatus
from records.models import CaseFile, Matter
from records.note_forms import NoteForm
from records.selectors import case_files
from records.selectors.documents import visible_document
from records.services.documents import filing_refusal
from records.services.notes import WrittenNote, take_back_notes, write_note
from records.views.bulk import asking_actor
from records.views.opening_files import say_cleaned
from records.views.tables import case_file_url, document_url

DIALOG = "dialog"


@require_http_methods(["GET", "POST"])
def new_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Three lines and a day; asked for by htmx with the target ``dialog``, the form alone."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if (refusal := filing_refusal(case_file, asking_actor(request))) is not None:
        raise refusal
    form, status = _form(request, case_file), 200
    if request.method == "POST":
        if form.is_valid() and (written := _written(request, case_file, form)) is not None:
            _say_written(request, written, cleaned=form.cleaned_unseen)
            return redirect(_back(request, case_file))
        status = 422
    return _page(request, case_file, form, status)


def _form(request: HttpRequest, case_file: CaseFile) -> NoteForm:
    matters = case_files.matters_of(request.user, case_file)
    taking = [one for one in matters if one.status == CaseFileStatus.ACTIVE]
    chosen = _probable_matter(taking, request.GET.get("vorgang", ""))
    return NoteForm(request.POST or None, matters=taking, chosen=chosen)


def _probable_matter(taking: Sequence[Matter], shown: str) -> Matter | None:
    """The matter the person has come from, or the one opened last."""
    named = [one for one in taking if str(one.uuid) == shown]
    return (named or taking)[-1] if named or taking else None


def _written(request: HttpRequest, case_file: CaseFile, form: NoteForm) -> WrittenNote | None:
    """None when it is refused, with the reason at its field and everything typed still there."""
    try:
        return write_note(person_of(request), case_file, form.wish(), form.key())
    except InvalidInput as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, f"{refusal.reason} {refusal.next_step}".strip())
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
    return None


def _say_written(request: HttpRequest, written: WrittenNote, *, cleaned: bool) -> None:
    text = _("„%(title)s“ liegt jetzt in der Akte.") % {"title": written.document.title}
    if written.follow_up is not None:
        day = german.long_day(written.follow_up.due_on)
        text += " " + _("Wiedervorlage am %(day)s.") % {"day": day}
    add_notice(
        request,
        text,
        undo_url=reverse("note-take-back", args=[written.document.uuid]),
        link_url=document_url(written.document),
        link_label=_("Öffnen"),
    )
    say_cleaned(request, cleaned=cleaned)


def _back(request: HttpRequest, case_file: CaseFile) -> str:
    """The page of this desk the note was begun on, else the file."""
    target = request.GET.get("zurueck", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return case_file_url(case_file)


def _page(
    request: HttpRequest, case_file: CaseFile, form: NoteForm, status: int = 200
) -> HttpResponse:
    asked = bool(request.htmx) and request.htmx.target == DIALOG  # type: ignore[attr-defined]
    template = "records/note_form.html" if asked else "records/note_new.html"
    context = {"case_file": case_file, "form": form, "back_url": _back(request, case_file)}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """ "Rückgängig": the note is cancelled, its follow-up is done with."""
    document = visible_document(request.user, uuid)
    take_back_notes([document], person_of(request))
    add_notice(request, _("Der Vermerk ist storniert."))
    return redirect(case_file_url(document.case_file))
