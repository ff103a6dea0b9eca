"""Opening and changing case files: one or a thousand, by counter or by foreign key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from goettingen_ecm.accounts.models import OrgUnit, User, din5007_key
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies, rights
from records.choices import CaseFileKind, Confidentiality, DispositionType, ExternalKeyKind
from records.models import CaseFile, Document, ExternalKey, FilePlan, FilePlanEntry
from records.services import numbering, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import filing_refusal, lock_case_files


@dataclass(frozen=True, slots=True)
class NewCaseFile:
    """What is known when a file is opened; ``foreign_key`` (mandant, value) makes it a Fallakte."""

    entry: FilePlanEntry
    lead_unit: OrgUnit
    title: str
    file_type: str = ""
    case_worker: User | None = None
    confidentiality: Confidentiality | None = None
    foreign_key: tuple[str, str] | None = None
    business_data: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""


def open_case_files(wanted: Sequence[NewCaseFile], actor: Actor) -> list[CaseFile]:
    """Open files; numbers are given as the last step before the rows are written.

    Raises Forbidden (role or branch), InvalidInput (title), IllegalState (entry locked, retired or
    not a leaf). The caller splits a failing item off by calling again without it.
    """
    for one in wanted:
        _guard(one, actor)
    with transaction.atomic():
        defaults = _inherited([one.entry for one in wanted])
        for one in wanted:
            _guard_circle(one, defaults[one.entry.pk])
        files = [_draft(one, defaults[one.entry.pk]) for one in wanted]
        for case_file, scope_id in zip(files, rights.scope_ids_for(files), strict=True):
            case_file.scope_id = scope_id
        _number(wanted, files)
        writing.create(files, actor)
        _remember_keys(wanted, files, actor)
        record_changes("records.case_file.opened", files, actor)
    return files


METADATA = ("title", "file_type", "case_worker", "business_data", "remark")


def change_metadata(wanted: Mapping[int, Mapping[str, Any]], actor: Actor) -> list[CaseFile]:
    """Set metadata of case files by id, with history; rights and number stay as they are (K6).

    Raises InvalidInput for other fields, Forbidden and IllegalState as filing does. The documents
    are indexed anew, because they are found by the file's facts.
    """
    with transaction.atomic():
        files = lock_case_files(list(wanted))
        changed: dict[str, list[CaseFile]] = {}
        for pk, values in wanted.items():
            if (refusal := filing_refusal(files[pk], actor)) is not None:
                raise refusal
            for name in _apply(files[pk], values):
                changed.setdefault(name, []).append(files[pk])
        touched = list({f.pk: f for group in changed.values() for f in group}.values())
        if touched:
            writing.update(touched, [*sorted(changed), "sort_key", "last_activity_at"], actor)
            Document.objects.filter(case_file__in=touched).update(indexed_at=None)
            record_changes("records.case_file.changed", touched, actor, fields=sorted(changed))
    return [files[pk] for pk in wanted]


def _apply(case_file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    unknown = set(values) - set(METADATA)
    if unknown:
        raise InvalidInput("Diese Angabe lässt sich nicht ändern.", field=sorted(unknown)[0])
    names = [name for name, value in values.items() if getattr(case_file, name) != value]
    for name in names:
        setattr(case_file, name, values[name])
    case_file.sort_key = din5007_key(case_file.title)
    case_file.last_activity_at = clock.now()
    return names


def _guard(one: NewCaseFile, actor: Actor) -> None:
    if not one.title.strip():
        raise InvalidInput("Bitte geben Sie einen Betreff an.", field="title")
    if one.entry.locked or one.entry.retired_on:
        raise IllegalState(
            f"Der Aktenplaneintrag {one.entry.code} ist gesperrt oder stillgelegt.",
            next_step="Wählen Sie einen anderen Eintrag oder fragen Sie die Registratur.",
        )
    if actor.system is not None and not policies.connector_may_file(actor.system, one.entry):
        raise Forbidden(f"{actor.system.name} darf im Eintrag {one.entry.code} nicht ablegen.")
    if actor.user is not None and not policies.can_open_case_files(actor.user, one.lead_unit.pk):
        raise Forbidden(
            f"Für {one.lead_unit.name} dürfen Sie keine Akten anlegen.",
            next_step="Bitten Sie die Leitung der Einheit oder die Registratur.",
        )


@dataclass(frozen=True, slots=True)
class EntryDefaults:
    """Inherited from the entry and those above it; the nearest set value wins (A4)."""

    confidentiality: str
    circle: str
    retention_years: int | None
    disposition: str


def _inherited(entries: Sequence[FilePlanEntry]) -> dict[int, EntryDefaults]:
    ids = {a for entry in entries for a in entry.ancestors}
    by_id = FilePlanEntry.objects.in_bulk(list(ids))
    with_children = set(
        FilePlanEntry.objects.filter(parent_id__in=[e.pk for e in entries]).values_list(
            "parent_id", flat=True
        )
    )
    for entry in entries:
        if entry.pk in with_children:
            raise IllegalState(
                f"{entry.code} hat Untereinträge; Akten liegen nur in der untersten Ebene."
            )
    return {e.pk: _resolve([by_id[a] for a in reversed(e.ancestors)]) for e in entries}


def _resolve(nearest_first: Sequence[FilePlanEntry]) -> EntryDefaults:
    def nearest(name: str, otherwise: Any) -> Any:
        return next(
            (v for e in nearest_first if (v := getattr(e, name)) not in (None, "")), otherwise
        )

    return EntryDefaults(
        confidentiality=nearest("confidentiality", Confidentiality.INTERNAL),
        circle=nearest("circle", ""),
        retention_years=nearest("retention_years", None),
        disposition=nearest("disposition", DispositionType.APPRAISE),
    )


def _guard_circle(one: NewCaseFile, defaults: EntryDefaults) -> None:
    """A file nobody of its lead unit may see would be lost."""
    if defaults.circle and defaults.circle not in one.lead_unit.circles:
        raise IllegalState(
            f"{one.lead_unit.name} gehört nicht zum Berechtigungskreis von {one.entry.code}.",
            next_step="Wählen Sie eine Einheit des Kreises als federführende Einheit.",
        )


def _draft(one: NewCaseFile, defaults: EntryDefaults) -> CaseFile:
    return CaseFile(
        title=one.title.strip()[:500],
        sort_key=din5007_key(one.title),
        kind=CaseFileKind.CASE if one.foreign_key else CaseFileKind.SUBJECT,
        file_type=one.file_type,
        entry=one.entry,
        lead_unit=one.lead_unit,
        case_worker=one.case_worker,
        confidentiality=one.confidentiality or defaults.confidentiality,
        circle=defaults.circle,
        retention_years=defaults.retention_years,
        disposition=defaults.disposition,
        business_data=dict(one.business_data),
        remark=one.remark,
        opened_on=clock.today(),
        last_activity_at=clock.now(),
    )


def _number(wanted: Sequence[NewCaseFile], files: Sequence[CaseFile]) -> None:
    plans = FilePlan.objects.in_bulk([one.entry.plan_id for one in wanted])
    numbering.place(files)
    year = clock.today().year
    subject = [f for f in files if f.kind == CaseFileKind.SUBJECT]
    numbers = iter(numbering.reserve([(f.entry_id, year) for f in subject]))
    for one, case_file in zip(wanted, files, strict=True):
        plan = plans[one.entry.plan_id]
        if one.foreign_key:
            case_file.aktenzeichen = numbering.case_number(plan, one.entry, one.foreign_key[1])
        else:
            case_file.aktenzeichen = numbering.subject_number(
                plan, case_file.entry, one.lead_unit.code, next(numbers), year
            )
    _avoid_collisions(wanted, files)


def _avoid_collisions(wanted: Sequence[NewCaseFile], files: Sequence[CaseFile]) -> None:
    """Two mandants may use the same case number: the later file names its mandant."""
    numbers = Counter(f.aktenzeichen for f in files)
    taken = set(
        CaseFile.objects.filter(aktenzeichen__in=list(numbers)).values_list(
            "aktenzeichen", flat=True
        )
    )
    for one, case_file in zip(wanted, files, strict=True):
        doubled = case_file.aktenzeichen in taken or numbers[case_file.aktenzeichen] > 1
        if doubled and one.foreign_key:
            case_file.aktenzeichen += f"/{one.foreign_key[0]}"


def _remember_keys(wanted: Sequence[NewCaseFile], files: Sequence[CaseFile], actor: Actor) -> None:
    if actor.system is None:
        return
    ExternalKey.objects.bulk_create(
        [
            ExternalKey(
                system=actor.system,
                mandant=one.foreign_key[0],
                kind=ExternalKeyKind.CASE_FILE,
                value=one.foreign_key[1],
                case_file=case_file,
            )
            for one, case_file in zip(wanted, files, strict=True)
            if one.foreign_key
        ]
    )
