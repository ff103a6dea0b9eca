"""The exercises of the training instance in the rail, and the job that resets it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Described, JobKind
from goettingen_ecm.operations.navigation import NavItem, items
from integrations.training import RESET_JOB, reset_by_job


def register() -> None:
    """Called once when the app is ready."""
    items.register(
        "integrations.training",
        NavItem(gettext_lazy("Übungen"), "exercises", "check", _shown),
        order=1,
    )
    jobs.kinds.register(RESET_JOB, JobKind(reset_by_job, _describe))


def _shown(_request: HttpRequest) -> bool:
    return bool(settings.TRAINING)


def _describe(_user: Any, ids: Sequence[int]) -> Mapping[int, Described]:
    return {pk: Described(_("Schulungsinstanz"), reverse("exercises")) for pk in ids}
