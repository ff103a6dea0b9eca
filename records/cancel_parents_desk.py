"""Storno of files and matters at the desk: menu and head of the file page, bulk work as jobs."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Described, JobKind, Result
from goettingen_ecm.operations.models import Job
from records import policies
from records.actions import Action, Fact, file_actions, file_facts
from records.bulk_jobs import describe_files, holding_actor_of, undone_operation
from records.cancel_desk import told
from records.choices import CaseFileStatus, MatterStatus
from records.closing_checks import CASE_FILE, MATTER
from records.models import CaseFile, Matter
from records.selectors.cancelling import cancellation_of, may_stand_again
from records.selectors.case_files import chosen_matter
from records.services import bulk_cancelling

FILES, MATTERS = "records.case_files.cancel", "records.matters.cancel"


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Storno of the chosen matter, of several, of the file; lifting where it is cancelled.

    What lies below may still hold it up: the page says what, as that of z. d. A. does.
    """
    of_file = reverse("case-file-cancel", args=[case_file.uuid])
    if policies.can_lift_file_cancellation(request.user, case_file):
        return [Action(_("Storno aufheben"), of_file, "undo")]
    if not policies.is_open(case_file):
        return []
    actions = []
    if policies.can_file_documents(request.user, case_file):
        actions += _of_matter(chosen_matter(case_file))
        several = reverse("matters-cancel", args=[case_file.uuid])
        actions.append(Action(_("Vorgänge stornieren"), several, "blocked"))
    if policies.can_close(request.user, case_file):
        actions.append(Action(_("Akte stornieren"), of_file, "blocked"))
    return actions


def _of_matter(matter: Matter | None) -> list[Action]:
    if matter is None:
        return []
    address = reverse("matter-cancel", args=[matter.uuid])
    if matter.status == MatterStatus.CANCELLED and may_stand_again(matter):
        return [Action(_("Storno des Vorgangs aufheben"), address, "undo")]
    if matter.status == MatterStatus.ACTIVE:
        return [Action(_("Vorgang stornieren"), address, "blocked")]
    return []


def facts(_request: HttpRequest, case_file: CaseFile) -> list[Fact]:
    """When, by whom and why the file was cancelled."""
    found = cancellation_of(case_file)
    if found is None and case_file.status != CaseFileStatus.CANCELLED:
        return []
    return [Fact(told(found), "blocked")]


def describe_matters(user: Person, ids: Sequence[int]) -> Mapping[int, Described]:
    """Matters as the person may see them, for result lists."""
    files = CaseFile.objects.visible_to(user)
    rows = Matter.objects.visible_to(user).filter(pk__in=ids, case_file__in=files)
    return {
        one.pk: Described(
            one.title, f"{reverse('case-file', args=[one.case_file.uuid])}?vorgang={one.uuid}"
        )
        for one in rows.select_related("case_file")
    }


def _cancel_files(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_cancelling.cancel_each(CASE_FILE, ids, holding_actor_of(job))


def _take_files_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_cancelling.take_back(CASE_FILE, ids, undone_operation(job), holding_actor_of(job))


def _cancel_matters(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_cancelling.cancel_each(MATTER, ids, holding_actor_of(job))


def _take_matters_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_cancelling.take_back(MATTER, ids, undone_operation(job), holding_actor_of(job))


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.cancelling", offered, order=65)
    file_facts.register("records.cancelling", facts, order=5)
    jobs.kinds.register(FILES, JobKind(_cancel_files, describe_files, _take_files_back))
    jobs.kinds.register(MATTERS, JobKind(_cancel_matters, describe_matters, _take_matters_back))
