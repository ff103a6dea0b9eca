"""Fehlablagen at the desk: menu of the document page, card and rail of those who decide."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from records import actions, policies
from records.actions import Action
from records.models import Document
from records.selectors import misfilings

CARD_ROWS = 5


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """For whoever works with files, whatever the state of document and file."""
    if not policies.can_mark_misfiled(request.user, document):
        return []
    address = reverse("document-misfiled", args=[document.uuid])
    return [Action(_("Fehlablage melden"), address, "shield")]


def card(request: HttpRequest) -> Card | None:
    """What waits for data protection; nothing for anybody else."""
    if not policies.can_read_misfilings(request.user):
        return None
    found = list(misfilings.waiting_for(request.user)[:CARD_ROWS])
    return Card("records/start_misfilings.html", {"rows": found}) if found else None


def _reads(request: HttpRequest) -> bool:
    return policies.can_read_misfilings(request.user)


def _waiting(request: HttpRequest) -> int | None:
    return misfilings.waiting_for(request.user).count() or None


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.misfiling", document_actions, order=45)
    start_cards.register("records.misfilings", card, order=16)
    items.register(
        "records.misfilings",
        NavItem(
            gettext_lazy("Fehlablagen"), "misfilings", "shield", visible=_reads, count=_waiting
        ),
        order=61,
    )
