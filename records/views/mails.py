"""Mails out of a file: answering one, sending a document, trying again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import MailState, MatterStatus
from records.mail_forms import MailForm
from records.models import Document, SentMail
from records.selectors import sent_mails
from records.selectors.documents import visible_document
from records.selectors.sent_mails import Answer
from records.services.actor import person
from records.services.documents import filing_refusal
from records.services.mail_sending import may_send_again, send_again
from records.services.mail_writing import MailWish, needs_consent, write_mail
from records.views.bulk import asking_actor
from records.views.tables import document_url

REPLY = "antwort"


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer a mail (``?art=antwort``) or send the document as an attachment."""
    document = visible_document(request.user, uuid)
    _require_open(request, document)
    answer = _answer(request, document)
    offered = sent_mails.documents_to_attach(request.user, document)
    consent = needs_consent(document.matter)
    initial = _initial(document, answer)
    form = MailForm(request.POST or None, initial=initial, offered=offered, asks_consent=consent)
    if request.method == "GET":
        return _page(request, document, form, answer)
    if not form.is_valid():
        return _page(request, document, form, answer, 422)
    try:
        filed = _written(request, document, form, answer)
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        return _page(request, document, form, answer, 422)
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
        return _page(request, document, form, answer, 409)
    add_notice(request, _("Die E-Mail liegt in der Akte und wird gleich versendet."))
    return redirect(document_url(filed))


def _require_open(request: HttpRequest, document: Document) -> None:
    refusal = filing_refusal(document.case_file, asking_actor(request))
    if refusal is not None:
        raise refusal
    if document.matter.status != MatterStatus.ACTIVE:
        raise IllegalState(
            _("Der Vorgang ist %(state)s.") % {"state": document.matter.get_status_display()},
            next_step=_("Senden Sie aus einem Dokument eines offenen Vorgangs."),
        )


def _answer(request: HttpRequest, document: Document) -> Answer | None:
    if request.GET.get("art") != REPLY or not sent_mails.is_mail(document):
        return None
    return sent_mails.answer_to(document)


def _initial(document: Document, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"subject": document.title, "attached": [str(document.uuid)]}
    return {"recipients": answer.recipient, "subject": answer.subject, "text": answer.quoted}


def _written(
    request: HttpRequest, document: Document, form: MailForm, answer: Answer | None
) -> Document:
    typed = form.cleaned_data
    wish = MailWish(
        matter=document.matter,
        recipients=typed["recipients"],
        subject=typed["subject"],
        text=typed["text"],
        attached=form.chosen(),
        answers=answer.message_id if answer else "",
        thread=answer.thread if answer else (),
        may_travel_open=typed.get("may_travel_open", False),
    )
    return write_mail(person_of(request), wish, str(typed["key"]))


def _page(
    request: HttpRequest,
    document: Document,
    form: MailForm,
    answer: Answer | None,
    status: int = 200,
) -> HttpResponse:
    context = {"document": document, "form": form, "is_reply": answer is not None}
    return render(request, "records/mail_write.html", context, status=status)


@require_GET
def sent_mail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who has got it, who has not yet, who never will, and why."""
    mail = sent_mails.visible_sent_mail(request.user, uuid)
    context = {
        "mail": mail,
        "document": mail.document,
        "rows": [(one, _state_of(mail, one)) for one in mail.recipients],
        "may_send_again": mail.state == MailState.FAILED and may_send_again(request.user.pk, mail),
    }
    return render(request, "records/sent_mail.html", context)


def _state_of(mail: SentMail, address: str) -> str:
    if address in mail.refused:
        return _("nicht zugestellt")
    if address in mail.pending:
        return _("noch nicht zugestellt")
    return _("an den Mailserver übergeben")


@require_POST
def again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send once more to those who have not got it."""
    mail = sent_mails.visible_sent_mail(request.user, uuid)
    try:
        send_again(mail, person(person_of(request), "records.mail.again"))
    except IllegalState as refusal:
        add_notice(request, refusal.reason, level=messages.WARNING)
    else:
        add_notice(request, _("Die E-Mail wird noch einmal versendet."))
    return redirect("sent-mail", uuid=mail.uuid)
