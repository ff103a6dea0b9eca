"""Moving and renumbering entries in the draft of a new version of the plan (A1-A3, S2).

Nothing happens to a file before the version is in force: then its rules and rights follow
(``records.services.plan_following``), its number stays. Until then a move is taken back as every
other change of the plan (``plan_changes.undo_plan_change``).
"""

from collections.abc import Mapping, Sequence
from copy import copy

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import CaseFile, FilePlan, FilePlanEntry
from records.models.file_plan import plan_sort_key
from records.plan_tree import Move, Place, branch_of, moved, path_of
from records.selectors.plan_effects import nearest
from records.selectors.plan_lineage import owners_of_codes
from records.selectors.plan_move_effects import PlannedMoves, files_lost_by
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.plan_changes import Changed, require_editor, require_takes_entries
from records.services.plan_places import PLACE, require_draft, write_entries
from records.typed_text import clean_line


def move_entries(
    wanted: Mapping[int, Move],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
    loss_confirmed: bool = False,
) -> Changed:
    """Place entries of a draft elsewhere, with everything below; all of them or none.

    Raises Forbidden, LostUpdate, what ``planned_moves`` raises, InvalidInput (``loss_confirmed``)
    when the mover would no longer see a file and has not said so.
    """
    require_editor(actor)
    with transaction.atomic():
        entries = _locked_plan(list(wanted))
        for pk in wanted:
            writing.require_version(entries[pk], (versions or {}).get(pk))
        planned = planned_moves(entries, wanted)
        if actor.user is not None and not loss_confirmed and files_lost_by(actor.user, planned):
            raise InvalidInput(
                _("Sie selbst sehen danach Akten nicht mehr. Bitte bestätigen Sie das."),
                field="loss_confirmed",
            )
        changed = [planned.after[pk] for pk in planned.changed]
        write_entries(changed, [*PLACE, "sort_key"], actor)
        record_changes("records.plan_entry.moved", changed, actor, fields=["code", "parent"])
    return Changed([planned.after[pk] for pk in wanted])


def draft_entries(plan: FilePlan) -> dict[int, FilePlanEntry]:
    """All entries of a version by id, for ``planned_moves``."""
    return {entry.pk: entry for entry in plan.entries.select_related("plan").order_by("id")}


def _locked_plan(entry_ids: Sequence[int]) -> dict[int, FilePlanEntry]:
    """All entries of the versions concerned: every one of them decides about the codes."""
    plans = FilePlanEntry.objects.filter(pk__in=entry_ids).order_by().values("plan")
    rows = FilePlanEntry.objects.select_for_update(of=("self",)).select_related("plan")
    return {entry.pk: entry for entry in rows.filter(plan__in=plans).order_by("id")}


def planned_moves(entries: Mapping[int, FilePlanEntry], wanted: Mapping[int, Move]) -> PlannedMoves:
    """What the moves make of the version, given all its entries; writes nothing.

    Raises InvalidInput (field ``parent`` or ``code``; conflicts named), IllegalState outside a
    draft, for a continuation of a full entry, and for a place that takes no entries, or whose
    circle is not the one of the files.
    """
    places = {pk: _place(entry) for pk, entry in entries.items()}
    for pk, move in wanted.items():
        _require_movable(entries[pk])
        move = Move(move.parent, clean_line(move.code))
        _require_target(entries, places[pk], move)
        places |= moved(places, pk, move)
    planned = _planned(entries, places)
    _require_own_codes(planned)
    _require_same_circles(planned)
    return planned


def _place(entry: FilePlanEntry) -> Place:
    return Place(entry.pk, entry.parent_id, entry.code, entry.overflow_of_id)


def _planned(entries: Mapping[int, FilePlanEntry], places: Mapping[int, Place]) -> PlannedMoves:
    roots = [pk for pk, place in places.items() if place != _place(entries[pk])]
    touched = {one for pk in roots for one in branch_of(places, pk)}
    after = dict(entries)
    for pk in touched:
        after[pk] = copy(entries[pk])
        after[pk].code, after[pk].parent_id = places[pk].code, places[pk].parent
        after[pk].ancestors = path_of(places, pk)
        after[pk].sort_key = plan_sort_key(after[pk].code, after[pk].title)
    changed = sorted(touched, key=lambda pk: (entries[pk].sort_key, pk))
    return PlannedMoves(entries, after, changed)


def _require_movable(entry: FilePlanEntry) -> None:
    require_draft(entry.plan)
    if entry.overflow_of_id is not None:
        raise IllegalState(
            _("%(code)s setzt einen vollen Eintrag fort und folgt ihm von selbst.")
            % {"code": entry.code},
            next_step=_("Verschieben Sie den Eintrag, den er fortsetzt."),
        )


def _require_target(entries: Mapping[int, FilePlanEntry], place: Place, move: Move) -> None:
    if not move.code:
        raise InvalidInput(_("Bitte geben Sie ein Kennzeichen an."), field="code")
    if move.parent is None or move.parent == place.parent:
        return
    target = entries.get(move.parent)
    if target is None:
        raise InvalidInput(
            _("Diesen Eintrag gibt es in der Fassung nicht."),
            field="parent",
            next_step=_("Geben Sie das Kennzeichen eines Eintrags des Entwurfs an."),
        )
    require_takes_entries({target.pk: target})


def _require_own_codes(planned: PlannedMoves) -> None:
    """A code that another position had leads its old files astray: it is not given again."""
    entries = [planned.after[pk] for pk in planned.changed]
    if not entries:
        return
    owners = owners_of_codes(entries[0].plan, [entry.code for entry in entries])
    for entry in entries:
        owner = owners.get(entry.code)
        if owner is not None and owner.lineage != entry.lineage:
            raise InvalidInput(
                _("Das Kennzeichen %(code)s gehört in der Fassung „%(plan)s“ zu „%(title)s“.")
                % {"code": owner.code, "plan": owner.plan, "title": owner.title},
                field="code",
                next_step=_("Wählen Sie eines, unter dem noch nie Akten gesucht wurden."),
            )


def _require_same_circles(planned: PlannedMoves) -> None:
    """Files keep their circle; below another one new files would not fit to the old ones."""
    lost = {
        planned.after[pk].lineage: planned.after[pk]
        for pk in planned.changed
        if circle_of(planned, pk, after=False) != circle_of(planned, pk, after=True)
    }
    holding = CaseFile.objects.filter(entry__lineage__in=lost).order_by()
    lineage = holding.values_list("entry__lineage", flat=True).first() if lost else None
    if lineage is not None:
        raise IllegalState(
            _("In %(entry)s liegen Akten; am neuen Platz gälte ein anderer Berechtigungskreis.")
            % {"entry": lost[lineage].title},
            next_step=_("Setzen Sie zuerst den Berechtigungskreis am Eintrag selbst."),
        )


def circle_of(planned: PlannedMoves, pk: int, *, after: bool) -> str:
    """The circle that new files of the entry get."""
    return nearest(planned.nearest_first(pk, after=after), "circle") or ""
