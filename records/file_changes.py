"""What the file's menu offers for changing the file itself."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import policies
from records.actions import Action, file_actions
from records.models import CaseFile


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Nothing that would be refused; nothing at all once the file is closed."""
    if not policies.is_open(case_file):
        return []
    actions = []
    if policies.can_file_documents(request.user, case_file):
        address = reverse("case-file-edit", args=[case_file.uuid])
        actions.append(Action(_("Angaben ändern"), address, "edit", key="e"))
    if policies.can_reassign(request.user, case_file):
        address = reverse("case-file-reassign", args=[case_file.uuid])
        actions.append(Action(_("Umschreiben"), address, "arrow-right"))
    return actions


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.changing", offered, order=10)
