"""Deletions at the desk: menu and head of the document page, panel of the file, card, rail."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import german
from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from records import actions, panels, policies
from records.actions import Action, Fact
from records.models import CaseFile, Document
from records.panels import FilePanel
from records.selectors import deletions
from records.selectors.documents import lock_of

CARD_ROWS = 5


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """For whoever works on the file; nothing while somebody has the document in work."""
    if not policies.can_propose_deletion(request.user, document) or lock_of(document):
        return []
    address = reverse("document-delete", args=[document.uuid])
    return [Action(_("Löschung vorschlagen"), address, "trash")]


def document_facts(_request: HttpRequest, document: Document) -> list[Fact]:
    """That somebody wants the document gone, with the way to the decision."""
    found = deletions.open_proposal_of(document)
    if found is None:
        return []
    day = german.short_date(german.local(found.proposed_at).date())
    facts = {"day": day, "name": found.proposed_by}
    text = _("zur Löschung vorgeschlagen am %(day)s durch %(name)s") % facts
    return [Fact(text, "trash", reverse("deletion", args=[found.uuid]))]


def file_panel(request: HttpRequest, case_file: CaseFile) -> FilePanel | None:
    """What is proposed and what was deleted; nothing in files without."""
    rows = deletions.deletions_in(request.user, case_file)
    if not rows:
        return None
    return FilePanel(_("Löschungen"), "records/deletion_panel.html", {"rows": rows})


def card(request: HttpRequest) -> Card | None:
    """What waits for a second person; nothing for those who may not decide."""
    rows = deletions.waiting_for(request.user)[:CARD_ROWS]
    return Card("records/start_deletions.html", {"rows": rows}) if rows else None


def _reads(request: HttpRequest) -> bool:
    return policies.can_read_deletions(request.user)


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.deletions", document_actions, order=47)
    actions.document_facts.register("records.deletions", document_facts, order=4)
    panels.file_panels.register("records.deletions", file_panel, order=80)
    start_cards.register("records.deletions", card, order=17)
    items.register(
        "records.deletions",
        NavItem(gettext_lazy("Löschungen"), "deletions", "trash", visible=_reads),
        order=62,
    )
