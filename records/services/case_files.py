"""Opening and changing case files: one or a thousand, by counter or by foreign key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import OrgUnit, User, din5007_key
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies, rights
from records.business_data import without_empty
from records.choices import CaseFileKind, Confidentiality, ExternalKeyKind
from records.models import CaseFile, Document, ExternalKey, FilePlan, FilePlanEntry
from records.rights import CONFIDENTIAL_ROLES
from records.selectors.file_types import rules_of
from records.services import numbering, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.business_values import project, require_business_data
from records.services.case_workers import require_living_unit, require_working
from records.services.documents import filing_refusal, lock_case_files
from records.services.entry_defaults import EntryDefaults, defaults_of, require_takes_files
from records.services.retention import apply_rule
from records.typed_text import clean_line, clean_paragraphs


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

    Raises Forbidden (role or branch), IllegalState for a closed unit, InvalidInput (title, case worker, file type or Fachdaten, a
    level that would hide the file from its opener), IllegalState (entry locked, retired or not a leaf). The caller splits a
    failing item off by calling again without it.
    """
    for one in wanted:
        _guard(one, actor)
    with transaction.atomic():
        defaults = defaults_of([one.entry for one in wanted])
        for one in wanted:
            _guard_circle(one, defaults[one.entry.pk])
        files = [_draft(one, defaults[one.entry.pk]) for one in wanted]
        _guard_sight(files, actor)
        if actor.user is not None:
            rules = {pk: one.rule for pk, one in defaults.items()}
            require_business_data([(f, "", {}) for f in files], rules)
        for case_file, scope_id in zip(files, rights.scope_ids_for(files), strict=True):
            case_file.scope_id = scope_id
        _number(wanted, files)
        writing.create(files, actor)
        project(files, new=True)
        _remember_keys(wanted, files, actor)
        record_changes("records.case_file.opened", files, actor)
    return files


METADATA = ("title", "file_type", "case_worker", "business_data", "remark")
TITLE_CHARS = 500


def change_metadata(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
    restoring: bool = False,
) -> list[CaseFile]:
    """Set metadata of case files by id, with history; rights and number stay as they are (K6).

    ``versions``: the ``row_version`` each form has shown. Raises LostUpdate, InvalidInput for other
    fields and values that cannot be taken, Forbidden and IllegalState as filing does. The documents
    are indexed anew, because they are found by the file's facts. ``restoring``: the values stood
    there before, so they need not fit today's file type. Specialist systems deliver what they have.
    """
    with transaction.atomic():
        files = lock_case_files(list(wanted))
        changed: dict[str, list[CaseFile]] = {}
        before = {pk: (f.file_type, f.business_data) for pk, f in files.items()}
        for pk, values in wanted.items():
            if (refusal := filing_refusal(files[pk], actor)) is not None:
                raise refusal
            writing.require_version(files[pk], (versions or {}).get(pk))
            for name in _apply(files[pk], values):
                changed.setdefault(name, []).append(files[pk])
        require_working(changed.get("case_worker", []))
        typed = [f for f in files.values() if (f.file_type, f.business_data) != before[f.pk]]
        if typed and actor.user is not None and not restoring:
            rules = rules_of([f.entry for f in typed])
            require_business_data([(f, *before[f.pk]) for f in typed], rules)
        touched = list({f.pk: f for group in changed.values() for f in group}.values())
        if touched:
            writing.update(touched, [*sorted(changed), "sort_key", "last_activity_at"], actor)
            project(typed)
            Document.objects.filter(case_file__in=touched).update(indexed_at=None)
            record_changes("records.case_file.changed", touched, actor, fields=sorted(changed))
    return [files[pk] for pk in wanted]


def _apply(case_file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    unknown = set(values) - set(METADATA)
    if unknown:
        raise InvalidInput("Diese Angabe lässt sich nicht ändern.", field=sorted(unknown)[0])
    values = _cleaned(values)
    names = [name for name, value in values.items() if getattr(case_file, name) != value]
    for name in names:
        setattr(case_file, name, values[name])
    case_file.sort_key = din5007_key(case_file.title)
    case_file.last_activity_at = clock.now()
    return names


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(values)
    if "title" in cleaned:
        cleaned["title"] = clean_line(cleaned["title"])
        require_title(cleaned["title"])
    if "remark" in cleaned:
        cleaned["remark"] = clean_paragraphs(cleaned["remark"])
    if "business_data" in cleaned:
        cleaned["business_data"] = without_empty(cleaned["business_data"])
    return cleaned


def require_title(title: str) -> None:
    """Raises InvalidInput for a cleaned title that is empty or too long."""
    if not title:
        raise InvalidInput("Bitte geben Sie einen Betreff an.", field="title")
    if len(title) > TITLE_CHARS:
        raise InvalidInput(
            f"Der Betreff hat {len(title)} Zeichen; höchstens {TITLE_CHARS} sind möglich.",
            field="title",
            next_step="Kürzen Sie ihn; Einzelheiten gehören in die Bemerkung.",
        )


def _guard(one: NewCaseFile, actor: Actor) -> None:
    # What a connector delivers is cut, never refused for its length.
    title = clean_line(one.title)
    require_title(title[:TITLE_CHARS] if actor.system is not None else title)
    require_takes_files(one.entry)
    if actor.system is not None and not policies.connector_may_file(actor.system, one.entry):
        raise Forbidden(f"{actor.system.name} darf im Eintrag {one.entry.code} nicht ablegen.")
    if actor.user is not None:
        require_living_unit(one.lead_unit)
    if actor.user is not None and not policies.can_open_case_files(actor.user, one.lead_unit.pk):
        raise Forbidden(
            f"Für {one.lead_unit.name} dürfen Sie keine Akten anlegen.",
            next_step="Bitten Sie die Leitung der Einheit oder die Registratur.",
        )


def _guard_circle(one: NewCaseFile, defaults: EntryDefaults) -> None:
    """A file nobody of its lead unit may see would be lost."""
    if defaults.circle and defaults.circle not in one.lead_unit.circles:
        raise IllegalState(
            f"{one.lead_unit.name} gehört nicht zum Berechtigungskreis von {one.entry.code}.",
            next_step="Wählen Sie eine Einheit des Kreises als federführende Einheit.",
        )


def _guard_sight(files: Sequence[CaseFile], actor: Actor) -> None:
    """Nobody hides a file from oneself, or gives it to somebody who does not work there."""
    if actor.user is None:
        return
    require_working(files)
    held = rights_of(actor.user)
    for case_file in files:
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        if confidential and not held.has_role_in(case_file.lead_unit_id, *CONFIDENTIAL_ROLES):
            raise InvalidInput(
                "Vertrauliche Akten sehen nur Sachbearbeitung und Leitung der Einheit;"
                " Sie selbst sähen die Akte nicht.",
                field="confidentiality",
                next_step="Wählen Sie „intern“ oder bitten Sie die Einheit, die Akte anzulegen.",
            )


def _draft(one: NewCaseFile, defaults: EntryDefaults) -> CaseFile:
    title = clean_line(one.title)[:TITLE_CHARS]
    case_file = CaseFile(
        title=title,
        sort_key=din5007_key(title),
        kind=CaseFileKind.CASE if one.foreign_key else CaseFileKind.SUBJECT,
        file_type=one.file_type,
        entry=one.entry,
        lead_unit=one.lead_unit,
        case_worker=one.case_worker,
        confidentiality=one.confidentiality or defaults.confidentiality,
        circle=defaults.circle,
        disposition=defaults.disposition,
        business_data=without_empty(one.business_data),
        remark=clean_paragraphs(one.remark),
        opened_on=clock.today(),
        last_activity_at=clock.now(),
    )
    apply_rule(case_file, defaults.retention)
    return case_file


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
