"""What files inherit from their plan entry (requirements A4), and which entries take files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goettingen_ecm.operations.refusals import IllegalState
from records.choices import Confidentiality, DispositionType
from records.models import FilePlanEntry
from records.retention import RetentionRule
from records.selectors.file_types import EntryRule, rule_of
from records.selectors.retention_rules import resolved


@dataclass(frozen=True, slots=True)
class EntryDefaults:
    """Inherited from the entry and those above it; the nearest set value wins (A4)."""

    confidentiality: str
    circle: str
    retention: RetentionRule
    disposition: str
    rule: EntryRule


def defaults_of(entries: Sequence[FilePlanEntry]) -> dict[int, EntryDefaults]:
    """The defaults of each entry by id. Raises IllegalState for an entry with entries below (A2)."""
    ids = {a for entry in entries for a in entry.ancestors}
    by_id = FilePlanEntry.objects.in_bulk(list(ids))
    with_children = set(
        FilePlanEntry.objects.filter(parent_id__in=[e.pk for e in entries]).values_list(
            "parent_id", flat=True
        )
    )
    for entry in entries:
        if entry.pk in with_children:
            raise IllegalState(
                f"{entry.code} hat Untereinträge; Akten liegen nur in der untersten Ebene."
            )
    return {e.pk: _resolve([by_id[a] for a in reversed(e.ancestors)]) for e in entries}


def require_takes_files(entry: FilePlanEntry) -> None:
    """Raises IllegalState for a locked or retired entry, naming the successor (A3)."""
    if not entry.locked and not entry.retired_on:
        return
    advice = "Wählen Sie einen anderen Eintrag oder fragen Sie die Registratur."
    if entry.successor is not None:
        advice = f"Nehmen Sie den Nachfolger {entry.successor}."
    raise IllegalState(
        f"Der Aktenplaneintrag {entry.code} ist gesperrt oder stillgelegt.", next_step=advice
    )


def _resolve(nearest_first: Sequence[FilePlanEntry]) -> EntryDefaults:
    def nearest(name: str, otherwise: Any) -> Any:
        return next(
            (v for e in nearest_first if (v := getattr(e, name)) not in (None, "")), otherwise
        )

    return EntryDefaults(
        confidentiality=nearest("confidentiality", Confidentiality.INTERNAL),
        circle=nearest("circle", ""),
        retention=resolved(nearest_first),
        disposition=nearest("disposition", DispositionType.APPRAISE),
        rule=rule_of(nearest_first),
    )
