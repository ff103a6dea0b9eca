"""Opening matters (Vorgänge) inside case files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import ExternalKeyKind
from records.models import CaseFile, ExternalKey, Matter
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_files import TITLE_CHARS, require_title
from records.services.documents import filing_refusal, lock_case_files
from records.services.matter_changes import locked_matters, require_period
from records.typed_text import clean_line


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter to open; ``foreign_key`` is (mandant, value), ``parent`` makes it a sub-matter."""

    case_file: CaseFile
    title: str
    matter_type: str = ""
    period_from: date | None = None
    period_until: date | None = None
    foreign_key: tuple[str, str] | None = None
    parent: Matter | None = None


def open_matters(wanted: Sequence[NewMatter], actor: Actor) -> list[Matter]:
    """Open matters; they start with the rights of their file or of the matter above.

    Raises InvalidInput (title, period), the file's refusal (``documents.filing_refusal``),
    IllegalState for a matter above that takes no sub-matter.
    """
    for one in wanted:
        _check(one, actor)
    with transaction.atomic():
        locked = lock_case_files([one.case_file.pk for one in wanted])
        for case_file in locked.values():
            if (refusal := filing_refusal(case_file, actor)) is not None:
                raise refusal
        parents = _parents(wanted, actor)
        drafts = [
            _draft(
                one, locked[one.case_file.pk], parents.get(one.parent.pk) if one.parent else None
            )
            for one in wanted
        ]
        matters = writing.create(drafts, actor)
        _remember_keys(wanted, matters, actor)
        record_changes("records.matter.opened", matters, actor)
    return matters


def _check(one: NewMatter, actor: Actor) -> None:
    # What a connector delivers is cut, never refused for its length.
    title = clean_line(one.title)
    require_title(title[:TITLE_CHARS] if actor.system is not None else title)
    require_period(one.period_from, one.period_until)


def _parents(wanted: Sequence[NewMatter], actor: Actor) -> dict[int, Matter]:
    """The matters above, locked; sub-matters have one level (requirements A1)."""
    files = {one.parent.pk: one.case_file.pk for one in wanted if one.parent is not None}
    if not files:
        return {}
    parents = locked_matters(list(files), actor)
    for pk, parent in parents.items():
        if parent.parent_id is not None or parent.case_file_id != files[pk]:
            raise IllegalState(
                f"Unter „{parent.title}“ lässt sich kein weiterer Vorgang anlegen.",
                next_step="Legen Sie ihn neben dem Teilvorgang an.",
            )
    return parents


def _draft(one: NewMatter, case_file: CaseFile, parent: Matter | None) -> Matter:
    return Matter(
        case_file=case_file,
        parent=parent,
        title=clean_line(one.title)[:TITLE_CHARS],
        matter_type=one.matter_type,
        period_from=one.period_from,
        period_until=one.period_until,
        opened_on=clock.today(),
        scope_id=(parent or case_file).scope_id,
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
