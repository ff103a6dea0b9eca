"""What is under a Löschsperre (requirements R6): asked by every step that removes or hands over."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person, rights_of
from records.choices import HoldKind
from records.models import CaseFile, Hold, Matter
from records.selectors.case_files import lacks

NEAR = timedelta(days=14)
"""So long before its review day a hold stands on its owner's start page."""


def held_ids(case_file_ids: Collection[int]) -> set[int]:
    """The case files of these that must not be destroyed: a hold on one matter holds its file."""
    standing = Hold.objects.filter(case_file__in=case_file_ids, lifted_at=None)
    return set(standing.values_list("case_file_id", flat=True))


def held_matter_ids(matter_ids: Collection[int]) -> set[int]:
    """The matters of these under a hold: of their file, their own, or of one above or below."""
    wanted = Matter.objects.filter(pk__in=matter_ids)
    files = set(wanted.values_list("case_file_id", flat=True))
    parents = dict(Matter.objects.filter(case_file__in=files).values_list("pk", "parent_id"))
    of_file = dict(wanted.values_list("pk", "case_file_id"))
    held: dict[int | None, set[int]] = defaultdict(set)
    standing = Hold.objects.filter(case_file__in=files, lifted_at=None)
    for case_file_id, matter_id in standing.values_list("case_file_id", "matter_id"):
        held[matter_id].add(case_file_id)
    own = {pk for pk in held if pk is not None}
    reached = {step for pk in own for step in _line(pk, parents)}
    return {
        pk
        for pk, case_file_id in of_file.items()
        if case_file_id in held[None] or pk in reached or own & set(_line(pk, parents))
    }


def _line(matter_id: int, parents: dict[int, int | None]) -> list[int]:
    """The matter and those above it."""
    line = []
    step: int | None = matter_id
    while step is not None:
        line.append(step)
        step = parents[step]
    return line


def is_held(case_file: CaseFile) -> bool:
    """Whether any hold stands on the file or in it."""
    return bool(held_ids([case_file.pk]))


def standing_holds(user: Person, case_file: CaseFile) -> list[Hold]:
    """The holds of a visible file that are in force, the next review first.

    One on a matter the person does not see is left out.
    """
    return _with_sight(user, case_file.holds.filter(lifted_at=None).order_by("review_on", "pk"))


def lifted_holds(user: Person, case_file: CaseFile) -> list[Hold]:
    """Holds that are over, the newest first (at most 50)."""
    rows = case_file.holds.exclude(lifted_at=None).order_by("-lifted_at", "-pk")
    return _with_sight(user, rows[:50])


def _with_sight(user: Person, rows: QuerySet[Hold]) -> list[Hold]:
    found = list(rows.select_related("owner", "placed_by", "lifted_by", "matter"))
    matters = {hold.matter_id for hold in found if hold.matter_id is not None}
    seen = set()
    if matters:
        visible = Matter.objects.visible_to(user).filter(pk__in=matters)
        seen = set(visible.values_list("pk", flat=True))
    return [hold for hold in found if hold.matter_id is None or hold.matter_id in seen]


def visible_hold(user: Person, uuid: UUID) -> Hold:
    """A hold in force on something visible. Raises Http404 for missing and invisible alike."""
    rows = Hold.objects.filter(
        uuid=uuid, case_file__in=CaseFile.objects.visible_to(user).values("pk")
    )
    found = rows.select_related("case_file__entry", "case_file__lead_unit", "owner").first()
    if found is None:
        raise Http404
    hidden = found.matter_id is not None and not (
        Matter.objects.visible_to(user).filter(pk=found.matter_id).exists()
    )
    if hidden:
        raise Http404
    return found


def holds_to_review(user: Person, today: date, *, limit: int = 8) -> list[Hold]:
    """The person's own holds in force whose review is near or over, on files still visible."""
    rows = Hold.objects.filter(owner_id=user.pk, lifted_at=None, review_on__lte=today + NEAR)
    rows = rows.filter(case_file__in=CaseFile.objects.visible_to(user).values("pk"))
    rows = rows.select_related("case_file").only(
        "uuid", "kind", "review_on", "case_file__aktenzeichen", "case_file__title"
    )
    return list(rows.order_by("review_on", "pk")[:limit])


def kinds_standing(user: Person, case_file: CaseFile) -> list[str]:
    """The German names of the kinds in force on a visible file, in one query where there are any."""
    if lacks(case_file, "has_holds"):
        return []
    rows = Hold.objects.filter(case_file=case_file, lifted_at=None).order_by("review_on", "pk")
    seen = rights_of(user).scope_ids
    kinds = [
        kind
        for kind, scope in rows.values_list("kind", "matter__scope_id")
        if scope is None or scope in seen
    ]
    return [str(HoldKind(kind).label) for kind in dict.fromkeys(kinds)]
