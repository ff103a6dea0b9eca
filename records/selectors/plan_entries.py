"""What an entry says about its files, with what it inherits and from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.desk import german
from records.choices import DispositionType, RetentionStart
from records.models import FilePlanEntry
from records.selectors.plan_effects import nearest
from records.selectors.retention_rules import resolved

SHOWN = (
    "lead_unit", "retention_years", "retention_start", "transfer_years", "disposition",
    "confidentiality", "circle", "required_data", "allowed_types", "allowed_file_types",
)  # fmt: skip
ALWAYS = ("retention_years", "disposition", "confidentiality")


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with the way down to it; ``path`` ends with the entry."""

    entry: FilePlanEntry
    path: Sequence[FilePlanEntry]

    @property
    def nearest_first(self) -> list[FilePlanEntry]:
        return list(reversed(self.path))


def placed_entry(entry_id: int) -> Placed:
    """Raises Http404 for an unknown entry; the plan's structure is no secret inside the house."""
    entry = FilePlanEntry.objects.select_related("plan", "successor").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    by_id = FilePlanEntry.objects.in_bulk(entry.ancestors[:-1])
    for above in by_id.values():
        above.plan = entry.plan
    return Placed(entry, [*(by_id[a] for a in entry.ancestors[:-1]), entry])


def inherited_texts(above: Sequence[FilePlanEntry]) -> dict[str, str]:
    """For each default what an entry below these (nearest first) takes over: value and source."""
    return {name: text for name in SHOWN if (text := _with_source(above, name))}


def defaults_shown(nearest_first: Sequence[FilePlanEntry]) -> list[tuple[str, str]]:
    """The defaults of the first entry as (label, text): its own value or the inherited one."""
    found = []
    for name in SHOWN:
        text = _with_source(nearest_first, name, own=nearest_first[0])
        if text or name in ALWAYS:
            found.append((label_of(name), text or _unsaid(name)))
    return found


def _unsaid(name: str) -> str:
    """What holds where no entry says anything."""
    if name == "disposition":
        return str(DispositionType.APPRAISE.label)
    return _("intern") if name == "confidentiality" else _("keine Frist im Aktenplan")


def label_of(name: str) -> str:
    field: Any = FilePlanEntry._meta.get_field(name)
    return _("Aufbewahrungsfrist") if name == "retention_years" else str(field.verbose_name)


def _with_source(
    nearest_first: Sequence[FilePlanEntry], name: str, own: FilePlanEntry | None = None
) -> str:
    if name == "retention_years":
        rule = resolved(nearest_first)
        source = next((e for e in nearest_first if e.code == rule.source), None)
        text = retention_text(rule.years, permanent=rule.permanent)
    elif name == "lead_unit":
        source = own
        text = str(own.lead_unit) if own is not None and own.lead_unit else ""
    else:
        value = nearest(nearest_first, name)
        source = next((e for e in nearest_first if getattr(e, name) == value), None)
        text = value_text(name, value)
    if not text or source is None or source == own:
        return text
    return _("%(value)s (von %(code)s)") % {"value": text, "code": source.code}


def retention_text(years: int | None, *, permanent: bool) -> str:
    """``10 Jahre``, ``unbefristet`` or nothing."""
    if permanent:
        return _("unbefristet")
    if years is None:
        return ""
    return ngettext("%(n)s Jahr", "%(n)s Jahre", years) % {"n": years}


def value_text(name: str, value: Any) -> str:
    """A value of a field as people read it; empty for none."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, date):
        return german.short_date(value)
    if name == "transfer_years":
        return retention_text(value, permanent=False)
    if name == "retention_start":
        return str(RetentionStart(value).label)
    field: Any = FilePlanEntry._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, value))


def differences(entry: FilePlanEntry, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, "alt → neu") for everything the values would change."""
    found = []
    for name, value in values.items():
        stored = getattr(entry, name)
        if stored != value:
            field: Any = FilePlanEntry._meta.get_field(name)
            old, new = (value_text(name, one) or "–" for one in (stored, value))
            found.append((str(field.verbose_name), f"{old} → {new}"))
    return found
