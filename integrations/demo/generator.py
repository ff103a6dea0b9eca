"""Makes whole deliveries of OPEN/PROSOZ: cases, letters, PDFs, index, faults. Repeatable."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from datetime import time as time_of_day
from pathlib import Path

from integrations.demo import faults as faults_module
from integrations.demo.cases import Case, make_case
from integrations.demo.chance import seeded
from integrations.demo.composing import BodySource, Letter, compose
from integrations.demo.course import Step, make_course
from integrations.demo.faults import ON_A_DOCUMENT, Fault
from integrations.demo.records import record_of
from integrations.demo.rendering import PdfFile, PdfOrder, write_pdfs
from integrations.formats.record import NeutralRecord
from integrations.formats.schema import FILES_FOLDER, INDEX_NAME
from integrations.formats.writer import DeliveryWriter, Sender
from integrations.open_prosoz.schema import SYSTEM_CODE

MANDANT = "01"
LAST_DAY = date(2026, 11, 20)
WINTER_TIME = timezone(timedelta(hours=1))
NIGHT_RUN = time_of_day(2, 10)
CREATED_BY = "OPEN/PROSOZ Nachtlauf"


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """What to make. ``documents`` counts entries before duplicates; ``last_day`` the newest letter;
    ``grey`` letters as an office printer makes them."""

    name: str
    cases: int
    documents: int
    seed: int
    last_day: date = LAST_DAY
    processes: int = 2
    faults: Mapping[Fault, int] = field(default_factory=dict)
    body: BodySource | None = None
    grey: bool = False

    @property
    def sender(self) -> Sender:
        return sender_of(self.name, self.last_day)


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document before it is set: its case, its letter, further letters as attachments."""

    case: Case
    step: Step
    object_id: str
    attachments: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What was made; ``spoiled`` names fault and entry (from 1, 0 = the delivery as a whole)."""

    path: Path
    entries: int
    files: int
    size: int
    seconds: float
    spoiled: tuple[tuple[Fault, int], ...]


def sender_of(name: str, last_day: date) -> Sender:
    """The sender of the night after ``last_day``."""
    night = datetime.combine(last_day + timedelta(days=1), NIGHT_RUN, WINTER_TIME)
    return Sender(SYSTEM_CODE, MANDANT, name, night, CREATED_BY)


def write_delivery(drop_dir: Path, plan: DeliveryPlan) -> DeliveryReport:
    """Write the delivery of a plan; the same plan gives the same bytes.

    Raises ValueError for a plan that cannot be, FileExistsError if the name is taken.
    """
    check_plan(plan)
    return write_documents(drop_dir, plan, planned_documents(plan))


def check_plan(plan: DeliveryPlan) -> None:
    """Raises ValueError in German."""
    if not 1 <= plan.cases <= plan.documents:
        raise ValueError("Nötig ist mindestens ein Fall und für jeden Fall ein Dokument.")
    on_documents = sum(plan.faults.get(fault, 0) for fault in ON_A_DOCUMENT)
    if on_documents > plan.documents:
        raise ValueError("Es sind mehr Fehler verlangt als Dokumente vorhanden.")


def planned_documents(plan: DeliveryPlan) -> Iterator[PlannedDocument]:
    """The documents of a plan, case by case."""
    number = 0
    for index, share in enumerate(shares(plan.seed, plan.cases, plan.documents)):
        rng = seeded(plan.seed, "case", index)
        case = make_case(rng, case_number(plan.seed, index), plan.last_day - timedelta(days=900))
        for step in make_course(rng, case, share, plan.last_day):
            number += 1
            yield PlannedDocument(case, step, f"OP-{plan.seed:04d}-{number:07d}")


def case_number(seed: int, index: int) -> str:
    """A Fallnummer that no other seed below 10,000 gives."""
    return f"{seed % 10_000:04d}-{113 + index * 7:06d}"


def shares(seed: int, cases: int, documents: int) -> list[int]:
    """How many documents each case gets: at least one, some far more than others."""
    rng = seeded(seed, "shares")
    weights = [rng.paretovariate(2.2) for _ in range(cases)]
    spare, total = documents - cases, sum(weights)
    given = [1 + int(spare * weight / total) for weight in weights]
    for index in range(documents - sum(given)):
        given[index % cases] += 1
    return given


def write_documents(
    drop_dir: Path, plan: DeliveryPlan, documents: Iterable[PlannedDocument]
) -> DeliveryReport:
    """Write planned documents as a delivery (``plan.cases`` and ``documents`` are not asked)."""
    started = time.perf_counter()
    spoiled = _chosen_faults(plan)
    made = _Made()

    def finishing(folder: Path) -> None:
        _spoil_delivery(plan, folder)

    with DeliveryWriter(drop_dir, plan.name, plan.sender, before_ready=finishing) as writer:
        for record in _records(plan, documents, writer.files_dir, spoiled, made):
            writer.add(record)
    listed = [(fault, position) for position, fault in sorted(spoiled.items())]
    listed += [(f, 0) for f in (Fault.SURPLUS, Fault.INDEX) for _ in range(plan.faults.get(f, 0))]
    seconds = time.perf_counter() - started
    return DeliveryReport(
        writer.path, writer.entry_count, made.files, made.size, seconds, tuple(listed)
    )


def _spoil_delivery(plan: DeliveryPlan, folder: Path) -> None:
    """The faults that no single document has."""
    for number in range(plan.faults.get(Fault.SURPLUS, 0)):
        faults_module.add_surplus(folder / FILES_FOLDER, number)
    if plan.faults.get(Fault.INDEX):
        faults_module.cut_index(folder / INDEX_NAME)


@dataclass(slots=True)
class _Made:
    files: int = 0
    size: int = 0


def _chosen_faults(plan: DeliveryPlan) -> dict[int, Fault]:
    """Position from 1 -> fault; no document gets two."""
    wanted = [f for f in ON_A_DOCUMENT for _ in range(plan.faults.get(f, 0))]
    places = seeded(plan.seed, "faults").sample(range(1, plan.documents + 1), len(wanted))
    return dict(zip(places, wanted, strict=True))


def _records(
    plan: DeliveryPlan,
    documents: Iterable[PlannedDocument],
    folder: Path,
    spoiled: Mapping[int, Fault],
    made: _Made,
) -> Iterator[NeutralRecord]:
    """The entries in order, duplicates at the end; files are on disk when an entry comes out."""
    again: list[tuple[NeutralRecord, list[PdfFile]]] = []
    position = 0
    for document, letter, files in _set(plan, documents, folder):
        position += 1
        if (fault := spoiled.get(position)) is not None:
            files[0] = faults_module.spoil(fault, files[0])
        record = _record(plan, document, letter, files, position)
        _count(made, files)
        if fault is Fault.DUPLICATE:
            again.append((record, files))
        yield record
    for record, files in again:
        position += 1
        copies = [faults_module.copy_of(file) for file in files]
        _count(made, copies)
        yield _repeated(plan, record, copies, position)


def _count(made: _Made, files: Sequence[PdfFile]) -> None:
    made.files += len(files)
    made.size += sum(file.size for file in files)


def _set(
    plan: DeliveryPlan, documents: Iterable[PlannedDocument], folder: Path
) -> Iterator[tuple[PlannedDocument, Letter, list[PdfFile]]]:
    """Each document with its files; composing runs a little ahead of the setting processes."""
    waiting: deque[tuple[PlannedDocument, Letter, int]] = deque()

    def orders() -> Iterator[PdfOrder]:
        for document in documents:
            letters = list(_letters(plan, document))
            waiting.append((document, letters[0], len(letters)))
            for index, letter in enumerate(letters):
                path = folder / _file_name(document, letter, index)
                yield PdfOrder(path, letter.source, letter.day, plan.grey)

    written = write_pdfs(orders(), plan.processes)
    files: list[PdfFile] = []
    for file in written:
        files.append(file)
        if len(files) == waiting[0][2]:
            document, letter, _ = waiting.popleft()
            yield document, letter, files
            files = []


def _letters(plan: DeliveryPlan, document: PlannedDocument) -> Iterator[Letter]:
    yield compose(document.case, document.step, document.object_id, body=plan.body)
    for index, step in enumerate(document.attachments, 1):
        yield compose(document.case, step, f"{document.object_id}-{index}", body=plan.body)


def _file_name(document: PlannedDocument, letter: Letter, index: int) -> str:
    suffix = f"_Anlage{index}" if index else ""
    return f"{document.object_id}_{letter.kind}{suffix}.pdf"


def _record(
    plan: DeliveryPlan,
    document: PlannedDocument,
    letter: Letter,
    files: Sequence[PdfFile],
    position: int,
) -> NeutralRecord:
    return record_of(
        document.case,
        document.step,
        letter,
        files,
        mandant=MANDANT,
        object_id=document.object_id,
        message_id=_message_id(plan, position),
        created_at=plan.sender.created_at,
    )


def _repeated(
    plan: DeliveryPlan, record: NeutralRecord, copies: Sequence[PdfFile], position: int
) -> NeutralRecord:
    files = tuple(
        replace(file, name=copy.path.name) for file, copy in zip(record.files, copies, strict=True)
    )
    return replace(record, message_id=_message_id(plan, position), files=files)


def _message_id(plan: DeliveryPlan, position: int) -> str:
    return f"{plan.name}-{position:06d}"
