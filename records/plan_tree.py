"""The plan as a tree of codes: what a move or a new code does to everything else (A1-A3).

Nothing is read or written here. A code says where its entry stands (``parent_code``), so that a
plan written as CSV is the same plan when it is read in again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import InvalidInput
from records.file_plan_import import CODE_LENGTH, SEPARATORS, parent_code

NAMED = 3
"""So many conflicts are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands; ``continues`` is the full entry that it continues (A7)."""

    pk: int
    parent: int | None
    code: str
    continues: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The new code of an entry and the entry it stands below; None is the top of the plan."""

    parent: int | None
    code: str


Places = Mapping[int, Place]


def moved(places: Places, pk: int, move: Move) -> dict[int, Place]:
    """Everything that stands elsewhere or is called differently after the move, by id.

    Raises InvalidInput (field ``parent`` or ``code``) with the conflicts in German.
    """
    branch = branch_of(places, pk)
    if move.parent is not None and move.parent in branch:
        raise InvalidInput(
            _("Ein Eintrag kann nicht unter sich selbst oder unter seinem Teil des Plans stehen."),
            field="parent",
            next_step=_("Wählen Sie einen Eintrag außerhalb dieses Zweigs."),
        )
    found = {one: _renamed(places[one], places[pk], move) for one in branch}
    after = {**places, **found}
    _require_codes(places, after, found)
    _require_below(after, pk)
    _require_others_stay(places, after)
    return {one: place for one, place in found.items() if place != places[one]}


def branch_of(places: Places, pk: int) -> set[int]:
    """The entry, everything below it and what continues one of these."""
    children: dict[int, list[int]] = {}
    for place in places.values():
        for above in (place.parent, place.continues):
            if above is not None:
                children.setdefault(above, []).append(place.pk)
    found, waiting = set[int](), [pk]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return found


def path_of(places: Places, pk: int) -> list[int]:
    """Ids from the top, the entry itself last."""
    found = [pk]
    while (above := places[found[-1]].parent) is not None:
        found.append(above)
    return found[::-1]


def _renamed(place: Place, root: Place, move: Move) -> Place:
    """The place below the new code; what continues the moved entry stands beside it again."""
    if place.pk == root.pk:
        return replace(place, parent=move.parent, code=move.code)
    beside = place.continues == root.pk and place.parent == root.parent
    parent = move.parent if beside else place.parent
    if not place.code.startswith(root.code):
        return replace(place, parent=parent)
    rest = place.code[len(root.code) :]
    joined = rest[:1] in SEPARATORS or move.code[-1:] in SEPARATORS or move.code.isdigit()
    code = f"{move.code}{rest}" if joined else f"{move.code}.{rest}"
    return replace(place, parent=parent, code=code)


def _require_codes(before: Places, after: Places, found: Places) -> None:
    too_long = [place.code for place in found.values() if len(place.code) > CODE_LENGTH]
    if too_long:
        raise InvalidInput(
            _("Diese Kennzeichen würden länger als %(n)s Zeichen: %(codes)s.")
            % {"n": CODE_LENGTH, "codes": _named(too_long)},
            field="code",
            next_step=_("Wählen Sie ein kürzeres Kennzeichen."),
        )
    others = {place.code for pk, place in before.items() if pk not in found}
    own = [place.code for place in found.values()]
    taken = [code for code in own if code in others or own.count(code) > 1]
    if taken:
        raise InvalidInput(
            _("Diese Kennzeichen gibt es in der Fassung schon: %(codes)s.")
            % {"codes": _named(sorted(set(taken)))},
            field="code",
            next_step=_(
                "Wählen Sie ein anderes Kennzeichen, oder benennen Sie zuerst die anderen."
            ),
        )


def _require_below(after: Places, pk: int) -> None:
    """The code must lead to the entry above, as it does when a plan is read in."""
    place = after[pk]
    wanted = after[place.parent].code if place.parent is not None else ""
    if parent_code(place.code, {one.code for one in after.values()}) == wanted:
        return
    if not wanted:
        raise InvalidInput(
            _("Mit dem Kennzeichen %(code)s stünde der Eintrag unter einem anderen.")
            % {"code": place.code},
            field="code",
            next_step=_("Wählen Sie ein Kennzeichen, das keinen vorhandenen Eintrag fortsetzt."),
        )
    raise InvalidInput(
        _("Das Kennzeichen muss den Eintrag %(above)s fortsetzen, etwa %(example)s.")
        % {"above": wanted, "example": suggested_code(after, pk, place.parent)},
        field="code",
    )


def _require_others_stay(before: Places, after: Places) -> None:
    """No other entry may be read as standing below another one than it does."""
    codes = [{one.code for one in places.values()} for places in (before, after)]
    astray = [
        place.code
        for pk, place in after.items()
        if _fits(before, before[pk], codes[0]) and not _fits(after, place, codes[1])
    ]
    if astray:
        raise InvalidInput(
            _("Nach ihrem Kennzeichen stünden diese Einträge dann woanders: %(codes)s.")
            % {"codes": _named(astray)},
            field="code",
            next_step=_("Wählen Sie ein anderes Kennzeichen."),
        )


def _fits(places: Places, place: Place, codes: Collection[str]) -> bool:
    above = places[place.parent].code if place.parent is not None else ""
    return parent_code(place.code, codes) == above


def _named(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:NAMED])
    more = len(codes) - NAMED
    return _("%(codes)s und %(n)s weitere") % {"codes": shown, "n": more} if more > 0 else shown


def suggested_code(places: Places, pk: int, parent: int | None) -> str:
    """A free code below ``parent``: with the last part the entry has, else the next number."""
    codes = {place.code for other, place in places.items() if other != pk}
    last = _last_part(places[pk].code)
    if parent is None:
        begin = ""
    else:
        above = places[parent].code
        begin = above if above[-1:] in SEPARATORS else f"{above}."
    numbers = (f"{begin}{number}" for number in range(10, 10 * len(places) + 20, 10))
    return next(code for code in (f"{begin}{last}", *numbers) if code not in codes)


def _last_part(code: str) -> str:
    for separator in SEPARATORS:
        code = code.replace(separator, " ")
    return code.split()[-1] if code.split() else code
