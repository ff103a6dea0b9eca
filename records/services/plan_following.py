"""On the day a version of the plan is in force: files follow the positions that were moved.

A file stays in the version it was opened in while its entry stands at the same place with the same
rules and access definitions. Where that changed, the file goes over to the entry in force: its
number stays for life, its period, disposition and rights are reckoned anew (A3, A5, A9, S1).
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.operation import Acting, begin
from records import grants
from records.choices import DispositionType
from records.models import CaseFile, Document, FilePlan, FilePlanEntry
from records.selectors.plan_effects import FOLLOWING_STATES, nearest
from records.selectors.plan_lineage import entries_in_force
from records.selectors.plan_move_effects import ENTRY_KINDS, rules_differ
from records.selectors.retention_rules import resolved
from records.services import retention, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.services.plan_late import copy_late_entries
from records.services.scoping import recompute

FOLLOWING_JOB = "records.file_plan.following"
SYSTEM = "Aktenplan"
Path = Sequence[FilePlanEntry]


def bring_into_force() -> list[Job]:
    """Start what files have to follow in versions whose day has come; one job per version."""
    due = FilePlan.objects.filter(valid_from__lte=clock.today(), files_followed_on=None)
    started = (
        _start(pk) for pk in list(due.order_by("valid_from", "pk").values_list("pk", flat=True))
    )
    return [job for job in started if job is not None]


def _start(plan_id: int) -> Job | None:
    with transaction.atomic():
        plan = FilePlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
        if plan.files_followed_on is not None:
            return None
        plan.files_followed_on = clock.today()
        plan.save(update_fields=["files_followed_on"])
        acting = Acting(actor_id=_drafter(plan), system=SYSTEM)
        actor = Actor(begin("records.file_plan.bring_into_force", acting))
        copy_late_entries(plan, actor)
        ids = list(files_to_follow(plan).order_by("pk").values_list("pk", flat=True))
        record_changes("records.file_plan.in_force", [plan], actor)
        if not ids:
            return None
        title = _("Akten folgen dem Aktenplan „%(plan)s“") % {"plan": plan.title}
        return jobs.start(jobs.Wanted(FOLLOWING_JOB, title, ids), actor.operation)


def _drafter(plan: FilePlan) -> int | None:
    """Who prepared the version watches the job; a plan read in by ``manage.py`` has nobody."""
    rows = FilePlanEntry.history.filter(plan=plan, history_type=writing.CREATED)
    found: int | None = rows.order_by("history_id").values_list("history_user", flat=True).first()
    return found


def files_to_follow(plan: FilePlan) -> QuerySet[CaseFile]:
    """Files of earlier versions whose entry stands, rules or lets see otherwise in this one."""
    now = {e.lineage: e for e in plan.entries.all()}
    rows = FilePlanEntry.objects.filter(lineage__in=now, plan__valid_from__lt=plan.valid_from)
    pairs = [(entry, now[entry.lineage]) for entry in rows]
    differing = [old.pk for old, _new in _differing(pairs)]
    return CaseFile.objects.filter(entry__in=differing, status__in=FOLLOWING_STATES)


Pair = tuple[FilePlanEntry, FilePlanEntry]


def _differing(pairs: Sequence[Pair]) -> list[Pair]:
    known = _paths(one for pair in pairs for one in pair)
    reached = {one.pk for path in known.values() for one in path}
    claims: dict[int, set[tuple[object, ...]]] = {}
    for grant in grants.of_objects(ENTRY_KINDS, reached):
        claim = (grant.group_id, grant.user_id, grant.valid_until)
        claims.setdefault(grant.object_id, set()).add(claim)

    def access(path: Path) -> set[tuple[object, ...]]:
        return {claim for one in path for claim in claims.get(one.pk, ())}

    return [
        (old, new)
        for old, new in pairs
        for before, after in [(known[old.pk], known[new.pk])]
        if [e.lineage for e in before] != [e.lineage for e in after]
        or old.code != new.code
        or rules_differ(before, after)
        or access(before) != access(after)
    ]


def _paths(entries: Iterable[FilePlanEntry]) -> dict[int, Path]:
    """Each entry and those above it, nearest first, by its id."""
    asked = {entry.pk: entry for entry in entries}
    above = FilePlanEntry.objects.in_bulk({a for e in asked.values() for a in e.ancestors})
    return {pk: [above[a] for a in reversed(e.ancestors)] for pk, e in asked.items()}


def follow_entries(case_file_ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Bring files over to their entry in force, in the caller's transaction, one answer for each.

    Refused, and left where they are: files whose entry has entries below it now, or belongs to
    another circle; a person reassigns those.
    """
    files = lock_case_files(case_file_ids)
    files = {pk: f for pk, f in files.items() if f.status in FOLLOWING_STATES}
    later = entries_in_force([f.entry for f in files.values()])
    going = {pk: later[f.entry_id] for pk, f in files.items() if _goes(f, later)}
    paths = _paths(going.values())
    refusals = _refusals({pk: files[pk] for pk in going}, going, paths)
    moved = [files[pk] for pk in going if pk not in refusals]
    for case_file in moved:
        _enter(case_file, going[case_file.pk], paths[going[case_file.pk].pk])
    _write(moved, actor)
    changed = dict.fromkeys((f.pk for f in moved), CHANGED)
    return dict.fromkeys(case_file_ids, UNCHANGED) | refusals | changed


def _goes(case_file: CaseFile, later: Mapping[int, FilePlanEntry]) -> bool:
    entry = later.get(case_file.entry_id)
    return entry is not None and entry.pk != case_file.entry_id


def _refusals(
    files: Mapping[int, CaseFile],
    going: Mapping[int, FilePlanEntry],
    paths: Mapping[int, Path],
) -> dict[int, Result]:
    ids = {entry.pk for entry in going.values()}
    rows = FilePlanEntry.objects.filter(parent__in=ids).order_by()
    with_children = set(rows.values_list("parent_id", flat=True))
    found = {}
    for pk, entry in going.items():
        if entry.pk in with_children:
            found[pk] = refused(
                _("%(code)s hat jetzt Untereinträge. Schreiben Sie die Akte in einen davon um.")
                % {"code": entry.code}
            )
        elif (nearest(paths[entry.pk], "circle") or "") != files[pk].circle:
            found[pk] = refused(
                _(
                    "%(code)s gehört zu einem anderen Berechtigungskreis. Fragen Sie den Datenschutz."
                )
                % {"code": entry.code}
            )
    return found


def _enter(case_file: CaseFile, entry: FilePlanEntry, nearest_first: Path) -> None:
    """The number stays; a decision of the archive (A or V) is never overwritten (A5)."""
    case_file.entry = entry
    retention.apply_rule(case_file, resolved(nearest_first))
    if case_file.disposition == DispositionType.APPRAISE:
        case_file.disposition = nearest(nearest_first, "disposition") or DispositionType.APPRAISE


def _write(files: Sequence[CaseFile], actor: Actor) -> None:
    if not files:
        return
    writing.update(files, ["entry", *retention.FIELDS, "disposition"], actor)
    retention.recompute_matters({f.pk: f for f in files}, actor)
    recompute([f.pk for f in files])
    Document.objects.filter(case_file__in=files).update(indexed_at=None)
    record_changes("records.case_file.followed_plan", files, actor, fields=["entry"])
