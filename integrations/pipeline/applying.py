"""Carrying a plan out through the services of records, each verb once for the whole wave."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.formats.filing import Filing, ForeignKey, MatterTarget
from integrations.pipeline.decisions import Job, Opening, Plan
from integrations.pipeline.known import Known
from records.choices import ComponentKind, Direction, ExternalKeyKind, MatterStatus
from records.models import Blob, CaseFile, ExternalKey, Matter
from records.services import case_files, documents, matters, parties
from records.services.actor import Actor
from records.services.blobs import store_small
from records.services.case_files import NewCaseFile
from records.services.documents import NewComponent, NewDocument, NewVersion
from records.services.matters import NewMatter
from records.services.parties import Involvement

ENTRY_FILE = "eintrag.json"
GENERAL_MATTER = "Allgemeiner Schriftwechsel"
ALREADY_KNOWN = "Das Objekt war schon bekannt; abgelegt als neue Fassung."


def apply(plan: Plan, known: Known, actor: Actor) -> None:
    """Write everything the plan asks for, in the caller's transaction; jobs get their documents.

    Raises the services' refusals.
    """
    _open_files(plan, known, actor)
    contents = _contents([*plan.create, *plan.add_version])
    _create(plan.create, contents, known, actor)
    _add_versions(plan.add_version, contents, actor)
    if plan.change:
        documents.change_metadata({_pk(job): job.values for job in plan.change}, actor)
        _change_files(plan.change, actor)
    if plan.withdraw:
        documents.withdraw_documents([_pk(job) for job in plan.withdraw], actor)
    _involve([*plan.create, *plan.add_version, *plan.change], actor)


def _change_files(jobs: Sequence[Job], actor: Actor) -> None:
    """Master data of case files; where several items of a wave speak, the last one counts."""
    wanted: dict[int, dict[str, Any]] = {}
    for job in jobs:
        if job.file_values and job.case_file is not None:
            wanted.setdefault(job.case_file.pk, {}).update(job.file_values)
    if wanted:
        case_files.change_metadata(wanted, actor)


def _pk(job: Job) -> int:
    return int(job.document.pk) if job.document else 0


def _open_files(plan: Plan, known: Known, actor: Actor) -> None:
    wanted = {key: _new_case_file(key, one, known) for key, one in plan.openings.items()}
    if wanted:
        opened = case_files.open_case_files(list(wanted.values()), actor)
        known.case_files |= dict(zip(wanted, opened, strict=True))
    for job in plan.create:
        if job.case_file is None and job.filing.case_file is not None:
            job.case_file = known.case_files[job.filing.case_file.key]
    _remember_assigned(plan.create, known, actor)


def _new_case_file(key: ForeignKey, opening: Opening, known: Known) -> NewCaseFile:
    target = opening.target
    return NewCaseFile(
        entry=opening.entry,
        lead_unit=opening.unit,
        title=target.title or key[1],
        file_type=target.file_type[:60],
        case_worker=known.workers.get(target.case_worker),
        confidentiality=target.confidentiality,
        foreign_key=key,
        business_data=target.business_data,
    )


def _remember_assigned(jobs: Sequence[Job], known: Known, actor: Actor) -> None:
    """A file chosen by hand is found by its foreign key from now on."""
    learned = {
        job.filing.case_file.key: job.case_file
        for job in jobs
        if "case_file" in job.item.assigned
        and job.filing.case_file is not None
        and job.filing.case_file.key not in known.case_files
    }
    ExternalKey.objects.bulk_create(
        ExternalKey(
            system=actor.system,
            mandant=key[0],
            kind=ExternalKeyKind.CASE_FILE,
            value=key[1],
            case_file=case_file,
        )
        for key, case_file in learned.items()
        if case_file is not None
    )


def _contents(jobs: Sequence[Job]) -> dict[int, NewVersion]:
    """The version each item brings, by item id: its files and the delivered entry."""
    entries = {job.item.pk: _as_delivered(job.item.raw) for job in jobs}
    stored = store_small(list(entries.values())) if entries else {}
    files = Blob.objects.in_bulk([f["blob"] for job in jobs for f in job.item.files])
    return {
        job.item.pk: _version(job, files, stored[hashlib.sha256(entries[job.item.pk]).digest()])
        for job in jobs
    }


def _as_delivered(raw: Any) -> bytes:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()


def _version(job: Job, files: Mapping[int, Blob], entry: Blob) -> NewVersion:
    stored = {one["name"]: files[one["blob"]] for one in job.item.files}
    components = [
        NewComponent(ComponentKind(str(one.role)), stored[one.name], one.name)
        for one in sorted(job.filing.files, key=lambda one: str(one.role) != ComponentKind.MAIN)
    ]
    components.append(NewComponent(ComponentKind.INDEX, entry, ENTRY_FILE))
    return NewVersion(components, foreign_version=job.filing.version)


def _create(
    jobs: Sequence[Job], contents: Mapping[int, NewVersion], known: Known, actor: Actor
) -> None:
    if not jobs:
        return
    placed = _matters(jobs, known, actor)
    wanted = [
        _new_document(job.filing, matter, contents[job.item.pk], known)
        for job, matter in zip(jobs, placed, strict=True)
    ]
    made = documents.file_documents(wanted, actor)
    for job, document in zip(jobs, made, strict=True):
        job.document = document


def _new_document(filing: Filing, matter: Matter, content: NewVersion, known: Known) -> NewDocument:
    target = filing.document
    key = filing.document_key
    if target is None:
        return NewDocument(matter, "", Direction.INTERNAL, content, is_final=True, foreign_key=key)
    return NewDocument(
        matter=matter,
        title=target.title,
        direction=target.direction,
        content=content,
        document_type=known.types.get(target.type_code),
        letter_date=target.letter_date,
        received_on=target.received_on,
        dispatched_on=target.dispatched_on,
        foreign_reference=target.foreign_reference,
        is_final=True,
        foreign_key=key,
    )


def _matters(jobs: Sequence[Job], known: Known, actor: Actor) -> list[Matter]:
    """The matter of each job; missing ones are opened together."""
    wanted: dict[tuple[int, str], NewMatter] = {}
    found: dict[tuple[int, str], Matter] = {}
    for job in jobs:
        place = _place(job)
        if place in found or place in wanted:
            continue
        matter = _known_matter(job, known)
        if matter is not None:
            found[place] = matter
        else:
            wanted[place] = _new_matter(job, known)
    opened = matters.open_matters(list(wanted.values()), actor) if wanted else []
    found |= dict(zip(wanted, opened, strict=True))
    return [found[_place(job)] for job in jobs]


def _place(job: Job) -> tuple[int, str]:
    return _file_of(job).pk, job.filing.matter.key[1] if job.filing.matter else ""


def _file_of(job: Job) -> CaseFile:
    if job.case_file is None:
        raise LookupError(f"item {job.item.pk} has no case file")
    return job.case_file


def _known_matter(job: Job, known: Known) -> Matter | None:
    case_file, target = _file_of(job), job.filing.matter
    if target is not None:
        matter = known.matters.get(target.key)
        if matter is not None and matter.case_file_id == case_file.pk:
            return matter
    if target is None or "case_file" in job.item.assigned:
        title = target.title if target else GENERAL_MATTER
        rows = Matter.objects.filter(case_file=case_file, title=title)
        return rows.exclude(status=MatterStatus.CANCELLED).order_by("id").first()
    return None


def _new_matter(job: Job, known: Known) -> NewMatter:
    target = job.filing.matter or MatterTarget(("", ""), GENERAL_MATTER)
    free = target.key[1] and target.key not in known.matters
    return NewMatter(
        case_file=_file_of(job),
        title=target.title,
        matter_type=target.matter_type[:60],
        period_from=target.period_from,
        period_until=target.period_until,
        foreign_key=target.key if free else None,
    )


def _add_versions(jobs: Sequence[Job], contents: Mapping[int, NewVersion], actor: Actor) -> None:
    if not jobs:
        return
    documents.add_versions([(_pk(job), contents[job.item.pk]) for job in jobs], actor)
    for job in jobs:
        if job.item.action == "anlegen":
            job.item.notice = ALREADY_KNOWN


def _involve(jobs: Sequence[Job], actor: Actor) -> None:
    parties.involve(
        [
            Involvement(
                case_file=job.case_file,
                role=one.role[:80],
                name=one.name,
                first_name=one.first_name,
                birth_date=one.birth_date,
                address=one.address,
            )
            for job in jobs
            if job.case_file is not None
            for one in job.filing.parties
        ],
        actor,
    )
