"""Where parties show themselves: rail, menu of the file."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.operations import navigation
from goettingen_ecm.operations.navigation import NavItem
from records import actions, policies
from records.actions import Action
from records.models import CaseFile


def file_actions(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Only where somebody can be entered; reading them needs no menu, the page lists them."""
    if not (policies.is_open(case_file) and policies.can_file_documents(request.user, case_file)):
        return []
    url = reverse("case-file-parties", args=[case_file.uuid])
    return [Action(_("Beteiligte eintragen"), url, "people", key="b")]


def register() -> None:
    """Called once when the app is ready."""
    actions.file_actions.register("records.parties", file_actions, order=15)
    navigation.items.register(
        "records.parties",
        NavItem(
            gettext_lazy("Beteiligte"),
            "parties",
            "people",
            visible=lambda request: policies.works_with_case_files(request.user),
        ),
        order=35,
    )
