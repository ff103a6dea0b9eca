"""Notes at the desk: key ``v`` in the menus of files and documents."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import actions, policies
from records.actions import Action
from records.models import CaseFile, Document


def file_actions(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """In the matter the page shows, where the person may file."""
    return _actions(request, case_file, vorgang=request.GET.get("vorgang", ""))


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """In the document's matter; afterwards reading goes on."""
    return _actions(
        request,
        document.case_file,
        vorgang=str(document.matter.uuid),
        zurueck=reverse("document", args=[document.uuid]),
    )


def _actions(request: HttpRequest, case_file: CaseFile, **query: str) -> list[Action]:
    if not policies.is_open(case_file) or not policies.can_file_documents(request.user, case_file):
        return []
    said = urlencode({name: value for name, value in query.items() if value})
    address = reverse("note-new", args=[case_file.uuid]) + (f"?{said}" if said else "")
    return [Action(_("Vermerk schreiben"), address, "note", key="v", in_dialog=True)]


def register() -> None:
    """Called once when the app is ready."""
    actions.file_actions.register("records.notes", file_actions, order=20)
    actions.document_actions.register("records.notes", document_actions, order=20)
