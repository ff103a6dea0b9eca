"""Documents in work: menu and head of the document page, card of the start page."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import name_columns
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Card, start_cards
from records import actions, policies
from records.actions import Action, Fact
from records.models import CheckOut, Document
from records.selectors.case_files import SHOWN_STATES
from records.selectors.documents import lock_of
from records.services.locks import until_text

CARD_ROWS = 20


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """What changes the document; nothing for who may not, or while somebody else works on it."""
    if not policies.can_change_document(request.user, document):
        return []
    lock = lock_of(document)
    work = reverse("document-check-out", args=[document.uuid])
    if lock is not None and lock.holder_id != request.user.pk:
        return [Action(_("Um Freigabe bitten oder übernehmen"), work, "unlock")]
    edit, new = (
        reverse(name, args=[document.uuid]) for name in ("document-edit", "document-version-new")
    )
    label = _("In Bearbeitung nehmen") if lock is None else _("Bearbeitung beenden")
    return [
        Action(_("Angaben ändern"), edit, "edit", key="e"),
        Action(_("Neue Fassung ablegen"), new, "upload"),
        Action(label, work, "lock" if lock is None else "unlock"),
    ]


def document_facts(request: HttpRequest, document: Document) -> list[Fact]:
    """Who works on the document until when; final documents say so."""
    facts = []
    if (lock := lock_of(document)) is not None:
        own = lock.holder_id == request.user.pk
        name = _("Sie") if own else str(lock.holder)
        text = _("in Bearbeitung durch %(name)s bis %(until)s")
        may = policies.can_change_document(request.user, document)
        url = reverse("document-check-out", args=[document.uuid]) if may else ""
        facts.append(Fact(text % {"name": name, "until": until_text(lock)}, "lock", url))
    if document.is_final:
        facts.append(Fact(_("endgültig, Änderungen nur aus dem Fachverfahren"), "shield"))
    return facts


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line of the card: the document, what is going on, and where to do something about it."""

    document: Document
    text: str
    asked: str = ""


def work_card(request: HttpRequest) -> Card | None:
    """What the person has in work, who waits for it, what others took over. One query."""
    user, scopes = request.user, rights_of(request.user).scope_ids
    rows = CheckOut.objects.filter(Q(holder=user.pk) | Q(taken_from=user.pk)).filter(
        document__status__in=SHOWN_STATES,
        document__scope__any_of=scopes,
        document__case_file__scope__any_of=scopes,
    )
    people = ("holder", "release_asked_by")
    named = ("document__uuid", "document__title", *name_columns(*people))
    found = rows.select_related("document", *people).only(
        "since", "until", "version_number", *named
    )
    locks = found.order_by("until")[:CARD_ROWS]
    shown = [_row(lock, own=lock.holder_id == user.pk) for lock in locks]
    return Card("records/start_work.html", {"rows": shown}) if shown else None


def _row(lock: CheckOut, *, own: bool) -> WorkRow:
    facts = {"name": lock.holder, "until": until_text(lock)}
    if not own:
        text = _("%(name)s hat die Bearbeitung übernommen; was Sie abgelegt haben, ist erhalten.")
        return WorkRow(lock.document, text % facts)
    if not lock.is_in_force(clock.now()):
        return WorkRow(lock.document, _("Ihre Bearbeitung ist abgelaufen; das Dokument ist frei."))
    asked = ""
    if lock.release_asked_by is not None:
        asked = _("%(name)s bittet um Freigabe.") % {"name": lock.release_asked_by}
    return WorkRow(lock.document, _("in Bearbeitung bis %(until)s") % facts, asked)


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.document_work", document_actions, order=10)
    actions.document_facts.register("records.document_work", document_facts, order=10)
    start_cards.register("records.document_work", work_card, order=5)
