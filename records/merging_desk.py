"""Merging matters at the desk: an entry in the menu of the file."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import policies
from records.actions import Action, file_actions
from records.models import CaseFile


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """For whoever may change the file while it is in work; a chosen matter is ticked there."""
    if not policies.is_open(case_file) or not policies.can_file_documents(request.user, case_file):
        return []
    address = reverse("matters-merge", args=[case_file.uuid])
    with suppress(ValueError):
        address += f"?vorgang={UUID(request.GET.get('vorgang', ''))}"
    return [Action(_("Vorgänge zusammenführen"), address, "link")]


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.merging", offered, order=12)
