"""Follow-ups: create, complete, postpone, reopen; one is n = 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import Membership, UnitRole, User
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from workflows import calendar, policies
from workflows.calendar import WorkingCalendar
from workflows.choices import Series
from workflows.models import FollowUp
from workflows.querysets import in_the_list_of
from workflows.targets import Target, sources

CREATED = "workflows.follow_up.created"
COMPLETED = "workflows.follow_up.completed"
POSTPONED = "workflows.follow_up.postponed"
REOPENED = "workflows.follow_up.reopened"
FURTHEST = timedelta(days=50 * 366)
STEPS = {
    Series.WEEKLY: relativedelta(weeks=1),
    Series.MONTHLY: relativedelta(months=1),
    Series.YEARLY: relativedelta(years=1),
}


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """A follow-up to create: for the acting person, or for a role of a unit."""

    target: Target
    wished_on: date
    reason: str = ""
    role: UnitRole | None = None
    series: Series = Series.NONE


@dataclass(frozen=True, slots=True)
class Completed:
    """What completing did: done now, done by somebody before, and the next ones of series."""

    done: Sequence[FollowUp]
    before: Sequence[FollowUp]
    following: Sequence[FollowUp]


def create_follow_ups(
    wanted: Sequence[NewFollowUp], *, actor: User, operation: Operation
) -> list[FollowUp]:
    """Create follow-ups; a day that is no working day becomes the next one.

    Raises InvalidInput (past or very distant day), Forbidden (target not visible, foreign unit).
    """
    for one in wanted:
        _require_day(one.wished_on)
    _require_visible([one.target for one in wanted], actor)
    _require_own_units(wanted, actor)
    with transaction.atomic():
        days, home = calendar.load(), _units_of(actor)
        made = FollowUp.objects.bulk_create(
            [_draft(one, days, actor, _unit(one, home)) for one in wanted]
        )
        _record(CREATED, made, actor, operation)
    return made


def complete_follow_ups(
    items: Sequence[FollowUp], *, actor: User, operation: Operation, end_series: bool = False
) -> Completed:
    """Mark as done; each of a series gets its next one unless the series ends here.

    The next one of a series is the first of its days after today: missed ones are not made up for.
    Raises Forbidden (not in the actor's list).
    """
    with transaction.atomic():
        rows = _locked(items, actor)
        opened = [one for one in rows if one.done_at is None]
        for one in opened:
            one.done_at, one.done_by = clock.now(), actor
            one.done_operation_id = operation.pk
        _write(opened, ["done_at", "done_by", "done_operation_id"])
        following = [] if end_series else _continue_series(opened, actor)
        _record(COMPLETED, opened, actor, operation)
        _record(CREATED, following, actor, operation)
    return Completed(opened, [one for one in rows if one not in opened], following)


def postpone_follow_ups(
    items: Sequence[FollowUp],
    wished_on: date,
    *,
    actor: User,
    operation: Operation,
    versions: Mapping[int, int] | None = None,
) -> list[FollowUp]:
    """Move open follow-ups to another day; a series keeps its rhythm.

    ``versions``: the ``row_version`` each form has shown. Raises InvalidInput, Forbidden,
    IllegalState (done meanwhile), LostUpdate.
    """
    _require_day(wished_on)
    with transaction.atomic():
        rows = _locked(items, actor)
        _require_open(rows)
        _require_versions(rows, versions or {})
        due_on = calendar.load().next_working_day(wished_on)
        for one in rows:
            one.wished_on, one.due_on = wished_on, due_on
        _write(rows, ["wished_on", "due_on"])
        _record(POSTPONED, rows, actor, operation)
    return rows


def reopen_follow_ups(done_by: Operation, *, actor: User, operation: Operation) -> list[FollowUp]:
    """Take back what one operation completed; the next ones it made for series go away again.

    Raises Forbidden (not in the actor's list), IllegalState (a next one was worked on already).
    """
    with transaction.atomic():
        done = FollowUp.objects.filter(done_operation_id=done_by.pk)
        rows = _locked(list(done), actor)
        _withdraw_following(rows)
        for one in rows:
            one.done_at = one.done_by = one.done_operation_id = None
        _write(rows, ["done_at", "done_by", "done_operation_id"])
        _record(REOPENED, rows, actor, operation)
    return rows


def _require_day(day: date) -> None:
    today = clock.today()
    if day < today:
        raise InvalidInput(_("Der Tag liegt in der Vergangenheit."), field="wished_on")
    if day > today + FURTHEST:
        raise InvalidInput(_("Der Tag liegt mehr als 50 Jahre voraus."), field="wished_on")


def _require_visible(targets: Sequence[Target], actor: User) -> None:
    for source in sources.entries():
        ids = {one.object_id for one in targets if one.object_type == source.object_type}
        if ids and source.visible_to(actor).filter(pk__in=ids).count() != len(ids):
            raise Forbidden(_("Das dürfen Sie nicht sehen."))


def _require_own_units(wanted: Sequence[NewFollowUp], actor: User) -> None:
    for one in wanted:
        if one.role is not None and not policies.may_give_to_role(actor, one.role):
            raise Forbidden(
                _("Für eine fremde Einheit können Sie keine Wiedervorlage anlegen."),
                next_step=_("Wählen Sie sich selbst oder Ihre eigene Einheit."),
            )


def _units_of(actor: User) -> list[int]:
    rows = Membership.objects.current(clock.today()).filter(user=actor).order_by("pk")
    return list(rows.values_list("unit_role__unit_id", flat=True))


def _unit(one: NewFollowUp, home: Sequence[int]) -> int:
    """Whose head it reaches when it is overdue: the own unit, if possible the one in charge."""
    if one.role is not None:
        return one.role.unit_id
    in_charge = one.target.unit_id
    return in_charge if in_charge in home or not home else home[0]


def _draft(one: NewFollowUp, days: WorkingCalendar, actor: User, unit_id: int) -> FollowUp:
    return FollowUp(
        object_type=one.target.object_type,
        object_id=one.target.object_id,
        object_uuid=one.target.object_uuid,
        owner=None if one.role else actor,
        owner_role=one.role,
        unit_id=unit_id,
        reason=one.reason.strip()[:500],
        wished_on=one.wished_on,
        due_on=days.next_working_day(one.wished_on),
        series=one.series,
        series_start=one.wished_on,
        created_by=actor,
        created_at=clock.now(),
    )


def _locked(items: Sequence[FollowUp], actor: User) -> list[FollowUp]:
    """The rows in key order, locked, all of them in the actor's list."""
    wanted = {one.pk for one in items}
    allowed = set(in_the_list_of(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if allowed != wanted:
        raise Forbidden(
            _("Diese Wiedervorlage steht nicht in Ihrer Liste."),
            next_step=_("Wenden Sie sich an die Person, für die sie angelegt ist."),
        )
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    return list(rows.order_by("pk"))


def _require_open(rows: Sequence[FollowUp]) -> None:
    if any(one.done_at is not None for one in rows):
        raise IllegalState(
            _("Die Wiedervorlage ist inzwischen erledigt."),
            next_step=_("Legen Sie bei Bedarf eine neue an."),
        )


def _require_versions(rows: Sequence[FollowUp], versions: Mapping[int, int]) -> None:
    if any(versions.get(one.pk, one.row_version) != one.row_version for one in rows):
        raise LostUpdate(_("Jemand anderes hat diese Wiedervorlage inzwischen geändert."))


def _write(rows: Sequence[FollowUp], fields: Sequence[str]) -> None:
    for one in rows:
        one.row_version += 1
    if rows:
        FollowUp.objects.bulk_update(rows, [*fields, "row_version"], batch_size=1000)


def _continue_series(done: Sequence[FollowUp], actor: User) -> list[FollowUp]:
    days, today = calendar.load(), clock.today()
    following = []
    for one in done:
        if one.series == Series.NONE:
            continue
        wished = next_of_series(one.series_start, Series(one.series), max(one.wished_on, today))
        following.append(
            FollowUp(
                object_type=one.object_type,
                object_id=one.object_id,
                object_uuid=one.object_uuid,
                owner_id=one.owner_id,
                owner_role_id=one.owner_role_id,
                unit_id=one.unit_id,
                reason=one.reason,
                wished_on=wished,
                due_on=days.next_working_day(wished),
                series=one.series,
                series_start=one.series_start,
                previous=one,
                created_by=actor,
                created_at=clock.now(),
            )
        )
    return FollowUp.objects.bulk_create(following)


def next_of_series(start: date, series: Series, after: date) -> date:
    """The first day of the series after ``after``.

    Counted from its start, so that a monthly one of the 31st comes back to the 31st after February.
    """
    step, count = STEPS[series], 1
    while start + step * count <= after:
        count += 1
    found: date = start + step * count
    return found


def _withdraw_following(rows: Sequence[FollowUp]) -> None:
    following = FollowUp.objects.select_for_update(of=("self",)).filter(previous__in=rows)
    if any(one.done_at is not None or one.row_version > 1 for one in following.order_by("pk")):
        raise IllegalState(
            _("Die nächste Wiedervorlage der Reihe ist schon bearbeitet."),
            next_step=_("Legen Sie bei Bedarf eine neue an."),
        )
    following.delete()


def _record(action: str, rows: Sequence[FollowUp], actor: User, operation: Operation) -> None:
    """Under the target, with the day; a deputy's act names the person represented."""
    represented = policies.on_behalf_of(actor, rows)
    _remember_represented(operation, set(represented.values()))
    entries = [
        AuditRecord.of(
            operation,
            action,
            object_type=one.object_type,
            object_id=one.object_id,
            object_uuid=one.object_uuid,
            digests={"follow_up_id": one.pk, "due_on": one.due_on.isoformat()},
        )
        for one in rows
    ]
    record(
        [
            replace(entry, on_behalf_of_id=represented.get(one.pk))
            for entry, one in zip(entries, rows, strict=True)
        ]
    )


def _remember_represented(operation: Operation, people: set[int]) -> None:
    """The operation names the person represented when it is one."""
    if len(people) == 1 and operation.on_behalf_of_id is None:
        operation.on_behalf_of_id = people.pop()
        operation.save(update_fields=["on_behalf_of_id"])
