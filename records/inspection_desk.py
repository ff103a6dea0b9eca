"""Akteneinsicht at the desk: menu of the file page, addresses, names in the list of jobs."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.operations.jobs import Described
from records.actions import Action, file_actions
from records.models import CaseFile, Inspection
from records.services import inspections


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """For everybody who sees the file: who looked into it is part of it."""
    address = reverse("case-file-inspections", args=[case_file.uuid])
    return [Action(_("Akteneinsicht"), address, "eye")]


def describe(user: Person, ids: Sequence[int]) -> Mapping[int, Described]:
    """Requests of files the person may see, by the file's number."""
    files = rights_of(user).scope_ids
    rows = Inspection.objects.filter(pk__in=ids, case_file__scope__in=files)
    return {
        one.pk: Described(
            _("Akteneinsicht %(number)s") % {"number": one.case_file.aktenzeichen},
            reverse("inspection", args=[one.uuid]),
        )
        for one in rows.select_related("case_file")
    }


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.inspections", offered, order=57)
    inspections.register(describe)
