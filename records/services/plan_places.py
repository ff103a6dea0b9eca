"""Code and place of plan entries: written so that one takes a code another leaves, and taken back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import FilePlan, FilePlanEntry
from records.selectors.plan_lineage import owners_of_codes
from records.services import writing
from records.services.actor import Actor

PLACE = ("code", "parent_id", "ancestors")
"""Where an entry stands: changed by moves in a draft only (``services.plan_moves``)."""

LATE_CHECK = "SET CONSTRAINTS plan_entry_code_once DEFERRED"
CHECK_NOW = "SET CONSTRAINTS plan_entry_code_once IMMEDIATE"


def write_entries(entries: Sequence[FilePlanEntry], fields: Sequence[str], actor: Actor) -> None:
    """Write changed fields of locked entries; codes must be unique when all are written."""
    with connection.cursor() as cursor:
        cursor.execute(LATE_CHECK)
        writing.update(entries, fields, actor)
        cursor.execute(CHECK_NOW)


def require_places_free(
    entries: Mapping[int, FilePlanEntry], former: Mapping[int, Mapping[str, Any]]
) -> None:
    """Raises IllegalState when something new stands where entries go back to, or below them."""
    back = {pk: entry for pk, entry in entries.items() if _stood_elsewhere(entry, former[pk])}
    if not back:
        return
    plans = {entry.plan_id for entry in back.values()}
    for plan in FilePlan.objects.filter(pk__in=plans):
        require_draft(plan)
    others = FilePlanEntry.objects.filter(plan__in=plans).exclude(pk__in=back)
    codes = [former[pk]["code"] for pk in back]
    in_the_way = others.filter(Q(code__in=codes) | Q(ancestors__overlap=list(back))).first()
    if in_the_way is not None:
        raise changed_since(in_the_way)
    above = {former[pk]["parent_id"] for pk in back} - {None, *back}
    if others.filter(pk__in=above).count() != len(above):
        raise changed_since(next(iter(back.values())))


def with_paths(
    former: Mapping[int, dict[str, Any]],
) -> dict[int, dict[str, Any]]:
    """The same with ``ancestors``, which the history of an entry need not know."""
    outside = {values["parent_id"] for values in former.values()} - {None, *former}
    known = dict(FilePlanEntry.objects.filter(pk__in=outside).values_list("pk", "ancestors"))

    def path(pk: int) -> list[int]:
        above = former[pk]["parent_id"]
        if above is None:
            return [pk]
        return [*(path(above) if above in former else known.get(above, [])), pk]

    return {pk: values | {"ancestors": path(pk)} for pk, values in former.items()}


def _stood_elsewhere(entry: FilePlanEntry, former: Mapping[str, Any]) -> bool:
    return any(getattr(entry, name) != former[name] for name in PLACE)


def require_draft(plan: FilePlan) -> None:
    """Raises IllegalState for a version that is or was in force: files have numbers by its codes."""
    if plan.valid_from <= clock.today():
        raise IllegalState(
            _("Verschoben und umnummeriert wird nur im Entwurf einer neuen Fassung."),
            next_step=_("Bereiten Sie unter „Fassungen“ eine neue Fassung vor."),
        )


def changed_since(entry: FilePlanEntry) -> IllegalState:
    """The refusal to take a change back; nothing was taken back then."""
    return IllegalState(
        _("Der Eintrag %(code)s wurde inzwischen wieder geändert; es wurde nichts zurückgenommen.")
        % {"code": entry.code},
        next_step=_("Sehen Sie im Verlauf nach und ändern Sie die Angaben von Hand."),
    )


def adopt_lineages(entries: Sequence[FilePlanEntry]) -> None:
    """Let new entries, not saved yet, be the positions that have their codes in other versions.

    Raises InvalidInput (field ``code``) for a code whose position was moved in this version.
    """
    for plan in {entry.plan_id: entry.plan for entry in entries}.values():
        own = [entry for entry in entries if entry.plan_id == plan.pk]
        codes = [entry.code for entry in own]
        for reason in codes_of_others(plan, codes).values():
            raise InvalidInput(reason, field="code", next_step=_("Wählen Sie ein anderes."))
        owners = owners_of_codes(plan, codes)
        for entry in own:
            if entry.code in owners:
                entry.lineage = owners[entry.code].lineage


def codes_of_others(plan: FilePlan, codes: Collection[str]) -> dict[str, str]:
    """Why codes cannot be given to new entries, by code: they belong to a position that moved."""
    owners = owners_of_codes(plan, codes)
    rows = plan.entries.filter(lineage__in={owner.lineage for owner in owners.values()})
    now = dict(rows.values_list("lineage", "code"))
    said = _("Das Kennzeichen %(code)s gehörte zu „%(title)s“, jetzt %(now)s.")
    return {
        code: said % {"code": code, "title": owner.title, "now": now[owner.lineage]}
        for code, owner in owners.items()
        if owner.lineage in now
    }
