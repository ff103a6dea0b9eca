"""On the day of a merge or split: files, follow-ups, baskets and plan entries go to the new unit.

Files go as a job that a person can watch; each keeps its number for life. What cannot go, because
nobody there would see it, stays and is named in the job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import IllegalState, Refusal
from records.choices import CaseFileStatus, IncomingState
from records.grants import GRANT_MODELS
from records.models import CaseFile, Document, Matter, UnitChange
from records.selectors import unit_changes as selectors
from records.selectors.incoming import works_in_basket
from records.selectors.unit_changes import Going, going_of
from records.services import incoming, reassigning, unit_people, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_files import change_metadata
from records.services.case_workers import working_pairs
from records.services.check_outs import RETURNED
from records.services.documents import lock_case_files
from records.services.reassigning import Destination
from records.services.scoping import lock_matters, recompute
from records.unit_followers import unit_followers
from workflows.models import FollowUp
from workflows.services.handing_over import follow_unit, hand_over_follow_ups

logger = structlog.get_logger(__name__)

CARRIED_OUT = "records.unit_change.carried_out"
FILE_MOVED = "records.case_file.followed_unit"
FILES_JOB = "records.unit_change.files"
SYSTEM = "Umgliederung"


def carry_out_due() -> int:
    """Carry out what is due today or was missed; returns how many. Each stands alone."""
    due = UnitChange.objects.filter(
        first_day__lte=clock.today(), carried_out_at=None, withdrawn_at=None
    )
    done = 0
    for pk in list(due.order_by("first_day", "pk").values_list("pk", flat=True)):
        try:
            done += carry_out(pk)
        except Refusal as refusal:
            logger.warning("unit change not carried out", change=pk, reason=refusal.reason)
    return done


def carry_out(change_id: int) -> bool:
    """Hand over one change's work and start the job of its files; False when that is done."""
    with transaction.atomic():
        rows = UnitChange.objects.select_for_update(of=("self",)).select_related("unit", "target")
        change = rows.get(pk=change_id)
        if change.carried_out_at or change.withdrawn_at or change.first_day > clock.today():
            return False
        acting = Acting(actor_id=change.created_by_id, system=SYSTEM)
        actor = Actor(begin("records.unit_change.carry_out", acting))
        going = _with_late(change, actor)
        leavers = _leavers(change)
        _leave_behind(going, leavers, actor)
        change.handed_over = {
            "follow_ups": _take_follow_ups(going, change.target, actor),
            "incoming": _take_incoming(going, change, actor),
            "entries": _take_entries(going, change.target, actor),
            "releases": take_releases(going, change.target),
            "units": take_units_below(going, change.target),
            "further": _take_further(going, change.target, actor),
        }
        change.job = _start_files(change, going, actor)
        change.carried_out_at, change.operation = clock.now(), actor.operation
        change.save()
        record_changes(CARRIED_OUT, [change.unit], actor)
    return True


def _leavers(change: UnitChange) -> list[int]:
    """Whose roles in the old unit the change has ended."""
    rows = Membership.objects.filter(pk__in=map(int, change.former["memberships"]))
    return sorted(set(rows.values_list("user_id", flat=True)))


def _with_late(change: UnitChange, actor: Actor) -> Going:
    """Whoever was given a role in a dissolved unit after the planning goes along."""
    going = going_of(change)
    late = list(selectors.memberships_ending(going, change.first_day)) if going.everything else []
    if not late:
        return going
    people = sorted({*going.people, *(one.user_id for one in late)})
    going = replace(going, people=people)
    former, _made = unit_people.move_people(
        going, change.target, change.first_day, change.first_day, actor
    )
    for name, rows in former.items():
        change.former[name] |= rows
    change.selection = going.stored()
    return going


def _start_files(change: UnitChange, going: Going, actor: Actor) -> Job | None:
    ids = list(selectors.files_going(going).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return None
    facts = {"unit": change.unit.code, "target": change.target.code}
    title = _("Akten gehen von %(unit)s nach %(target)s") % facts
    return jobs.start(jobs.Wanted(FILES_JOB, title, ids, {"change": change.pk}), actor.operation)


def start_again(change: UnitChange, actor: Actor) -> Job:
    """Another try for files that are still with the old unit.

    Raises IllegalState when the first one still runs or nothing is left.
    """
    with transaction.atomic():
        rows = UnitChange.objects.select_for_update(of=("self",)).select_related("unit", "target")
        found = rows.get(pk=change.pk)
        if found.carried_out_at is None or _runs(found.job):
            raise IllegalState(_("Die Akten gehen gerade erst; sehen Sie im Auftrag nach."))
        job = _start_files(found, going_of(found), actor)
        if job is None:
            raise IllegalState(_("Es ist keine Akte mehr bei der bisherigen Einheit."))
        found.job = job
        found.save(update_fields=["job"])
    return job


def _runs(job: Job | None) -> bool:
    return job is not None and job.state in (JobState.WAITING, JobState.RUNNING)


def _leave_behind(going: Going, leavers: Sequence[int], actor: Actor) -> None:
    """What people had in files they left without: locks end, follow-ups go to the Leitung."""
    locks = list(selectors.check_outs_ending(going, leavers))
    selectors.check_outs_ending(going, leavers).delete()
    record_changes(RETURNED, [one.document for one in locks], actor)
    if going.everything:
        return
    _leave_files(going, leavers, actor)
    basket = going.unit.incoming.filter(assignee__in=leavers, state=IncomingState.OPEN)
    incoming.assign_items(list(basket.values_list("pk", flat=True)), None, actor)
    waiting = FollowUp.objects.filter(unit=going.unit, done_at=None, owner__in=leavers)
    kept = waiting.exclude(pk__in=selectors.follow_ups_going(going).values("pk"))
    ids = list(kept.values_list("pk", flat=True))
    hand_over_follow_ups(ids, to=None, operation=actor.operation)


def _leave_files(going: Going, leavers: Sequence[int], actor: Actor) -> None:
    """Open files that stay have nobody for now."""
    rows = CaseFile.objects.filter(
        lead_unit=going.unit, case_worker__in=leavers, status=CaseFileStatus.ACTIVE
    ).exclude(pk__in=selectors.files_going(going).order_by().values("pk"))
    wanted = {pk: {"case_worker": None} for pk in rows.order_by("pk").values_list("pk", flat=True)}
    if wanted:
        change_metadata(wanted, actor)


def _take_follow_ups(going: Going, target: OrgUnit, actor: Actor) -> int:
    ids = list(selectors.follow_ups_going(going).values_list("pk", flat=True))
    return len(follow_unit(ids, target, operation=actor.operation))


def _take_incoming(going: Going, change: UnitChange, actor: Actor) -> int:
    """Into the new basket; who was taking care of an item and works there still does."""
    items = list(selectors.incoming_going(going).order_by("pk").select_related("assignee"))
    if not items:
        return 0
    incoming.forward_items([one.pk for one in items], change.target, actor, reason=SYSTEM)
    for one in items:
        if one.assignee is not None and works_in_basket(one.assignee, change.target):
            incoming.assign_items([one.pk], one.assignee, actor)
    return len(items)


def _take_entries(going: Going, target: OrgUnit, actor: Actor) -> int:
    """New files in these entries are led by the new unit."""
    rows = selectors.entries_going(going).select_for_update(of=("self",)).order_by("pk")
    entries = list(rows)
    for entry in entries:
        entry.lead_unit = target
    writing.update(entries, ["lead_unit"], actor)
    record_changes("records.plan_entry.changed", entries, actor, fields=["lead_unit"])
    return len(entries)


def take_releases(going: Going, target: OrgUnit) -> int:
    """Releases to roles of a dissolved unit name the same roles of the new one; returns how many.

    One that the new role has already stays where it is: nobody holds it any more.
    """
    moved = 0
    for kind, rows in selectors.group_grants_of(going).items():
        model = GRANT_MODELS[kind]
        for row in rows:
            group = ensure_unit_role(target, Role(row.group.unit_role.role)).group_id
            known = model._default_manager.filter(
                group=group, permission=row.permission_id, content_object=row.content_object_id
            )
            if not known.exists():
                moved += model._default_manager.filter(pk=row.pk).update(group=group)
    return moved


def take_units_below(going: Going, target: OrgUnit) -> int:
    """Units below a dissolved one stand below the new one; returns how many."""
    below = [unit for unit in selectors.units_below(going) if unit.pk != target.pk]
    for unit in below:
        unit.parent = target
        unit.save()
    return len(below)


def _take_further(going: Going, target: OrgUnit, actor: Actor) -> int:
    """What upper layers have of a dissolved unit."""
    followers = unit_followers.entries() if going.everything else ()
    return sum(one.follow(going.unit, target, actor) for one in followers)


def move_files(change: UnitChange, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Give files with everything in them to the new unit, in the caller's transaction.

    Refused, and left where they are: files of another circle and those nobody there would see.
    """
    files = {pk: f for pk, f in lock_case_files(ids).items() if f.lead_unit_id == change.unit_id}
    why = _refusals(change, files)
    moved = [f for pk, f in files.items() if pk not in why]
    _give(moved, change.target)
    writing.update(moved, ["lead_unit", "case_worker"], actor)
    _follow_narrowings(moved, change, actor)
    recompute([f.pk for f in moved])
    Document.objects.filter(case_file__in=moved).update(indexed_at=None)
    reassigning.require_sight_after(moved, actor)
    record_changes(FILE_MOVED, moved, actor, fields=["lead_unit"])
    return dict.fromkeys(ids, UNCHANGED) | why | {f.pk: CHANGED for f in moved}


def _refusals(change: UnitChange, files: Mapping[int, CaseFile]) -> dict[int, Result]:
    there = [reassigning.destined(f, Destination(f.entry, change.target)) for f in files.values()]
    found = {pk: refused(one.reason) for pk, one in reassigning.unseen(there).items()}
    for pk, case_file in files.items():
        if case_file.circle and case_file.circle not in change.target.circles:
            found[pk] = refused(
                _("%(unit)s gehört nicht zum Berechtigungskreis der Akte.")
                % {"unit": change.target}
            )
    return found


def _give(files: Sequence[CaseFile], target: OrgUnit) -> None:
    """Whoever works in the new unit keeps working on the file."""
    working = working_pairs([f.case_worker_id for f in files if f.case_worker_id])
    for case_file in files:
        case_file.lead_unit = target
        if (case_file.case_worker_id, target.pk) not in working:
            case_file.case_worker = None


def _follow_narrowings(files: Sequence[CaseFile], change: UnitChange, actor: Actor) -> None:
    """A matter that only some roles of the old unit see is seen by the same roles of the new."""
    rows = Matter.objects.filter(case_file__in=files).exclude(narrow_to=None)
    matters = list(lock_matters(list(rows.values_list("pk", flat=True))).values())
    groups = _same_roles(change) if matters else {}
    changed = []
    for matter in matters:
        after = sorted({groups.get(group, group) for group in matter.narrow_to or ()})
        if after != sorted(matter.narrow_to or ()):
            matter.narrow_to = after
            changed.append(matter)
    writing.update(changed, ["narrow_to"], actor)


def _same_roles(change: UnitChange) -> dict[int, int]:
    """Group of the old unit's role by the group of the same role in the new one."""
    roles = UnitRole.objects.filter(unit=change.unit)
    return {one.group_id: ensure_unit_role(change.target, Role(one.role)).group_id for one in roles}
