"""Writing a file plan that was read from CSV: new entries level by level, changes with history."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Job
from records.file_plan_import import PlanRow, Problem, ReadPlan, parent_code, read_plan
from records.models import CaseFile, FilePlan, FilePlanEntry
from records.models.file_plan import plan_sort_key
from records.selectors.plan_effects import effect_of, files_to_renew
from records.selectors.plan_entries import differences
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.plan_changes import renew_retention, require_editor, require_open_version
from records.services.plan_import_moves import move_by_predecessors
from records.services.plan_places import adopt_lineages, codes_of_others

FIELDS = {
    "title": ("title",),
    "description": ("description",),
    "retention": ("retention_years", "retention_permanent"),
    "retention_start": ("retention_start",),
    "transfer": ("transfer_years",),
    "disposition": ("disposition",),
    "confidentiality": ("confidentiality",),
    "circle": ("circle",),
    "lead_unit": ("lead_unit_id",),
    "valid_until": ("retired_on",),
}
"""What a column of the file sets; what the file has no column for stays as it is."""


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """The version of the plan to fill; it is made when there is none with this code."""

    code: str
    title: str = ""
    valid_from: date | None = None


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would do. Counts are entries.

    ``differing``: changed entries with what changes; ``missing``: entries the file does not have,
    which stay; ``job`` brings files below up to date, if any.
    """

    dry_run: bool
    encoding: str
    delimiter: str
    total: int
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    job: Job | None = None
    new: list[PlanRow] = field(default_factory=list)
    differing: list[tuple[FilePlanEntry, list[str]]] = field(default_factory=list)
    missing: list[FilePlanEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_file_plan(
    data: bytes, target: PlanTarget, actor: Actor, *, dry_run: bool = False
) -> ImportReport:
    """Fill a plan from the bytes of a CSV file; a second run changes only what differs.

    Entries missing in the file stay as they are; in a draft a row that names its predecessor moves
    that entry. Raises InvalidInput when the file as a whole
    cannot be read, Forbidden (neither Fachadministration nor Registratur), IllegalState for a
    version that has ended.
    """
    require_editor(actor)
    read = read_plan(data)
    report = ImportReport(
        dry_run, read.encoding, read.delimiter, read.total, problems=list(read.problems)
    )
    with transaction.atomic():
        plan = _plan(target, read)
        require_open_version(plan)
        _write(plan, read, report, actor)
        facts = {"sha256": hashlib.sha256(data).hexdigest(), "created": report.created}
        facts |= {"changed": report.changed, "problems": len(report.problems)}
        record_changes("records.file_plan.imported", [plan], actor, digests={plan.pk: facts})
        if dry_run:
            transaction.set_rollback(True)
    report.problems.sort(key=lambda problem: problem.line)
    return report


def _plan(target: PlanTarget, read: ReadPlan) -> FilePlan:
    plan, _created = FilePlan.objects.get_or_create(
        code=target.code,
        defaults={
            "title": (target.title or read.title or target.code)[:200],
            "valid_from": target.valid_from or read.valid_from or clock.today(),
            "valid_until": read.valid_until,
        },
    )
    return FilePlan.objects.select_for_update().get(pk=plan.pk)


def _write(plan: FilePlan, read: ReadPlan, report: ImportReport, actor: Actor) -> None:
    units = dict(OrgUnit.objects.values_list("code", "id"))
    report.moved = move_by_predecessors(plan, read, report.problems, actor)
    known = {entry.code: entry for entry in FilePlanEntry.objects.filter(plan=plan)}
    rows = _acceptable(plan, read, known, units, report)
    new = [row for row in rows if row.code not in known]
    given = [name for column, names in FIELDS.items() if column in read.columns for name in names]
    wanted = {row.code: _values(row, units) for row in rows if row.code in known}
    differing = {
        known[code].pk: {name: values[name] for name in given}
        for code, values in wanted.items()
        if any(getattr(known[code], name) != values[name] for name in given)
    }
    _change(differing, {e.pk: e for e in known.values()}, report, actor)
    report.unchanged = len(wanted) - len(differing)
    report.new = new
    gone = [e for code, e in known.items() if code not in read.rows and not e.overflow_of_id]
    report.missing = sorted(gone, key=lambda e: e.sort_key)
    for level in _levels(new, known):
        _create(plan, level, known, units, actor)
    report.created = len(new)


def _acceptable(
    plan: FilePlan,
    read: ReadPlan,
    known: Mapping[str, FilePlanEntry],
    units: Mapping[str, int],
    report: ImportReport,
) -> list[PlanRow]:
    """Rows that can be written; what stands below a refused new row is refused with it."""
    holding = _codes_holding_files(known)
    codes = read.rows.keys() | known.keys()
    others = codes_of_others(plan, read.rows.keys() - known.keys())
    taken: dict[str, PlanRow] = {}
    for found in sorted(read.rows.values(), key=lambda r: len(r.code)):
        row = replace(found, parent=parent_code(found.code, codes))
        problem = _refusal(row, known, units, holding, taken) or _of_another(row, others)
        if problem is None:
            taken[row.code] = row
        else:
            report.problems.append(problem)
    return sorted(taken.values(), key=lambda r: r.line)


def _codes_holding_files(known: Mapping[str, FilePlanEntry]) -> set[str]:
    codes = {entry.pk: code for code, entry in known.items()}
    rows = CaseFile.objects.filter(entry__in=codes).values_list("entry_id", flat=True)
    return {codes[pk] for pk in rows.distinct()}


def _refusal(
    row: PlanRow,
    known: Mapping[str, FilePlanEntry],
    units: Mapping[str, int],
    holding: set[str],
    taken: Mapping[str, PlanRow],
) -> Problem | None:
    if row.lead_unit and row.lead_unit not in units:
        reason = _("Die Organisationseinheit %(unit)s gibt es nicht.") % {"unit": row.lead_unit}
        return Problem(row.line, "lead_unit", reason)
    if row.code in known or not row.parent:
        return None
    if row.parent in holding:
        reason = _("%(parent)s enthält Akten und kann keine Untereinträge bekommen.")
    elif row.parent not in taken and row.parent not in known:
        reason = _("Die übergeordnete Position %(parent)s wurde nicht übernommen.")
    else:
        return None
    return Problem(row.line, "code", reason % {"parent": row.parent})


def _of_another(row: PlanRow, others: Mapping[str, str]) -> Problem | None:
    return Problem(row.line, "code", others[row.code]) if row.code in others else None


def _change(
    differing: Mapping[int, Mapping[str, object]],
    known: Mapping[int, FilePlanEntry],
    report: ImportReport,
    actor: Actor,
) -> None:
    """Write what differs; files below follow a changed rule by a job."""
    effect = effect_of(differing)
    codes = dict(OrgUnit.objects.values_list("id", "code"))
    changed: list[FilePlanEntry] = []
    names: set[str] = set()
    for pk, values in differing.items():
        entry = known[pk]
        report.differing.append((entry, _texts(entry, values, codes)))
        names.update(name for name, value in values.items() if getattr(entry, name) != value)
        for name, value in values.items():
            setattr(entry, name, value)
        entry.sort_key = plan_sort_key(entry.code, entry.title)
        changed.append(entry)
    fields = sorted(name.removesuffix("_id") for name in names)
    writing.update(changed, [*fields, "sort_key"], actor)
    report.changed = len(changed)
    if not report.dry_run:
        report.job = renew_retention(changed, files_to_renew(effect), actor)


def _texts(
    entry: FilePlanEntry, values: Mapping[str, object], unit_codes: Mapping[int, str]
) -> list[str]:
    """``Bezeichnung: alt → neu`` for each field."""
    others = {name: value for name, value in values.items() if name != "lead_unit_id"}
    found = [f"{label}: {change}" for label, change in differences(entry, others)]
    wanted = values.get("lead_unit_id", entry.lead_unit_id)
    if wanted != entry.lead_unit_id:
        old, new = (unit_codes.get(one or 0, "–") for one in (entry.lead_unit_id, wanted))  # type: ignore[call-overload]
        found.append(_("Federführung: %(old)s → %(new)s") % {"old": old, "new": new})
    return found


def _values(row: PlanRow, units: Mapping[str, int]) -> dict[str, object]:
    return {
        "title": row.title,
        "description": row.description,
        "retention_years": row.retention_years,
        "retention_permanent": row.retention_permanent,
        "retention_start": row.retention_start,
        "transfer_years": row.transfer_years,
        "disposition": row.disposition,
        "confidentiality": row.confidentiality,
        "circle": row.circle,
        "lead_unit_id": units.get(row.lead_unit),
        "retired_on": row.retired_on,
    }


def _levels(new: Sequence[PlanRow], known: Mapping[str, FilePlanEntry]) -> list[list[PlanRow]]:
    """New rows by depth below what exists: a parent needs its id before its children."""
    by_code = {row.code: row for row in new}
    depth: dict[str, int] = {}
    for row in sorted(new, key=lambda r: len(r.code)):
        depth[row.code] = depth[row.parent] + 1 if row.parent in by_code else 0
    levels: dict[int, list[PlanRow]] = defaultdict(list)
    for row in new:
        levels[depth[row.code]].append(row)
    return [levels[number] for number in sorted(levels)]


def _create(
    plan: FilePlan,
    rows: Sequence[PlanRow],
    known: dict[str, FilePlanEntry],
    units: Mapping[str, int],
    actor: Actor,
) -> None:
    entries = [
        FilePlanEntry(
            plan=plan,
            parent=known.get(row.parent),
            code=row.code,
            sort_key=plan_sort_key(row.code, row.title),
            **_values(row, units),
        )
        for row in rows
    ]
    adopt_lineages(entries)
    writing.create(entries, actor)
    for entry in entries:
        entry.ancestors = [*(entry.parent.ancestors if entry.parent else []), entry.pk]
        known[entry.code] = entry
    FilePlanEntry.objects.bulk_update(entries, ["ancestors"], batch_size=500)
