"""Two entries of the same person become one, inside one circle, and apart again."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.models import Participation, Party
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.participations import index_anew, locked_files
from records.services.party_changes import (
    FACTS,
    lock_changeable_files,
    locked_parties,
    set_facts,
    write_parties,
)

UNDONE = ("party", "role", "matter", "since", "until", "removed_at")


def merge_parties(
    kept_id: int,
    dropped_id: int,
    actor: Actor,
    *,
    taken: Collection[str] = (),
    versions: Mapping[int, int] | None = None,
) -> Party:
    """What the dropped one takes part in becomes the kept one's; ``taken`` facts come over too.

    Only in files the actor may change: in others the dropped one stays, untouched, so that nobody
    changes what he does not see. Raises LostUpdate, InvalidInput (another circle, the same one),
    Forbidden (works on no file of one of them), IllegalState (merged already).
    """
    with transaction.atomic():
        allowed = lock_changeable_files([kept_id, dropped_id], actor)
        parties = locked_parties([kept_id, dropped_id])
        for pk, party in parties.items():
            writing.require_version(party, (versions or {}).get(pk))
        kept, dropped = parties[kept_id], parties[dropped_id]
        _require_mergeable(kept, dropped)
        _move(kept, dropped, allowed, actor)
        if not dropped.participations.filter(removed_at=None).exists():
            dropped.merged_into = kept
        # Even when it stays for others: two merges of one party must not pass each other.
        writing.update([dropped], ["merged_into"], actor)
        names = set_facts(kept, {name: getattr(dropped, name) for name in taken if name in FACTS})
        write_parties([kept], names, actor)
        record_changes("records.party.merged", [kept, dropped], actor)
    return kept


def _require_mergeable(kept: Party, dropped: Party) -> None:
    if kept.pk == dropped.pk:
        raise InvalidInput(_("Das ist dieselbe Beteiligte."), field="party")
    if kept.circle != dropped.circle:
        raise InvalidInput(_("Diese Beteiligte können Sie hier nicht wählen."), field="party")


def _move(kept: Party, dropped: Party, allowed: Collection[int], actor: Actor) -> None:
    rows = Participation.objects.select_for_update(of=("self",)).filter(
        party__in=[kept, dropped], case_file__in=allowed
    )
    every = list(rows.select_related("matter").order_by("id"))
    seen = set(rights_of(actor.user).scope_ids) if actor.user else set()
    taken = {(p.case_file_id, p.role, p.matter_id) for p in every if p.party_id == kept.pk}
    moved = [
        p
        for p in every
        if p.party_id == dropped.pk
        and p.removed_at is None
        and (p.matter is None or p.matter.scope_id in seen)
    ]
    for one in moved:
        if (one.case_file_id, one.role, one.matter_id) in taken:
            one.removed_at = clock.now()
        else:
            one.party = kept
    writing.update(moved, ["party", "removed_at"], actor)
    index_anew({one.case_file_id for one in moved})


def undo_party_operation(operation_id: int, actor: Actor) -> None:
    """Take back what one operation changed in participations and parties, all of it or nothing.

    Raises Forbidden for somebody else's change or files the actor may no longer change,
    IllegalState when something was changed again since.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
    with transaction.atomic():
        _undo_participations(operation_id, actor)
        _undo_parties(operation_id, actor)


def _undo_participations(operation_id: int, actor: Actor) -> None:
    named = Participation.history.filter(operation_id=operation_id).values_list(
        "id", "case_file_id"
    )
    ids = dict(named)
    locked_files(list(ids.values()), actor)
    rows = Participation.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    found = list(rows.order_by("id"))
    for one in found:
        before = row_before(one, operation_id)
        if before is None:
            one.removed_at = clock.now()
            continue
        for name in UNDONE:
            column = _column(Participation, name)
            setattr(one, column, getattr(before, column))
    writing.update(found, UNDONE, actor)
    record_changes("records.participation.changed", found, actor, fields=sorted(UNDONE))
    index_anew({one.case_file_id for one in found})


def _undo_parties(operation_id: int, actor: Actor) -> None:
    rows = Party.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
    ids = list(rows.values_list("id", flat=True))
    if not ids:
        return
    # The participations are back by now: the right to change hangs on their files.
    lock_changeable_files(ids, actor)
    parties = Party.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("id")
    found = list(parties)
    for one in found:
        before = row_before(one, operation_id)
        one.merged_into_id = before.merged_into_id
        set_facts(one, {name: getattr(before, name) for name in FACTS})
    write_parties(found, [*FACTS, "merged_into"], actor)


def row_before(one: Any, operation_id: int) -> Any:
    """The history row before the operation's, which must be the newest; None if that made it."""
    rows = list(type(one).history.filter(id=one.pk).order_by("-history_date", "-history_id")[:50])
    own = [row for row in rows if row.operation_id == operation_id]
    newest = bool(rows) and rows[0].operation_id == operation_id
    if not newest or rows[0].row_version != one.row_version:
        raise IllegalState(
            _("Hier wurde inzwischen wieder etwas geändert; es wurde nichts zurückgenommen."),
            next_step=_("Ändern Sie die Angaben von Hand."),
        )
    return rows[len(own)] if len(rows) > len(own) else None


def _column(model: type[Any], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.attname)
