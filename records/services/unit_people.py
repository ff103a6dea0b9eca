"""Roles, substitutions and personal releases when a unit is merged or split, and their way back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.operations import clock
from records.grants import GRANT_MODELS, GrantKind
from records.models import UnitChange
from records.selectors import unit_changes as selectors
from records.selectors.unit_changes import Going
from records.services.actor import Actor

CAUSE = "Umgliederung"


def move_people(
    going: Going, target: OrgUnit, begin: date, day: date, actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """End what is in force on ``day`` before ``begin`` and let those who go begin in the target.

    Returns what stood there before and what is new, by table and id.
    """
    last_day = begin - timedelta(days=1)
    ending = list(selectors.memberships_ending(going, day))
    substitutions = list(selectors.substitutions_ending(going, day))
    grants = selectors.grants_ending(going, sorted({one.user_id for one in ending}), day)
    former: dict[str, Any] = {
        "memberships": {str(one.pk): iso(one.valid_until) for one in ending},
        "substitutions": {str(one.pk): iso(one.valid_until) for one in substitutions},
        "grants": {f"{kind:d}/{row.pk}": iso(row.valid_until) for kind, row in grants},
    }
    made = {
        "memberships": _begin_roles(going, ending, target, begin),
        "substitutions": _begin_substitutions(going, substitutions, target, begin, actor),
    }
    _end_roles(ending, last_day)
    _end_substitutions(substitutions, last_day, actor)
    for kind, row in grants:
        GRANT_MODELS[kind]._default_manager.filter(pk=row.pk).update(valid_until=last_day)
    return former, made


def _end_roles(ending: Sequence[Membership], last_day: date) -> None:
    """One that began with the day itself (a preview for today) is over before it began."""
    for one in ending:
        one.valid_until = last_day
    Membership.objects.bulk_update(ending, ["valid_until"])


def _begin_roles(
    going: Going, ending: Sequence[Membership], target: OrgUnit, begin: date
) -> list[int]:
    """The same roles in the target, as long as they would have lasted; none is given twice.

    Whoever was to begin later begins later there, too.
    """
    people = set(going.people)
    held = {
        (one.user_id, one.unit_role.role): one.valid_until
        for one in Membership.objects.current(begin).filter(unit_role__unit=target)
    }
    wanted = []
    for one in ending:
        known = (one.user_id, one.unit_role.role)
        if one.user_id not in people or (known in held and held[known] is None):
            continue
        wanted.append(
            Membership(
                user_id=one.user_id,
                unit_role=ensure_unit_role(target, Role(one.unit_role.role)),
                valid_from=max(begin, one.valid_from or begin),
                valid_until=one.valid_until,
                cause=one.cause or CAUSE,
            )
        )
    return [one.pk for one in Membership.objects.bulk_create(wanted)]


def _end_substitutions(rows: Sequence[Substitution], last_day: date, actor: Actor) -> None:
    """On the last day; one that would begin later ends now."""
    for one in rows:
        one.row_version += 1
        if one.valid_from > last_day:
            one.ended_at, one.ended_by = clock.now(), actor.user
        else:
            one.valid_until = last_day
    fields = ["valid_until", "ended_at", "ended_by", "row_version"]
    Substitution.objects.bulk_update(rows, fields)


def _begin_substitutions(
    going: Going, rows: Sequence[Substitution], target: OrgUnit, begin: date, actor: Actor
) -> list[int]:
    """Whoever goes is represented in the new role by the same person for the same time."""
    wanted = [
        Substitution(
            represented_id=one.represented_id,
            deputy_id=one.deputy_id,
            unit_role=ensure_unit_role(target, Role(one.unit_role.role)),
            valid_from=max(one.valid_from, begin),
            valid_until=one.valid_until,
            includes_confidential=one.includes_confidential,
            created_by_id=actor.user_id or one.created_by_id,
            created_at=clock.now(),
        )
        for one in rows
        if one.represented_id in set(going.people) and one.unit_role is not None
    ]
    return [one.pk for one in Substitution.objects.bulk_create(wanted)]


def restore_people(change: UnitChange, actor: Actor) -> None:
    """What somebody has changed since is left as it is."""
    last_day = change.first_day - timedelta(days=1)
    Membership.objects.filter(pk__in=change.made["memberships"]).delete()
    Substitution.objects.filter(pk__in=change.made["substitutions"]).update(
        ended_at=clock.now(), ended_by=actor.user
    )
    for pk, until in change.former["memberships"].items():
        rows = Membership.objects.filter(pk=int(pk), valid_until=last_day)
        rows.update(valid_until=day_of(until))
    for pk, until in change.former["substitutions"].items():
        for one in Substitution.objects.filter(pk=int(pk)):
            one.valid_until, one.ended_at, one.ended_by = day_of(until) or last_day, None, None
            one.row_version += 1
            one.save(update_fields=["valid_until", "ended_at", "ended_by", "row_version"])
    for key, until in change.former["grants"].items():
        kind, pk = key.split("/")
        rows = GRANT_MODELS[GrantKind(int(kind))]._default_manager.filter(pk=int(pk))
        rows.filter(valid_until=last_day).update(valid_until=day_of(until))


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
