"""Taking back changes of matters and of their registers ("Rückgängig")."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import IllegalState
from records.models import Document, Matter, RegisterPlacement, RegisterSection
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.history_values import values_before
from records.services.matter_changes import METADATA, change_matters, locked_matters
from records.services.undoing_openings import require_author


def undo_matter_changes(operation_id: int, actor: Actor) -> list[Matter]:
    """Give matters back title, type and period from before the operation; all of them or none.

    Raises Forbidden for somebody else's change, IllegalState when a matter was changed since, and
    what changing raises.
    """
    require_author(operation_id, actor)
    with transaction.atomic():
        rows = Matter.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
        matters = locked_matters(list(rows.values_list("id", flat=True)), actor)
        before = values_before(Matter, list(matters), operation_id)
        if not before:
            raise _nothing()
        for pk, one in before.items():
            if matters[pk].row_version != one.left_version:
                raise _changed(_("Der Vorgang wurde inzwischen wieder geändert."))
        wanted = {pk: {n: getattr(one.row, n) for n in METADATA} for pk, one in before.items()}
        return change_matters(wanted, actor)


def undo_register(matter: Matter, operation_id: int, actor: Actor) -> None:
    """Take back what an operation did to the sections of a matter and to the documents in them.

    Raises Forbidden for somebody else's change, IllegalState when the register was changed since,
    and the refusals of ``locked_matters``.
    """
    require_author(operation_id, actor)
    with transaction.atomic():
        locked = locked_matters([matter.pk], actor)[matter.pk]
        sections = list(
            RegisterSection.history.filter(matter_id=matter.pk, operation_id=operation_id)
        )
        placements = _placements(locked, operation_id)
        if not sections and not placements:
            raise _nothing()
        _require_newest_sections(locked, sections, operation_id)
        _require_newest_placements(placements, operation_id)
        _take_out(placements, actor)
        _restore_sections(sections, operation_id, actor)
        _put_back(locked, placements, actor)
        record_changes("records.matter.register_changed", [locked], actor, fields=["register"])


def _placements(matter: Matter, operation_id: int) -> list[Any]:
    """History rows of documents' places; the section may be gone, so its history names the matter."""
    sections = RegisterSection.history.filter(matter_id=matter.pk).values("id")
    rows = RegisterPlacement.history.filter(operation_id=operation_id, section_id__in=sections)
    return list(rows.order_by("history_id"))


def _require_newest_sections(matter: Matter, rows: Sequence[Any], operation_id: int) -> None:
    if not rows:
        return
    newest = RegisterSection.history.filter(matter_id=matter.pk).order_by("-history_id").first()
    if newest is None or newest.operation_id != operation_id:
        raise _changed(_("Das Register wurde inzwischen wieder geändert."))
    added = [row.id for row in rows if row.history_type == writing.CREATED]
    if RegisterPlacement.objects.filter(section__in=added).exists():
        raise _changed(_("In einem neuen Registerblatt liegt inzwischen ein Dokument."))


def _require_newest_placements(rows: Sequence[Any], operation_id: int) -> None:
    """No document of the operation has had another place since."""
    documents = [row.document_id for row in rows]
    last = max((row.history_id for row in rows), default=0)
    later = RegisterPlacement.history.filter(document_id__in=documents, history_id__gt=last)
    if later.exclude(operation_id=operation_id).exists():
        raise _changed(_("Ein Dokument steht inzwischen an anderer Stelle."))


def _take_out(rows: Sequence[Any], actor: Actor) -> None:
    added = [row.id for row in rows if row.history_type == writing.CREATED]
    writing.remove(list(RegisterPlacement.objects.filter(pk__in=added)), actor)


def _restore_sections(rows: Sequence[Any], operation_id: int, actor: Actor) -> None:
    of_kind: dict[str, list[int]] = {writing.CREATED: [], writing.CHANGED: [], writing.REMOVED: []}
    for row in rows:
        of_kind[row.history_type].append(row.id)
    writing.remove(list(RegisterSection.objects.filter(pk__in=of_kind[writing.CREATED])), actor)
    gone = [row.instance for row in rows if row.history_type == writing.REMOVED]
    writing.create(gone, actor)
    moved = list(RegisterSection.objects.filter(pk__in=of_kind[writing.CHANGED]))
    before = values_before(RegisterSection, [one.pk for one in moved], operation_id)
    for section in moved:
        section.position = before[section.pk].row.position
    writing.update(moved, ["position"], actor)


def _put_back(matter: Matter, rows: Sequence[Any], actor: Actor) -> None:
    """Documents return to the places they had, as long as they are still in the matter."""
    gone = [row.instance for row in rows if row.history_type == writing.REMOVED]
    inside = Document.objects.filter(matter=matter, pk__in=[one.document_id for one in gone])
    if inside.count() != len(gone):
        raise _changed(_("Ein Dokument liegt inzwischen in einem anderen Vorgang."))
    writing.create(gone, actor)


def _nothing() -> IllegalState:
    return IllegalState(_("Es gibt nichts mehr zurückzunehmen."))


def _changed(reason: str) -> IllegalState:
    return IllegalState(
        f"{reason} {_('Es wurde nichts zurückgenommen.')}",
        next_step=_("Sehen Sie nach, was jetzt gilt, und ändern Sie es von Hand."),
    )
