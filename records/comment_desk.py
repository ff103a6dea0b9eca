"""Comments at the desk: key ``m`` in the menu of the document page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import actions
from records.actions import Action
from records.models import Document


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """Whoever sees a document may comment on the Fassung the page shows."""
    address = reverse("comment-new", args=[document.uuid])
    shown = request.GET.get("fassung", "")
    if shown.isascii() and shown.isdigit():
        address += f"?fassung={shown}"
    return [Action(_("Kommentieren"), address, "edit", key="m", in_dialog=True)]


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.comments", document_actions, order=25)
