"""Mails at the desk: actions and facts of a document."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from records import actions, policies
from records.actions import Action, Fact
from records.choices import Direction, MailState, MatterStatus
from records.models import Document, SentMail
from records.selectors.sent_mails import is_mail, sent_mail_of


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """For whoever files into the document's file while its matter is open."""
    case_file = document.case_file
    if not (policies.is_open(case_file) and policies.can_file_documents(request.user, case_file)):
        return []
    if document.matter.status != MatterStatus.ACTIVE:
        return []
    address = reverse("document-mail", args=[document.uuid])
    found = [Action(_("Per E-Mail senden"), address, "mail")]
    if is_mail(document) and document.direction != Direction.OUTGOING:
        found.insert(0, Action(_("Antworten"), f"{address}?art=antwort", "mail"))
    return found


def document_facts(_request: HttpRequest, document: Document) -> list[Fact]:
    """To whom it went, or why not."""
    mail = sent_mail_of(document)
    if mail is None:
        return []
    return [Fact(_told(mail), "mail", reverse("sent-mail", args=[mail.uuid]))]


def _told(mail: SentMail) -> str:
    facts = {
        "to": ", ".join(mail.recipients[:3]) + (" …" if len(mail.recipients) > 3 else ""),
        "refused": ", ".join([*mail.refused, *mail.pending][:3]),
        "why": mail.problem,
        "at": german.date_time(mail.sent_at) if mail.sent_at else "",
    }
    if mail.state == MailState.SENT:
        return _("versendet %(at)s an %(to)s") % facts
    if mail.state == MailState.FAILED:
        return _("nicht zugestellt an %(refused)s: %(why)s") % facts
    if mail.problem:
        return _("wird versendet an %(to)s; bisher: %(why)s") % facts
    return _("wird versendet an %(to)s") % facts


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.mails", document_actions, order=22)
    actions.document_facts.register("records.mails", document_facts, order=3)
