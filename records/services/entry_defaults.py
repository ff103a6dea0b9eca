"""What files inherit from their plan entry (requirements A4), and which entries take files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
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
    """The defaults of each entry by id.

    Raises IllegalState for an entry with entries below (A2) or below a closed one (A3).
    """
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
        _require_in_force(entry)
        for pk in reversed(entry.ancestors):
            require_takes_files(by_id[pk])
    return {e.pk: _resolve([by_id[a] for a in reversed(e.ancestors)]) for e in entries}


def require_takes_files(entry: FilePlanEntry) -> None:
    """Raises IllegalState for a locked or retired entry, naming the successor (A3).

    An entry above closes everything below it.
    """
    if not entry.locked and not is_retired(entry):
        return
    advice = _("Wählen Sie einen anderen Eintrag oder fragen Sie die Registratur.")
    if entry.successor is not None:
        advice = _("Nehmen Sie den Nachfolger %(entry)s.") % {"entry": entry.successor}
    reason = (
        _("Der Aktenplaneintrag %(entry)s ist stillgelegt.")
        if is_retired(entry)
        else _("Der Aktenplaneintrag %(entry)s ist gesperrt.")
    )
    raise IllegalState(reason % {"entry": entry.code}, next_step=advice)


def require_takes_type(file_type: str, entry: FilePlanEntry, rule: EntryRule) -> None:
    """Raises IllegalState for a file of a type (or of none) that the entry does not take (A4)."""
    if rule.takes(file_type):
        return
    reason = (
        _("%(entry)s sieht den Aktentyp „%(name)s“ nicht vor.")
        if file_type
        else _("%(entry)s nimmt nur Akten mit Aktentyp; diese hat keinen.")
    )
    advice = _(
        "Möglich sind: %(types)s. Ändern Sie zuerst den Aktentyp oder wählen Sie einen anderen"
        " Eintrag."
    )
    raise IllegalState(
        reason % {"entry": entry.code, "name": file_type},
        next_step=advice % {"types": ", ".join(rule.allowed)},
    )


def _require_in_force(entry: FilePlanEntry) -> None:
    """Files are opened in the version of the plan that holds today (A3)."""
    plan, today = entry.plan, clock.today()
    if plan.valid_from > today:
        reason = _("Die Fassung „%(plan)s“ des Aktenplans gilt noch nicht.")
    elif plan.valid_until is not None and plan.valid_until < today:
        reason = _("Die Fassung „%(plan)s“ des Aktenplans gilt nicht mehr.")
    else:
        return
    advice = _("Nehmen Sie den Eintrag %(code)s der Fassung, die heute gilt.")
    raise IllegalState(reason % {"plan": plan}, next_step=advice % {"code": entry.code})


def is_retired(entry: FilePlanEntry) -> bool:
    """True from the day the entry is retired on."""
    return entry.retired_on is not None and entry.retired_on <= clock.today()


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
