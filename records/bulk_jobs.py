"""Bulk changes as jobs: parameters in, results out, names of objects for the result list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from goettingen_ecm.access.principals import Person, hold_rights, rights_of
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Described, JobKind, Result
from goettingen_ecm.operations.models import Job
from records.models import CaseFile, DocumentType, FilePlanEntry, Matter
from records.selectors.case_files import documents_shown
from records.services import bulk_case_files, bulk_documents, bulk_reassigning
from records.services.actor import Actor
from records.services.bulk_case_files import FileChange
from records.services.bulk_documents import DocumentChange
from records.services.bulk_reassigning import FileMove

DOCUMENTS, FILES = "records.documents.change", "records.case_files.change"
MOVES = "records.case_files.reassign"


def document_parameters(change: DocumentChange) -> dict[str, Any]:
    """Ids and keys only: a job's row outlives what it was about."""
    values = dict(change.values)
    if "document_type" in values:
        values["document_type"] = values["document_type"].pk if values["document_type"] else None
    return {"values": values, "matter": change.matter.pk if change.matter else None}


def document_change(parameters: Mapping[str, Any]) -> DocumentChange:
    values = dict(parameters["values"])
    if values.get("document_type") is not None:
        values["document_type"] = DocumentType.objects.get(pk=values["document_type"])
    matter = parameters["matter"]
    return DocumentChange(values, Matter.objects.get(pk=matter) if matter is not None else None)


def file_parameters(change: FileChange) -> dict[str, Any]:
    """Remark and Fachdaten are values the person wrote: in the job until the job is removed."""
    worker = change.case_worker
    return {
        "case_worker": worker.pk if worker else None,
        "remark": change.remark,
        "file_type": change.file_type,
        "business_data": dict(change.business_data),
    }


def file_change(parameters: Mapping[str, Any]) -> FileChange:
    worker = parameters["case_worker"]
    person = User.objects.get(pk=worker) if worker is not None else None
    # Jobs ordered before there were Fachdaten have none.
    data = parameters.get("business_data", {})
    return FileChange(person, parameters["remark"], parameters.get("file_type", ""), data)


def move_parameters(move: FileMove) -> dict[str, Any]:
    """Ids, and that the mover has agreed to lose sight."""
    found = {"entry": move.entry, "lead_unit": move.lead_unit, "case_worker": move.case_worker}
    ids: dict[str, Any] = {name: one.pk if one else None for name, one in found.items()}
    return ids | {"loss_confirmed": move.loss_confirmed}


def file_move(parameters: Mapping[str, Any]) -> FileMove:
    entry, unit, worker = (parameters[name] for name in ("entry", "lead_unit", "case_worker"))
    return FileMove(
        FilePlanEntry.objects.select_related("plan").get(pk=entry) if entry is not None else None,
        OrgUnit.objects.get(pk=unit) if unit is not None else None,
        User.objects.get(pk=worker) if worker is not None else None,
        bool(parameters["loss_confirmed"]),
    )


def actor_of(job: Job) -> Actor:
    """The person who ordered the job, with the rights of now."""
    assert job.operation is not None  # noqa: S101 - jobs of these kinds are started with one
    return Actor(job.operation, user=User.objects.get(pk=job.created_by_id or 0))


def holding_actor_of(job: Job) -> Actor:
    """The same for one batch that changes nobody's rights: they are asked for once, under its
    locks, and not once per object."""
    actor = actor_of(job)
    if actor.user is not None:
        hold_rights(actor.user)
    return actor


def undone_operation(job: Job) -> int:
    """The operation an undo job takes back."""
    assert job.undo_of is not None  # noqa: S101 - only undo jobs ask
    return int(job.undo_of.operation_id or 0)


def _change_documents(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    change = document_change(job.parameters)
    return bulk_documents.change_documents(change, ids, holding_actor_of(job))


def _take_documents_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    change = document_change(job.parameters)
    return bulk_documents.take_back(change, ids, undone_operation(job), holding_actor_of(job))


def _change_files(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_case_files.change_case_files(
        file_change(job.parameters), ids, holding_actor_of(job)
    )


def _take_files_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    change = file_change(job.parameters)
    return bulk_case_files.take_back(change, ids, undone_operation(job), holding_actor_of(job))


def _move_files(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_reassigning.move_case_files(file_move(job.parameters), ids, actor_of(job))


def _move_files_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return bulk_reassigning.take_back(ids, undone_operation(job), actor_of(job))


def describe_documents(user: Person, ids: Sequence[int]) -> Mapping[int, Described]:
    """Documents as the person may see them, for result lists."""
    files = rights_of(user).scope_ids
    rows = documents_shown(user).filter(pk__in=ids, case_file__scope__any_of=files)
    return {
        d.pk: Described(d.title, reverse("document", args=[d.uuid]))
        for d in rows.only("uuid", "title")
    }


def describe_files(user: Person, ids: Sequence[int]) -> Mapping[int, Described]:
    """Files as the person may see them, for result lists."""
    rows = CaseFile.objects.visible_to(user).filter(pk__in=ids)
    return {
        f.pk: Described(f"{f.aktenzeichen} {f.title}", reverse("case-file", args=[f.uuid]))
        for f in rows.only("uuid", "aktenzeichen", "title")
    }


def register() -> None:
    """Called once when the app is ready."""
    jobs.kinds.register(
        DOCUMENTS, JobKind(_change_documents, describe_documents, _take_documents_back)
    )
    jobs.kinds.register(FILES, JobKind(_change_files, describe_files, _take_files_back))
    jobs.kinds.register(MOVES, JobKind(_move_files, describe_files, _move_files_back))
