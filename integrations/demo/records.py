"""The neutral record of a composed letter, as OPEN/PROSOZ would deliver it."""

from collections.abc import Sequence
from datetime import date, datetime

from integrations.demo.cases import Case
from integrations.demo.composing import Letter
from integrations.demo.course import Step
from integrations.demo.facts import REPLY_TIME, letter_day, remedy_until
from integrations.demo.rendering import PdfFile
from integrations.demo.tables import calculation
from integrations.formats.record import (
    Action,
    CaseFileRecord,
    DeadlineRecord,
    DocumentRecord,
    FileRecord,
    FileRole,
    MatterRecord,
    NamedKey,
    NeutralRecord,
    PersonRecord,
)
from integrations.open_prosoz import schema
from integrations.open_prosoz.mapping import matter_title

CONTESTABLE = "bescheid"
ANSWER_WANTED = ("mitwirkungsaufforderung", "anhoerung")
LANDLORDS_LETTERS = ("mietbescheinigung", "heizkostenabrechnung")


def record_of(
    case: Case,
    step: Step,
    letter: Letter,
    files: Sequence[PdfFile],
    *,
    mandant: str,
    object_id: str,
    message_id: str,
    created_at: datetime,
) -> NeutralRecord:
    """The entry of one document; the first file is the main one, the others are attachments."""
    return NeutralRecord(
        message_id=message_id,
        object_id=object_id,
        object_version="1",
        action=Action.CREATE,
        case_file=_case_file(case, step, mandant),
        matter=_matter(case, step),
        document=_document(case, step, letter),
        files=tuple(_file(one, main=index == 0) for index, one in enumerate(files)),
        created_at=created_at,
        created_by=case.clerk,
    )


def _case_file(case: Case, step: Step, mandant: str) -> CaseFileRecord:
    return CaseFileRecord(
        keys=(
            NamedKey(schema.KEY_MANDANT, mandant),
            NamedKey(schema.KEY_FALLNUMMER, case.number),
        ),
        file_type=schema.CASE_FILE_TYPE,
        title=case.title,
        entry_code=case.benefit.entry_code,
        unit_code=case.benefit.unit_code,
        case_worker=case.clerk,
        confidentiality="vertraulich",
        business_data={
            "Leistungsart": case.benefit.leistungsart,
            "Personen im Haushalt": case.persons,
            "Monatliche Leistung": calculation(case, step.day).benefit / 100,
            "Team": case.benefit.unit_name,
        },
    )


def _matter(case: Case, step: Step) -> MatterRecord:
    kind = case.benefit.leistungsart
    return MatterRecord(
        keys=(NamedKey(schema.KEY_LEISTUNGSART, kind),),
        matter_type=schema.MATTER_TYPE,
        title=matter_title(kind, step.period_from, step.period_until),
        period_from=step.period_from,
        period_until=step.period_until,
    )


def _document(case: Case, step: Step, letter: Letter) -> DocumentRecord:
    incoming, outgoing = letter.direction == "E", letter.direction == "A"
    return DocumentRecord(
        document_type=letter.name,
        title=letter.title,
        direction=letter.direction,
        letter_date=letter_day(step.day) if incoming else step.day,
        received_on=step.day if incoming else None,
        dispatched_on=step.day if outgoing else None,
        foreign_reference=case.number if outgoing else "",
        persons=_persons(case, letter),
        deadlines=_deadlines(step, letter),
    )


def _persons(case: Case, letter: Letter) -> tuple[PersonRecord, ...]:
    person = case.person
    applicant = PersonRecord(
        role="Antragstellende Person",
        name=person.name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        address=person.address,
    )
    if letter.kind not in LANDLORDS_LETTERS:
        return (applicant,)
    return applicant, PersonRecord(role="Vermieterseite", name=case.landlord)


def _deadlines(step: Step, letter: Letter) -> tuple[DeadlineRecord, ...]:
    if letter.direction == "A" and letter.kind.endswith(CONTESTABLE):
        remedy = "Klagefrist" if letter.kind == "widerspruchsbescheid" else "Rechtsbehelfsfrist"
        return (DeadlineRecord(remedy, remedy_until(step.day)),)
    if letter.kind in ANSWER_WANTED:
        return (DeadlineRecord("Antwortfrist", _reply_until(step), letter.title),)
    return ()


def _reply_until(step: Step) -> date:
    return step.day + REPLY_TIME


def _file(file: PdfFile, *, main: bool) -> FileRecord:
    return FileRecord(
        name=file.path.name,
        sha256=file.sha256,
        size=file.size,
        role=FileRole.MAIN if main else FileRole.ATTACHMENT,
        mime_type="application/pdf",
    )
