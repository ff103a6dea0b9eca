"""Taking back a merge of matters ("Rückgängig"): everything lies again where it was, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import MatterStatus
from records.models import (
    CrossReference,
    Document,
    DocumentMove,
    ExternalKey,
    Hold,
    Matter,
    MatterMerge,
    Participation,
    RegisterPlacement,
    RegisterSection,
)
from records.services import moving, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import filing_refusal, lock_case_files, require_sight
from records.services.history_values import values_before
from records.services.matter_changes import move_documents
from records.services.merging_matters import REFERENCE_ENDS
from records.services.participations import index_anew
from records.services.scoping import lock_matters, recompute
from records.services.undoing_openings import require_author


def undo_merge(operation_id: int, actor: Actor) -> list[Matter]:
    """Give the merged matters back what was theirs; the new one is cancelled and stays empty.

    Raises Forbidden for somebody else's merge, IllegalState when anything of it was changed since
    or something new lies in the new matter, and what filing and moving raise.
    """
    require_author(operation_id, actor)
    with transaction.atomic():
        merges = _locked(operation_id, actor)
        target = merges[0].target
        _Untouched(target, merges, operation_id).require()
        actor.operation.reason = _("Zusammenführung zurückgenommen")
        actor.operation.save(update_fields=["reason"])
        _stand_again(merges, operation_id, actor)
        _move_documents_back(operation_id, actor)
        _return_participations(operation_id, actor)
        _turn_references_back(operation_id, actor)
        for one in merges:
            keys = ExternalKey.objects.filter(pk__in=one.key_ids)
            keys.update(matter=one.source, case_file=one.source.case_file_id)
        _close_merge(merges, target, actor)
        files = {target.case_file_id, *(one.source.case_file_id for one in merges)}
        recompute(files)
        index_anew(files)
    sources = Matter.objects.filter(pk__in=[one.source_id for one in merges])
    return list(sources.select_related("case_file").order_by("pk"))


def _locked(operation_id: int, actor: Actor) -> list[MatterMerge]:
    """Files, then matters, then the merges of the operation that still stand."""
    named = MatterMerge.objects.filter(operation_id=operation_id, undone_at=None)
    ids = {pk for pair in named.values_list("source_id", "target_id") for pk in pair}
    rows = Matter.objects.filter(pk__in=ids).values_list("case_file_id", flat=True)
    for case_file in lock_case_files(list(rows)).values():
        if (refusal := filing_refusal(case_file, actor)) is not None:
            raise refusal
    matters = lock_matters(list(ids))
    require_sight(list(matters.values()), actor)
    merges = list(named.select_for_update(of=("self",)).order_by("pk"))
    if not merges:
        raise IllegalState(_("Es gibt nichts mehr zurückzunehmen."))
    for one in merges:
        one.source, one.target = matters[one.source_id], matters[one.target_id]
    return merges


class _Untouched:
    """Whether the new matter holds what the merge brought, all of it, unchanged, and nothing else."""

    def __init__(self, target: Matter, merges: Sequence[MatterMerge], operation_id: int) -> None:
        self._target = target
        self._merges = merges
        self._operation_id = operation_id

    def require(self) -> None:
        """Raises IllegalState naming what is in the way."""
        documents = list(Document.objects.filter(matter=self._target))
        checks = {
            _("Der neue Vorgang wurde inzwischen geändert."): self._changed_itself(),
            _("Ein bisheriger Vorgang wurde inzwischen geändert."): self._sources_changed(),
            _("Ein Dokument wurde inzwischen geändert, abgelegt oder verschoben."): (
                self._differs(Document, documents)
            ),
            _("Das Register wurde inzwischen geändert."): self._register_changed(),
            _("Bei den Beteiligten hat sich inzwischen etwas geändert."): self._differs(
                Participation, list(Participation.objects.filter(matter=self._target))
            ),
            _("Bei den Querverweisen hat sich inzwischen etwas geändert."): (
                self._references_changed()
            ),
            _("Bei den Teilvorgängen hat sich inzwischen etwas geändert."): self._differs(
                Matter, list(Matter.objects.filter(parent=self._target))
            ),
            _("Inzwischen liegt eine Löschsperre oder eine Lieferung auf dem Vorgang."): (
                self._held_or_delivered(documents)
            ),
        }
        for reason, in_the_way in checks.items():
            if in_the_way:
                raise IllegalState(
                    f"{reason} {_('Es wurde nichts zurückgenommen.')}",
                    next_step=_("Verschieben Sie die Dokumente von Hand."),
                )

    def _changed_itself(self) -> bool:
        later = Matter.history.filter(id=self._target.pk).exclude(operation_id=self._operation_id)
        return self._target.status != MatterStatus.ACTIVE or later.exists()

    def _sources_changed(self) -> bool:
        sources = {one.source_id: one.source for one in self._merges}
        before = values_before(Matter, list(sources), self._operation_id)
        return any(
            pk not in before or before[pk].left_version != one.row_version
            for pk, one in sources.items()
        )

    def _differs(self, model: type[models.Model], there: Sequence[Any]) -> bool:
        """The rows there now are those the operation has brought there, as it left them."""
        history: Any = model.history  # type: ignore[attr-defined]
        column = "parent_id" if model is Matter else "matter_id"
        rows = history.filter(operation_id=self._operation_id, **{column: self._target.pk})
        left = dict(rows.order_by("history_id").values_list("id", "row_version"))
        return left != {one.pk: one.row_version for one in there}

    def _register_changed(self) -> bool:
        sections = RegisterSection.history.filter(matter_id=self._target.pk)
        placements = RegisterPlacement.history.filter(section_id__in=sections.values("id"))
        return any(
            rows.exclude(operation_id=self._operation_id).exists()
            for rows in (sections, placements)
        )

    def _references_changed(self) -> bool:
        rows = CrossReference.history.filter(operation_id=self._operation_id)
        left = dict(rows.order_by("history_id").values_list("id", "row_version"))
        at_target = Q(source_matter=self._target) | Q(target_matter=self._target)
        now = CrossReference.objects.filter(Q(pk__in=left) | (at_target & Q(removed_at=None)))
        return left != dict(now.values_list("pk", "row_version"))

    def _held_or_delivered(self, documents: Sequence[Document]) -> bool:
        known = {pk for one in self._merges for pk in one.key_ids}
        keys = ExternalKey.objects.filter(matter=self._target).exclude(document__in=documents)
        held = Hold.objects.filter(matter=self._target, lifted_at=None)
        return held.exists() or set(keys.values_list("pk", flat=True)) != known


def _stand_again(merges: Sequence[MatterMerge], operation_id: int, actor: Actor) -> None:
    """The sources work again, and sub-matters stand below them again."""
    rows = Matter.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
    new = {one.target_id for one in merges}
    ids = [pk for pk in rows.values_list("id", flat=True) if pk not in new]
    changed = list(lock_matters(ids).values())
    before = values_before(Matter, ids, operation_id)
    for one in changed:
        one.status, one.parent_id = before[one.pk].row.status, before[one.pk].row.parent_id
    writing.update(changed, ["status", "parent"], actor)
    record_changes("records.matter.merge_undone", changed, actor, fields=["status"])


def _move_documents_back(operation_id: int, actor: Actor) -> None:
    left = DocumentMove.objects.filter(operation_id=operation_id)
    others = set(left.values_list("document_id", flat=True))
    rows = Document.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
    own = [pk for pk in rows.values_list("id", flat=True) if pk not in others]
    before = values_before(Document, own, operation_id)
    if own:
        move_documents({pk: one.row.matter_id for pk, one in before.items()}, actor)
        _put_into_registers(own, operation_id, actor)
    if others:
        moving.undo_move(operation_id, actor)


def _put_into_registers(ids: Collection[int], operation_id: int, actor: Actor) -> None:
    """Each one into the section the merge took it out of; the sections of the sources stayed."""
    gone = RegisterPlacement.history.filter(
        operation_id=operation_id, history_type=writing.REMOVED, document_id__in=ids
    )
    sections: Mapping[int, int] = dict(gone.values_list("document_id", "section_id"))
    writing.create(
        [RegisterPlacement(document_id=pk, section_id=one) for pk, one in sections.items()], actor
    )


def _return_participations(operation_id: int, actor: Actor) -> None:
    columns = ("matter_id", "case_file_id", "removed_at")
    changed = _as_before(Participation, columns, operation_id)
    writing.update(changed, ["matter", "case_file", "removed_at"], actor)
    record_changes("records.participation.changed", changed, actor, fields=["matter"])


def _turn_references_back(operation_id: int, actor: Actor) -> None:
    columns = (*(f"{name}_id" for name in REFERENCE_ENDS), "removed_at")
    rows = CrossReference.history.filter(operation_id=operation_id, history_type=writing.CREATED)
    made = list(CrossReference.objects.filter(pk__in=rows.values("id")))
    for one in made:
        one.removed_at = clock.now()
    # First, for what comes back may be what one of these says.
    writing.update(made, ["removed_at"], actor)
    record_changes("records.cross_reference.removed", made, actor)
    changed = _as_before(CrossReference, columns, operation_id)
    writing.update(changed, [*REFERENCE_ENDS, "removed_at"], actor)
    record_changes("records.cross_reference.turned", changed, actor)


def _as_before(model: Any, columns: Sequence[str], operation_id: int) -> list[Any]:
    """The rows the operation has changed, locked, with the values of these columns before it."""
    rows = model.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
    ids = list(rows.values_list("id", flat=True))
    before = values_before(model, ids, operation_id)
    found = list(model.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    for one in found:
        for column in columns:
            setattr(one, column, getattr(before[one.pk].row, column))
    return found


def _close_merge(merges: Sequence[MatterMerge], target: Matter, actor: Actor) -> None:
    target.status = MatterStatus.CANCELLED
    writing.update([target], ["status"], actor)
    for one in merges:
        one.undone_at = clock.now()
    writing.update(merges, ["undone_at"], actor)
    record_changes("records.matter.changed", [target], actor, fields=["status"])
