"""Merges and splits of units: rail of the Fachadministration, the job that moves their files."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import JobKind, Result
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.navigation import NavItem, items
from records.bulk_jobs import describe_files
from records.models import UnitChange
from records.services import unit_hand_over
from records.services.actor import Actor


def register() -> None:
    """Called once when the app is ready."""
    entry = NavItem(_("Umgliederungen"), "unit-changes", "people", _shown, prefix="/umgliederung/")
    items.register("records.unit_changes", entry, order=893)
    jobs.kinds.register(unit_hand_over.FILES_JOB, JobKind(_move_files, describe_files))


def _shown(request: HttpRequest) -> bool:
    return may_change_staff(person_of(request))


def _move_files(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    """By the system: the Fachadministration that has planned it sees none of the files."""
    rows = UnitChange.objects.select_related("unit", "target")
    assert job.operation is not None  # noqa: S101 - started with the operation of the day
    change = rows.get(pk=job.parameters["change"])
    return unit_hand_over.move_files(change, ids, Actor(job.operation))
