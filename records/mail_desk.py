"""Mails at the desk: actions and facts of a document, failed ones in "Meine Arbeit"."""

from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from records import actions, policies
from records.actions import Action, Fact
from records.choices import Direction, MailState, MatterStatus
from records.models import Document, SentMail
from records.selectors.case_files import SHOWN_STATES
from records.selectors.sent_mails import is_mail, sent_mail_of

FAILED = "nicht-versendet"


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


def failed_mails(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """What the person wrote and nobody, or not everybody, has got."""
    scopes = rights_of(request.user).scope_ids
    rows = SentMail.objects.filter(
        state=MailState.FAILED,
        created_by=request.user.pk,
        document__status__in=SHOWN_STATES,
        document__scope__any_of=scopes,
        document__case_file__scope__any_of=scopes,
    ).select_related("document")
    found = following(rows.annotate(day=TruncDate("created_at")), "day", after, limit)
    return [
        WorkItem(
            one.day,
            one.pk,
            one.document.title,
            reverse("sent-mail", args=[one.uuid]),
            _told(one),
        )
        for one in found
    ]


def _works_with_files(request: HttpRequest) -> bool:
    return policies.works_with_case_files(request.user)


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.mails", document_actions, order=22)
    actions.document_facts.register("records.mails", document_facts, order=3)
    source = WorkSource(
        gettext_lazy("Nicht versendete E-Mails"), "mail", failed_mails, _works_with_files
    )
    work_sources.register(FAILED, source, order=25)
