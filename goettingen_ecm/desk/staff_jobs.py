"""A list of people and roles as a job: its objects are the lines of the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.access import staff_import
from goettingen_ecm.access.staff_file import read_staff
from goettingen_ecm.accounts.models import StaffImport, User
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Described, JobKind, Result
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import IllegalState

KIND = "accounts.staff.import"
LIST = "list"


def _apply(job: Job, lines: Sequence[int]) -> Mapping[int, Result]:
    found = _list_of(job)
    if found is None:
        raise IllegalState(_("Die Liste ist inzwischen gelöscht."))
    actor = User.objects.get(pk=job.created_by_id or 0)
    assert job.operation is not None  # noqa: S101 - jobs of this kind are started with one
    read = read_staff(bytes(found.content))
    return staff_import.apply_lines(read, lines, actor=actor, operation=job.operation)


def _describe(user: Any, lines: Sequence[int]) -> Mapping[int, Described]:
    return {line: Described(_("Zeile %(n)s") % {"n": line}) for line in lines}


def _list_of(job: Job) -> StaffImport | None:
    return StaffImport.objects.filter(uuid=job.parameters[LIST]).first()


def register() -> None:
    """Called once when the app is ready."""
    jobs.kinds.register(KIND, JobKind(_apply, _describe))
