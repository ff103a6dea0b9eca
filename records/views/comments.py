"""Comments on documents: write, answer, change, delete, resolve, and the ways back."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records.choices import CommentAudience
from records.comment_forms import CommentForm, EditForm, TextForm, started_with
from records.models import Comment, Document
from records.selectors import documents
from records.selectors.comments import visible_comment, withdrawn_comment
from records.services import comments as services
from records.services.actor import Actor, person
from records.views.notes import DIALOG
from records.views.tables import document_url

DONE, OPEN = "erledigt", "offen"


@require_http_methods(["GET", "POST"])
def new_comment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """On the document, a page or a region; drawn places come in the address."""
    document = documents.visible_document(request.user, uuid)
    start = started_with(request.GET, document.version_number)
    shown = request.POST.get("fassung", "") if request.method == "POST" else start["fassung"]
    parts = documents.readable_components(document, _number(shown))
    form = CommentForm(request.POST or None, parts=parts, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            [made] = services.add_comments([form.wish(document)], _actor(request, "add"))
        except InvalidInput as refusal:
            form.add_error(refusal.field or None, refusal.reason)
        else:
            undo = reverse("comment-withdraw", args=[made.uuid])
            add_notice(request, _("Der Kommentar ist gespeichert."), undo_url=undo)
            return _back_to(made, document)
    return _page(request, document, form, _("Kommentieren"))


def _number(text: Any) -> int | None:
    """A version's number as typed; None for what is none, which shows the current one."""
    said = str(text)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None


@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer a comment of the team."""
    answered = visible_comment(request.user, uuid)
    if answered.audience != CommentAudience.TEAM or answered.parent_id is not None:
        raise Http404
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = [(answered, form.cleaned_data["text"])]
        [made] = services.add_replies(wanted, _actor(request, "reply"))
        undo = reverse("comment-withdraw", args=[made.uuid])
        add_notice(request, _("Die Antwort ist gespeichert."), undo_url=undo)
        return _back_to(answered, answered.document)
    return _page(request, answered.document, form, _("Antworten"), answered=answered)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change one's own text."""
    comment = visible_comment(request.user, uuid)
    if comment.author_id != person_of(request).pk:
        raise Forbidden(
            _("Das ist der Kommentar einer anderen Person."),
            next_step=_("Sie können darauf antworten."),
        )
    start = {"text": comment.text, "row_version": comment.row_version}
    form = EditForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            return _changed(request, comment, form)
        except LostUpdate as refusal:
            kept = {"text": form.cleaned_data["text"], "row_version": comment.row_version}
            again = EditForm(initial=kept)
            return _page(
                request, comment.document, again, _("Kommentar ändern"), 409, message=refusal
            )
    return _page(request, comment.document, form, _("Kommentar ändern"))


def _changed(request: HttpRequest, comment: Comment, form: EditForm) -> HttpResponse:
    typed = form.cleaned_data
    if typed["text"] == comment.text:
        add_notice(request, _("Es war nichts zu ändern."))
        return _back_to(comment, comment.document)
    services.change_comments(
        {comment.pk: typed["text"]},
        _actor(request, "change"),
        versions={comment.pk: typed["row_version"]},
    )
    undo = reverse("comment-undo", args=[comment.uuid])
    add_notice(request, _("Der Kommentar ist geändert."), undo_url=undo)
    return _back_to(comment, comment.document)


@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The text before the last change."""
    comment = visible_comment(request.user, uuid)
    services.take_back_changes([comment.pk], _actor(request, "undo"))
    add_notice(request, _("Der vorige Text steht wieder da."))
    return _back_to(comment, comment.document)


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Delete one's own comment."""
    comment = visible_comment(request.user, uuid)
    services.withdraw_comments([comment.pk], _actor(request, "withdraw"))
    back = reverse("comment-restore", args=[comment.uuid])
    add_notice(request, _("Der Kommentar ist gelöscht."), undo_url=back)
    return _back_to(comment, comment.document, fragment="kommentare")


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring back what one deleted a moment ago."""
    comment = withdrawn_comment(request.user, uuid)
    services.restore_comments([comment.pk], _actor(request, "restore"))
    add_notice(request, _("Der Kommentar ist wieder da."))
    return _back_to(comment, comment.document)


@require_POST
def resolve(request: HttpRequest, uuid: UUID, state: str) -> HttpResponse:
    """Tick as done, or open again."""
    if state not in (DONE, OPEN):
        raise Http404
    comment = visible_comment(request.user, uuid)
    services.resolve_comments([comment.pk], _actor(request, "resolve"), done=state == DONE)
    other = reverse("comment-resolve", args=[uuid, OPEN if state == DONE else DONE])
    text = _("Der Kommentar ist erledigt.") if state == DONE else _("Der Kommentar ist offen.")
    add_notice(request, text, undo_url=other)
    return _back_to(comment, comment.document)


def _actor(request: HttpRequest, what: str) -> Actor:
    return person(person_of(request), f"records.comment.{what}")


def _back_to(comment: Comment, document: Document, fragment: str = "") -> HttpResponseRedirect:
    """The reader with the comment's Fassung, at the comment."""
    number = comment.version.number
    older = "" if number == document.version_number else f"?fassung={number}"
    place = fragment or f"kommentar-{comment.uuid}"
    return HttpResponseRedirect(f"{document_url(document)}{older}#{place}")


def _page(
    request: HttpRequest,
    document: Document,
    form: forms.Form,
    heading: str,
    status: int | None = None,
    **more: Any,
) -> HttpResponse:
    """The form; alone for a dialog. A form sent and not taken is 422."""
    asked = bool(request.htmx) and request.htmx.target == DIALOG  # type: ignore[attr-defined]
    template = "records/comment_form.html" if asked else "records/comment_page.html"
    context = {"document": document, "form": form, "heading": heading} | more
    status = status or (422 if request.method == "POST" else 200)
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
