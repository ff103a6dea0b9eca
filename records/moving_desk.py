"""Moving documents into another file at the desk: menu of the document page, bulk work as a job."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import JobKind, Result
from goettingen_ecm.operations.models import Job
from records import actions, policies
from records.actions import Action
from records.bulk_jobs import actor_of, describe_documents, undone_operation
from records.models import CaseFile, Document, Matter
from records.selectors.documents import lock_of
from records.services import moving
from records.services.move_checks import Place

JOB = "records.documents.move_to_file"


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """Nothing for who may not change the file, or while another person has the document in work."""
    lock = lock_of(document)
    if not policies.can_move_document(request.user, document) or (
        lock is not None and lock.holder_id != request.user.pk
    ):
        return []
    address = reverse("document-move", args=[document.uuid])
    return [Action(_("In andere Akte verschieben"), address, "folder-open")]


def job_parameters(there: Place, *, loss_confirmed: bool = False) -> dict[str, Any]:
    """Ids, and that the mover has agreed to lose sight."""
    return {
        "case_file": there.case_file.pk,
        "matter": there.matter.pk if there.matter else None,
        "loss_confirmed": loss_confirmed,
    }


def _place(parameters: Mapping[str, Any]) -> Place:
    case_file = CaseFile.objects.select_related("entry").get(pk=parameters["case_file"])
    matter = parameters["matter"]
    return Place(case_file, Matter.objects.get(pk=matter) if matter is not None else None)


def _move(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return moving.move_each(
        ids,
        _place(job.parameters),
        actor_of(job),
        loss_confirmed=bool(job.parameters["loss_confirmed"]),
    )


def _move_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return moving.take_back(ids, undone_operation(job), actor_of(job))


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.moving", document_actions, order=35)
    jobs.kinds.register(JOB, JobKind(_move, describe_documents, _move_back))
