"""Merging matters (requirements A10): a new Vorgang takes what lies in others, which are cancelled.

Documents move by the services that move them alone; register, parties, references, foreign keys and
sub-matters follow. A cancelled matter keeps its page, which leads to the new one.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.access import principals
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import MatterStatus, ReferenceKind
from records.models import (
    CaseFile,
    CrossReference,
    Document,
    ExternalKey,
    Matter,
    MatterMerge,
    Participation,
    RegisterPlacement,
    RegisterSection,
)
from records.services import merge_checks, moving, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_files import require_title
from records.services.cross_references import MUTUAL
from records.services.documents import lock_case_files
from records.services.matter_changes import move_documents
from records.services.matters import NewMatter, open_matters
from records.services.merge_checks import STAYING, MergeWish
from records.services.move_checks import Place
from records.services.participations import index_anew
from records.services.scoping import lock_matters, recompute
from records.typed_text import clean_line

REFERENCE_ENDS = ("source_matter", "target_matter")


def merge_matters(
    wish: MergeWish, actor: Actor, *, versions: Mapping[int, int] | None = None
) -> Matter:
    """Make one new matter of two or more; all of it or nothing.

    ``versions``: the ``row_version`` of each matter the preview has shown. Cancelled and misfiled
    documents stay where they are. Raises LostUpdate, InvalidInput (title, fewer than two), and the
    first of ``merge_checks.obstacles``.
    """
    require_title(clean_line(wish.title))
    with transaction.atomic():
        wish = _locked(wish)
        for one in wish.sources:
            writing.require_version(one, (versions or {}).get(one.pk))
        for obstacle in merge_checks.obstacles(wish, actor):
            raise obstacle.refusal
        _give_reason(wish, actor)
        target = _opened(wish, actor)
        _move_documents(wish, target, actor)
        move_participations(wish, target, actor)
        _turn_references(wish, target, actor)
        _lift_sub_matters(wish, target, actor)
        _cancel(wish, target, actor)
        _narrow(wish, target, actor)
        recompute({wish.case_file.pk, *(one.case_file_id for one in wish.sources)})
        _require_sight(target, actor)
    merged: Matter = Matter.objects.select_related("case_file").get(pk=target.pk)
    return merged


def _locked(wish: MergeWish) -> MergeWish:
    """All files in key order, then the matters, as they are now."""
    rows = Matter.objects.filter(pk__in=wish.ids).values_list("case_file_id", flat=True)
    lock_case_files([wish.case_file.pk, *rows])
    lock_matters(wish.ids)
    found = Matter.objects.select_related("case_file__entry", "parent").in_bulk(wish.ids)
    case_file = CaseFile.objects.select_related("entry").get(pk=wish.case_file.pk)
    return MergeWish(case_file, [found[pk] for pk in dict.fromkeys(wish.ids)], wish.title)


def _give_reason(wish: MergeWish, actor: Actor) -> None:
    """The reason of the Storno stands in the history of everything the operation writes."""
    title = clean_line(wish.title)
    actor.operation.reason = _("zusammengeführt mit „%(title)s“") % {"title": title}
    actor.operation.save(update_fields=["reason"])


def _opened(wish: MergeWish, actor: Actor) -> Matter:
    """It begins with the rights of its file: until it is narrowed, the mover surely sees it."""
    types = {one.matter_type for one in wish.sources}
    wanted = NewMatter(
        wish.case_file,
        wish.title,
        matter_type=types.pop() if len(types) == 1 else "",
        period_from=_edge([one.period_from for one in wish.sources], last=False),
        period_until=_edge([one.period_until for one in wish.sources], last=True),
        parent=wish.sources[0].parent if wish.parent_id is not None else None,
    )
    return open_matters([wanted], actor)[0]


def _edge(days: Sequence[date | None], *, last: bool) -> date | None:
    """The first or last day of all periods; open as soon as one of them is."""
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return None
    return max(known) if last else min(known)


def _move_documents(wish: MergeWish, target: Matter, actor: Actor) -> None:
    """The places in the registers are read before the moves clear them."""
    rows = Document.objects.filter(matter__in=wish.ids).exclude(status__in=STAYING)
    files = dict(rows.order_by("pk").values_list("pk", "case_file_id"))
    placed = RegisterPlacement.objects.filter(document__in=list(files))
    places = dict(placed.values_list("document_id", "section_id"))
    own = {pk: target.pk for pk, file_id in files.items() if file_id == target.case_file_id}
    others = [pk for pk in files if pk not in own]
    if own:
        move_documents(own, actor)
    if others:
        there = Place(wish.case_file, target)
        # Who merges sees the new matter, or nothing happens: ``_require_sight``.
        moving.move_to_file(others, there, actor, loss_confirmed=True)
    _write_register(wish, target, places, actor)


def _write_register(
    wish: MergeWish, target: Matter, places: Mapping[int, int], actor: Actor
) -> None:
    titles = merge_checks.section_titles(wish)
    drafts = [
        RegisterSection(matter=target, position=number, title=title)
        for number, title in enumerate(titles, start=1)
    ]
    made = {one.title: one for one in writing.create(drafts, actor)}
    new_for = {one.pk: made[one.title] for one in merge_checks.sections_of(wish)}
    placements = [
        RegisterPlacement(document_id=document, section=new_for[section])
        for document, section in places.items()
    ]
    writing.create(placements, actor)


def move_participations(wish: MergeWish, target: Matter, actor: Actor) -> None:
    """Each party takes part once in each role; a second entry is taken out where it stands.

    Removed ones come along, so that the next delivery does not bring them back.
    """
    rows = Participation.objects.select_for_update(of=("self",)).filter(matter__in=wish.ids)
    standing_first = sorted(rows, key=lambda one: (one.removed_at is not None, one.pk))
    taken: set[tuple[int, str]] = set()
    changed = []
    for one in standing_first:
        double = (one.party_id, one.role) in taken
        if double and one.removed_at is not None:
            continue
        if double:
            one.removed_at = clock.now()
        else:
            one.matter, one.case_file_id = target, target.case_file_id
        taken.add((one.party_id, one.role))
        changed.append(one)
    writing.update(changed, ["matter", "case_file", "removed_at"], actor)
    record_changes("records.participation.changed", changed, actor, fields=["matter"])
    index_anew({target.case_file_id, *(one.case_file_id for one in wish.sources)})


def _turn_references(wish: MergeWish, target: Matter, actor: Actor) -> None:
    """What led to a source leads to the new matter; each source refers to what it became."""
    at_sources = Q(source_matter__in=wish.ids) | Q(target_matter__in=wish.ids)
    rows = CrossReference.objects.select_for_update(of=("self",)).filter(
        at_sources, removed_at=None
    )
    changed = list(rows.order_by("pk"))
    standing: set[object] = set()
    for one in changed:
        _turn(one, wish, target, standing)
    writing.update(changed, [*REFERENCE_ENDS, "removed_at"], actor)
    record_changes("records.cross_reference.turned", changed, actor)
    drafts = [
        CrossReference(
            source_matter=one,
            target_matter=target,
            kind=ReferenceKind.PREDECESSOR,
            created_at=clock.now(),
            created_by=actor.user,
        )
        for one in wish.sources
    ]
    made = writing.create(drafts, actor)
    record_changes("records.cross_reference.added", made, actor)


def _turn(one: CrossReference, wish: MergeWish, target: Matter, standing: set[object]) -> None:
    """One that would lead to itself, or stand there twice, is removed where it stands."""
    ends = {side: _end(one, side, wish, target) for side in ("source", "target")}
    both: object = tuple(ends.values())
    if one.kind in MUTUAL:
        both = frozenset(ends.values())
    if len(set(ends.values())) == 1 or (one.kind, both) in standing:
        one.removed_at = clock.now()
        return
    standing.add((one.kind, both))
    for name in REFERENCE_ENDS:
        if getattr(one, f"{name}_id") in wish.ids:
            setattr(one, name, target)


def _end(
    one: CrossReference, side: str, wish: MergeWish, target: Matter
) -> tuple[int | None, int | None, int | None]:
    matter: int | None = getattr(one, f"{side}_matter_id")
    return (
        getattr(one, f"{side}_file_id"),
        target.pk if matter in wish.ids else matter,
        getattr(one, f"{side}_document_id"),
    )


def _lift_sub_matters(wish: MergeWish, target: Matter, actor: Actor) -> None:
    below = list(lock_matters([one.pk for one in merge_checks.sub_matters(wish)]).values())
    for one in below:
        one.parent = target
    writing.update(below, ["parent"], actor)
    record_changes("records.matter.changed", below, actor, fields=["parent"])


def _cancel(wish: MergeWish, target: Matter, actor: Actor) -> None:
    keys = _take_keys(wish, target)
    for one in wish.sources:
        one.status = MatterStatus.CANCELLED
    writing.update(wish.sources, ["status"], actor)
    merges = [
        MatterMerge(
            source=one,
            target=target,
            key_ids=keys.get(one.pk, []),
            merged_at=clock.now(),
            merged_by=actor.user,
            operation_id=actor.operation.pk,
        )
        for one in wish.sources
    ]
    writing.create(merges, actor)
    record_changes("records.matter.merged", wish.sources, actor, fields=["status"])


def _take_keys(wish: MergeWish, target: Matter) -> dict[int, list[int]]:
    """Later deliveries into a source go into the new matter. Returns the keys' ids by source."""
    keys = ExternalKey.objects.filter(matter__in=wish.ids, document=None)
    of_sources: dict[int, list[int]] = {}
    for pk, matter_id in keys.order_by("pk").values_list("pk", "matter_id"):
        of_sources.setdefault(matter_id or 0, []).append(pk)
    keys.update(matter=target, case_file=target.case_file_id)
    return of_sources


def _narrow(wish: MergeWish, target: Matter, actor: Actor) -> None:
    target.narrow_to = merge_checks.narrowing(wish)
    if target.narrow_to is not None:
        writing.update([target], ["narrow_to"], actor)


def _require_sight(target: Matter, actor: Actor) -> None:
    """Look again with the rights as they are now written; what is cached belongs to before."""
    scope_id = Matter.objects.values_list("scope_id", flat=True).get(pk=target.pk)
    if actor.user is None or scope_id not in principals.compute(actor.user.pk).scope_ids:
        raise IllegalState(
            _("Den neuen Vorgang sähen Sie selbst nicht."),
            next_step=_("Bitten Sie die Leitung, die Beschränkungen anzugleichen."),
        )
