"""On the day of a move: files, follow-ups and locks of the old unit go to the successor."""

import structlog
from django.db import transaction

from goettingen_ecm.accounts.models import Membership
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Refusal
from records.choices import CaseFileStatus
from records.models import CaseFile, StaffMove
from records.selectors.staff_moves import check_outs_of, files_of, follow_ups_of
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_files import change_metadata
from records.services.case_workers import working_pairs
from records.services.check_outs import RETURNED
from workflows.models import FollowUp
from workflows.services.handing_over import hand_over_follow_ups

logger = structlog.get_logger(__name__)

CARRIED_OUT = "records.staff_move.carried_out"
SYSTEM = "Umsetzung"


def carry_out_due() -> int:
    """Hand over what is due today or was missed; returns how many moves. One stands alone."""
    due = StaffMove.objects.filter(
        first_day__lte=clock.today(), carried_out_at=None, withdrawn_at=None
    )
    done = 0
    for pk in list(due.order_by("first_day", "pk").values_list("pk", flat=True)):
        try:
            done += carry_out(pk)
        except Refusal as refusal:
            logger.warning("move not carried out", move=pk, reason=refusal.reason)
    return done


def carry_out(move_id: int) -> bool:
    """Hand over one move's files, follow-ups and locks; False when that is done already."""
    with transaction.atomic():
        rows = StaffMove.objects.select_for_update(of=("self",))
        move = rows.select_related("user", "successor").get(pk=move_id)
        if move.carried_out_at or move.withdrawn_at or move.first_day > clock.today():
            return False
        actor = Actor(begin("records.staff_move.carry_out", Acting(system=SYSTEM)))
        units = _left_units(move)
        move.handed_over = {
            "files": _hand_over_files(move, units, actor),
            "follow_ups": _hand_over_follow_ups(move, units, actor),
            "check_outs": _end_check_outs(move, units, actor),
        }
        move.carried_out_at, move.operation = clock.now(), actor.operation
        move.save(update_fields=["handed_over", "carried_out_at", "operation"])
        record_changes(CARRIED_OUT, [move.user], actor)
    return True


def _left_units(move: StaffMove) -> set[int]:
    ended = Membership.objects.filter(pk__in=[int(pk) for pk in move.former["memberships"]])
    return set(ended.values_list("unit_role__unit_id", flat=True))


def _hand_over_files(move: StaffMove, units: set[int], actor: Actor) -> list[int]:
    """Where the successor does not work in the file's unit, the file has nobody for now."""
    pairs = working_pairs([move.successor_id]) if move.successor_id else set()
    rows = files_of([move.user]).filter(lead_unit__in=units).order_by("pk")
    wanted = {
        pk: {"case_worker": move.successor if (move.successor_id, unit) in pairs else None}
        for pk, unit in rows.values_list("pk", "lead_unit_id")
    }
    if wanted:
        change_metadata(wanted, actor)
    return sorted(wanted)


def _hand_over_follow_ups(move: StaffMove, units: set[int], actor: Actor) -> list[int]:
    ids = list(follow_ups_of([move.user]).filter(unit__in=units).values_list("pk", flat=True))
    given = hand_over_follow_ups(ids, to=move.successor, operation=actor.operation)
    return [one.pk for one in given]


def _end_check_outs(move: StaffMove, units: set[int], actor: Actor) -> list[int]:
    """Locks end, drafts stay versions that the unit can open."""
    rows = list(check_outs_of(move.user, units).select_related("document").order_by("document"))
    documents = [one.document for one in rows]
    check_outs_of(move.user, units).delete()
    record_changes(RETURNED, documents, actor)
    return [one.pk for one in documents]


def take_back(move: StaffMove) -> tuple[int, int]:
    """Give files and follow-ups back; returns how many came back and how many others have now."""
    actor = Actor(begin("records.staff_move.take_back", Acting(system=SYSTEM)))
    files, follow_ups = move.handed_over["files"], move.handed_over["follow_ups"]
    pairs = working_pairs([move.user_id])
    rows = CaseFile.objects.filter(
        pk__in=files, status=CaseFileStatus.ACTIVE, case_worker=move.successor_id
    )
    back = {
        pk: {"case_worker": move.user}
        for pk, unit in rows.order_by("pk").values_list("pk", "lead_unit_id")
        if (move.user_id, unit) in pairs
    }
    if back:
        change_metadata(back, actor)
    waiting = FollowUp.objects.filter(pk__in=follow_ups, owner=move.successor_id)
    ids = list(waiting.values_list("pk", flat=True))
    given = hand_over_follow_ups(ids, to=move.user, operation=actor.operation)
    returned = len(back) + len(given)
    return returned, len(files) + len(follow_ups) - returned
