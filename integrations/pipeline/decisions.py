"""What is to be done with each item of a wave. Pure: reads ``Known``, writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations.refusals import Forbidden
from integrations.choices import ClearingReason
from integrations.formats.filing import CaseFileTarget, Filing, ForeignKey
from integrations.formats.record import Action
from integrations.models import DeliveryItem
from integrations.pipeline.known import Content, Known
from integrations.pipeline.outcomes import Problem
from records import policies
from records.choices import DocumentStatus
from records.models import CaseFile, Document, FilePlanEntry
from records.services.actor import Actor
from records.services.documents import filing_refusal


@dataclass(frozen=True, slots=True)
class Opening:
    """A case file to open for the items that wait for it."""

    target: CaseFileTarget
    entry: FilePlanEntry
    unit: OrgUnit


@dataclass(slots=True)
class Job:
    """An item with what it says and where it goes (``case_file`` None: see ``openings``)."""

    item: DeliveryItem
    filing: Filing
    case_file: CaseFile | None = None
    document: Document | None = None
    values: dict[str, Any] = field(default_factory=dict)
    file_values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """The wave, sorted by what has to be done."""

    openings: dict[ForeignKey, Opening] = field(default_factory=dict)
    create: list[Job] = field(default_factory=list)
    add_version: list[Job] = field(default_factory=list)
    change: list[Job] = field(default_factory=list)
    withdraw: list[Job] = field(default_factory=list)
    duplicates: list[Job] = field(default_factory=list)
    problems: list[tuple[DeliveryItem, Problem]] = field(default_factory=list)


class Decider:
    """Sorts a wave; keeps what it found out about case files it has seen already."""

    def __init__(self, known: Known, actor: Actor) -> None:
        self.known, self.actor = known, actor
        self.plan = Plan()
        self._refused: dict[int, Problem | None] = {}

    def decide(self, jobs: Sequence[Job]) -> Plan:
        for job in jobs:
            job.document = self.known.documents.get(job.filing.document_key)
            problem = self._place(job)
            if problem is not None:
                self.plan.problems.append((job.item, problem))
        return self.plan

    def _place(self, job: Job) -> Problem | None:
        if job.filing.action is Action.METADATA:
            return self._order(job, self._metadata)
        if job.filing.action is Action.WITHDRAW:
            return self._order(job, self._withdrawal)
        if job.document is not None:
            return self._version(job, job.document)
        if job.filing.action is Action.CREATE or "case_file" in job.item.assigned:
            return self._creation(job)
        return unknown_object(job)

    def _creation(self, job: Job) -> Problem | None:
        job.case_file = self._case_file(job)
        problem = self._opening(job) if job.case_file is None else self._closed(job.case_file)
        if problem is None:
            self.plan.create.append(job)
        return problem

    def _case_file(self, job: Job) -> CaseFile | None:
        if (pk := job.item.assigned.get("case_file")) is not None:
            return self.known.assigned_files.get(pk)
        target = job.filing.case_file
        return self.known.case_files.get(target.key) if target else None

    def _opening(self, job: Job) -> Problem | None:
        target = job.filing.case_file
        if target is None:
            return unknown_object(job)
        entry = self._entry(job, target)
        unit = self._unit(job, target)
        if entry is None:
            return _unknown(
                job,
                ClearingReason.UNKNOWN_ENTRY,
                "aktenplanKennzeichen",
                f"Den Aktenplaneintrag „{target.entry_code}“ gibt es hier nicht.",
            )
        if unit is None:
            return _unknown(
                job,
                ClearingReason.UNKNOWN_UNIT,
                "oe",
                f"Die Organisationseinheit „{target.unit_code}“ gibt es hier nicht.",
            )
        system = job.item.delivery.system
        if not policies.connector_may_file(system, entry):
            return _unknown(
                job,
                ClearingReason.NOT_PERMITTED,
                "aktenplanKennzeichen",
                f"{system.name} darf unter {entry.code} nicht ablegen.",
            )
        self.plan.openings.setdefault(target.key, Opening(target, entry, unit))
        return None

    def _entry(self, job: Job, target: CaseFileTarget) -> FilePlanEntry | None:
        pk = job.item.assigned.get("entry")
        return (
            self.known.assigned_entries.get(pk) if pk else self.known.entries.get(target.entry_code)
        )

    def _unit(self, job: Job, target: CaseFileTarget) -> OrgUnit | None:
        pk = job.item.assigned.get("unit")
        return self.known.assigned_units.get(pk) if pk else self.known.units.get(target.unit_code)

    def _version(self, job: Job, document: Document) -> Problem | None:
        """Known object: the same content again, a conflict, or a new version (K1)."""
        versions = self.known.versions.get(document.pk, {})
        delivered = content_of(job.filing)
        if (before := versions.get(job.filing.version)) is not None:
            # Of a deleted document nothing is left to compare; it must not come back.
            if before == delivered or document.status == DocumentStatus.DELETED:
                self.plan.duplicates.append(job)
                return None
            return _conflict(job, "liegt schon mit anderem Inhalt vor")
        if _older(job.filing.version, versions):
            return _conflict(job, "ist älter als eine Fassung, die schon abgelegt ist")
        return self._on_document(job, document, self.plan.add_version)

    def _on_document(self, job: Job, document: Document, jobs: list[Job]) -> Problem | None:
        job.case_file = document.case_file
        problem = self._closed(document.case_file) or _unchangeable(job, document)
        if problem is None:
            jobs.append(job)
        return problem

    def _order(self, job: Job, carry_out: Any) -> Problem | None:
        if job.document is None:
            return unknown_object(job)
        if job.item.message_id in self.known.orders:
            self.plan.duplicates.append(job)
            return None
        problem: Problem | None = carry_out(job, job.document)
        return problem

    def _metadata(self, job: Job, document: Document) -> Problem | None:
        job.values = metadata_of(job.filing, self.known)
        job.file_values = _differing(
            document.case_file, file_metadata_of(job.filing, self.known, document.case_file)
        )
        if (problem := self._moved(job, document.case_file)) is not None:
            return problem
        if not job.file_values and not _differing(document, job.values):
            self.plan.duplicates.append(job)
            return None
        return self._on_document(job, document, self.plan.change)

    def _moved(self, job: Job, case_file: CaseFile) -> Problem | None:
        """Another unit or plan entry is a change of jurisdiction: a person decides (K6)."""
        target = job.filing.case_file
        if target is None:
            return None
        unit, entry = self._unit(job, target), self._entry(job, target)
        base = case_file.entry.overflow_of_id or case_file.entry_id
        if target.unit_code and (unit is None or unit.pk != case_file.lead_unit_id):
            return _moves(job, "oe", target.unit_code)
        if target.entry_code and (entry is None or entry.pk not in (case_file.entry_id, base)):
            return _moves(job, "aktenplanKennzeichen", target.entry_code)
        return None

    def _withdrawal(self, job: Job, document: Document) -> Problem | None:
        if document.status == DocumentStatus.WITHDRAWN:
            self.plan.duplicates.append(job)
            return None
        return self._on_document(job, document, self.plan.withdraw)

    def _closed(self, case_file: CaseFile) -> Problem | None:
        if case_file.pk not in self._refused:
            self._refused[case_file.pk] = _refusal(case_file, self.actor)
        return self._refused[case_file.pk]


def _refusal(case_file: CaseFile, actor: Actor) -> Problem | None:
    refusal = filing_refusal(case_file, actor)
    if refusal is None:
        return None
    forbidden = isinstance(refusal, Forbidden)
    reason = ClearingReason.NOT_PERMITTED if forbidden else ClearingReason.CASE_FILE_CLOSED
    return Problem(reason, f"{refusal.reason} {refusal.next_step}".strip())


STAYING = (DocumentStatus.CANCELLED, DocumentStatus.MISFILED, DocumentStatus.DELETED)


def _unchangeable(job: Job, document: Document) -> Problem | None:
    if document.status not in STAYING:
        return None
    return Problem(
        ClearingReason.REFUSED,
        f"index.json, eintraege[{job.item.position}].fremdObjektId: Das Dokument zu "
        f"„{job.filing.document_key[1]}“ ist {document.get_status_display()} und bleibt unverändert.",
    )


def content_of(filing: Filing) -> Content:
    """Kind and hash of every delivered file."""
    return frozenset((str(one.role), one.sha256) for one in filing.files)


def metadata_of(filing: Filing, known: Known) -> dict[str, Any]:
    """The delivered values of the document; what was not delivered stays as it is."""
    target = filing.document
    if target is None:
        return {}
    values = {
        "title": target.title[:500],
        "direction": target.direction,
        "document_type": known.types.get(target.type_code),
        "letter_date": target.letter_date,
        "received_on": target.received_on,
        "dispatched_on": target.dispatched_on,
        "foreign_reference": target.foreign_reference[:120],
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def file_metadata_of(filing: Filing, known: Known, case_file: CaseFile) -> dict[str, Any]:
    """The delivered values of the case file; business data are completed, never emptied."""
    target = filing.case_file
    if target is None:
        return {}
    values = {
        "title": target.title[:500],
        "file_type": target.file_type[:60],
        "case_worker": known.workers.get(target.case_worker),
        "business_data": case_file.business_data | dict(target.business_data),
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def _differing(one: CaseFile | Document, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(one, name) != value}


def _moves(job: Job, field_name: str, value: str) -> Problem:
    return Problem(
        ClearingReason.VERB_NOT_AVAILABLE,
        f"index.json, eintraege[{job.item.position}].akte.{field_name}: Die Akte soll zu "
        f"„{value}“ wechseln. Ein Wechsel der Zuständigkeit wird nicht von selbst ausgeführt.",
    )


def _older(version: str, versions: dict[str, Content]) -> bool:
    """True when both sides count in numbers and a higher one is here already."""
    numbers = [int(one) for one in versions if one.isdecimal()]
    return version.isdecimal() and bool(numbers) and int(version) < max(numbers)


def _conflict(job: Job, what: str) -> Problem:
    return Problem(
        ClearingReason.VERSION_CONFLICT,
        f"index.json, eintraege[{job.item.position}].fremdVersion: Fassung "
        f"„{job.filing.version}“ von „{job.filing.document_key[1]}“ {what}.",
    )


def unknown_object(job: Job) -> Problem:
    """A version or an order for something nobody has delivered."""
    return Problem(
        ClearingReason.UNKNOWN_OBJECT,
        f"index.json, eintraege[{job.item.position}].fremdObjektId: Zu "
        f"„{job.filing.document_key[1]}“ liegt hier kein Dokument.",
    )


def _unknown(job: Job, reason: ClearingReason, field_name: str, text: str) -> Problem:
    return Problem(reason, f"index.json, eintraege[{job.item.position}].akte.{field_name}: {text}")
