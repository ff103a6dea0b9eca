"""Opening matters (Vorgänge) inside case files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import ExternalKeyKind
from records.models import CaseFile, ExternalKey, Matter
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import filing_refusal, lock_case_files


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter to open; ``foreign_key`` is (mandant, value)."""

    case_file: CaseFile
    title: str
    matter_type: str = ""
    period_from: date | None = None
    period_until: date | None = None
    foreign_key: tuple[str, str] | None = None


def open_matters(wanted: Sequence[NewMatter], actor: Actor) -> list[Matter]:
    """Open matters; they start with their file's rights.

    Raises InvalidInput (title) or the file's refusal (``documents.filing_refusal``).
    """
    for one in wanted:
        if not one.title.strip():
            raise InvalidInput("Bitte geben Sie einen Betreff an.", field="title")
    with transaction.atomic():
        locked = lock_case_files([one.case_file.pk for one in wanted])
        for case_file in locked.values():
            if (refusal := filing_refusal(case_file, actor)) is not None:
                raise refusal
        matters = writing.create([_draft(one, locked[one.case_file.pk]) for one in wanted], actor)
        _remember_keys(wanted, matters, actor)
        record_changes("records.matter.opened", matters, actor)
    return matters


def _draft(one: NewMatter, case_file: CaseFile) -> Matter:
    return Matter(
        case_file=case_file,
        title=one.title.strip()[:500],
        matter_type=one.matter_type,
        period_from=one.period_from,
        period_until=one.period_until,
        opened_on=clock.today(),
        scope_id=case_file.scope_id,
    )


def _remember_keys(wanted: Sequence[NewMatter], matters: Sequence[Matter], actor: Actor) -> None:
    ExternalKey.objects.bulk_create(
        ExternalKey(
            system=actor.system,
            mandant=one.foreign_key[0],
            kind=ExternalKeyKind.MATTER,
            value=one.foreign_key[1],
            case_file_id=matter.case_file_id,
            matter=matter,
        )
        for one, matter in zip(wanted, matters, strict=True)
        if one.foreign_key and actor.system
    )
