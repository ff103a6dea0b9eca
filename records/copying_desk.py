"""Copies of documents at the desk: menu and head of the document page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import actions, policies
from records.actions import Action, Fact
from records.choices import DocumentStatus
from records.models import Document
from records.selectors.document_copies import copies_of


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """For whoever files somewhere: where to is asked on the page."""
    valid = document.status in (DocumentStatus.VALID, DocumentStatus.WITHDRAWN)
    if not valid or not policies.works_with_case_files(request.user):
        return []
    return [Action(_("Kopie ablegen"), reverse("document-copy", args=[document.uuid]), "copy")]


def document_facts(request: HttpRequest, document: Document) -> list[Fact]:
    """``Kopie von …`` with the origin's number, and where copies lie."""
    found = copies_of(request.user, document)
    facts = []
    if found.origin is not None:
        named = {"title": found.origin.title, "number": found.origin.case_file.aktenzeichen}
        label = _("Kopie von „%(title)s“ in %(number)s") % named
        facts.append(Fact(label, "copy", _address(found.origin)))
    for copy in found.copies:
        label = _("Kopie liegt in %(number)s") % {"number": copy.case_file.aktenzeichen}
        if copy.status == DocumentStatus.CANCELLED:
            label = _("stornierte Kopie in %(number)s") % {"number": copy.case_file.aktenzeichen}
        facts.append(Fact(label, "copy", _address(copy)))
    return facts


def _address(document: Document) -> str:
    return reverse("document", args=[document.uuid])


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.copying", document_actions, order=36)
    actions.document_facts.register("records.copying", document_facts, order=30)
