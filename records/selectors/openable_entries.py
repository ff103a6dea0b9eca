"""Finding the plan entry of a file by a word or a code: knowledge of the plan is not needed."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from goettingen_ecm.accounts.models import OrgUnit, din5007_key
from goettingen_ecm.operations import clock
from records.models import FilePlanEntry
from records.selectors.file_plan import current_plan

SHOWN = 20
WORDS = 8
LONGEST = 100


def openable_entries(text: str, unit_ids: Collection[int]) -> list[FilePlanEntry]:
    """Entries that take files, for words or a code; without any, those of the person's units.

    At most 20, in the plan's order, with ``parent``. Continuations of full entries are left out:
    opening finds them by itself.
    """
    rows = takes_files()
    words = text.replace("\0", "")[:LONGEST].split()[:WORDS]
    if not words:
        return list(rows.filter(lead_unit_id__in=unit_ids)[:SHOWN])
    for word in words:
        folded = din5007_key(word)
        rows = rows.filter(
            Q(code__istartswith=word)
            | Q(lineage__in=_called(word))
            | Q(sort_key__contains=folded)
            | Q(parent__sort_key__contains=folded)
            | Q(description__icontains=word)
        )
    return list(rows[:SHOWN])


def _called(word: str) -> QuerySet[FilePlanEntry, UUID]:
    """Positions whose code began so in any version: an old code leads to the new place."""
    rows = FilePlanEntry.objects.filter(code__startswith=word)
    return rows.values_list("lineage", flat=True)


def openable_entry(entry_id: str) -> FilePlanEntry | None:
    """The entry of an address, when it takes files."""
    if not (entry_id.isascii() and entry_id.isdigit() and len(entry_id) < 18):
        return None
    return takes_files().filter(pk=int(entry_id)).first()


def takes_files() -> QuerySet[FilePlanEntry]:
    """Nothing below them, not locked or retired, and neither is an entry above them."""
    below = FilePlanEntry.objects.filter(parent=OuterRef("pk"))
    plan = current_plan()
    closed = Q(locked=True) | Q(retired_on__lte=clock.today())
    closed_ids = list(FilePlanEntry.objects.filter(closed, plan=plan).values_list("pk", flat=True))
    rows = FilePlanEntry.objects.filter(~Exists(below), plan=plan, overflow_of=None)
    if closed_ids:
        rows = rows.exclude(ancestors__overlap=closed_ids)
    return rows.select_related("plan", "parent", "lead_unit").order_by("sort_key", "pk")


def circles_of(entries: Sequence[FilePlanEntry]) -> Mapping[int, str]:
    """The circle of each entry by id: its own or the nearest one above."""
    ids = {a for entry in entries for a in entry.ancestors}
    own = dict(FilePlanEntry.objects.filter(pk__in=ids).values_list("pk", "circle"))
    return {e.pk: next((own[a] for a in reversed(e.ancestors) if own[a]), "") for e in entries}


def units_of_circle(circle: str) -> QuerySet[OrgUnit]:
    """Units of today that may lead files of a circle, in the order of their codes."""
    living = Q(valid_until=None) | Q(valid_until__gte=clock.today())
    rows = OrgUnit.objects.filter(living).order_by("code")
    return rows.filter(circles__contains=[circle]) if circle else rows
