"""Versions of the file plan, and what differs between two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from records.models import FilePlan, FilePlanEntry
from records.selectors.plan_entries import value_text
from records.services.plan_changes import CHANGEABLE

ADDED, CHANGED, RETIRED, REMOVED = "neu", "geaendert", "stillgelegt", "entfallen"
MOVED = "verschoben"
KINDS = (ADDED, CHANGED, MOVED, RETIRED, REMOVED)
COMPARED = ("code", *CHANGEABLE, "locked", "retired_on")


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that is not the same in both versions, and what differs ("Feld: alt → neu")."""

    kind: str
    entry: FilePlanEntry
    changes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version and how many entries it has."""

    plan: FilePlan
    entries: int


def versions() -> list[Version]:
    """All versions, newest first."""
    plans = FilePlan.objects.order_by("-valid_from", "-pk")
    counts = dict(FilePlanEntry.objects.values_list("plan").annotate(Count("pk")).order_by())
    return [Version(plan, counts.get(plan.pk, 0)) for plan in plans]


def plan_version(plan_id: int) -> FilePlan:
    """Raises Http404 for an unknown version."""
    plan = FilePlan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def validity(plan: FilePlan) -> str:
    """``gilt seit …``, ``Entwurf, gilt ab …`` or ``galt bis …``."""
    today = clock.today()
    if plan.valid_from > today:
        return _("Entwurf, gilt ab %(day)s") % {"day": german.short_date(plan.valid_from)}
    if plan.valid_until is not None and plan.valid_until < today:
        return _("galt bis %(day)s") % {"day": german.short_date(plan.valid_until)}
    since = _("gilt seit %(day)s") % {"day": german.short_date(plan.valid_from)}
    if plan.valid_until is None:
        return since
    return _("%(since)s bis %(day)s") % {
        "since": since,
        "day": german.short_date(plan.valid_until),
    }


def compare(old: FilePlan, new: FilePlan) -> list[Difference]:
    """Every difference in the order of the plan; the same entry may stand elsewhere."""
    before, after = ({e.lineage: e for e in plan.entries.all()} for plan in (old, new))
    names = _unit_names([*before.values(), *after.values()])
    found = [Difference(REMOVED, e) for key, e in before.items() if key not in after]
    for key, entry in after.items():
        earlier = before.get(key)
        if earlier is None:
            found.append(Difference(ADDED, entry))
        elif changes := _changes(earlier, entry, names):
            found.append(Difference(_kind(earlier, entry), entry, changes))
    return sorted(found, key=lambda one: (one.entry.sort_key, one.entry.pk))


def _kind(old: FilePlanEntry, new: FilePlanEntry) -> str:
    if new.retired_on is not None and old.retired_on is None:
        return RETIRED
    return CHANGED if old.code == new.code else MOVED


def _unit_names(entries: Sequence[FilePlanEntry]) -> dict[int, str]:
    ids = {e.lead_unit_id for e in entries if e.lead_unit_id}
    return {unit.pk: str(unit) for unit in OrgUnit.objects.filter(pk__in=ids)}


def _changes(old: FilePlanEntry, new: FilePlanEntry, names: Mapping[int, str]) -> list[str]:
    found = []
    for name in COMPARED:
        field: Any = FilePlanEntry._meta.get_field(name)
        before, after = (getattr(one, field.attname) for one in (old, new))
        if before != after:
            texts = [_text(name, value, names) or "–" for value in (before, after)]
            found.append(f"{field.verbose_name}: {texts[0]} → {texts[1]}")
    return found


def _text(name: str, value: Any, names: Mapping[int, str]) -> str:
    if name == "lead_unit":
        return names.get(value, "")
    return value_text(name, value)
