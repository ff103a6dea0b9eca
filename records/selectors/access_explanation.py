""" "Wer darf das sehen und warum?": every person and group with reasons (requirements S2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from goettingen_ecm.access import everyone
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from records.models import CaseFile
from records.rights import Reason, RightsTable
from records.selectors.deputies import reasons_by_deputy

PEOPLE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Claim:
    """A group or single person with a claim: its name, why, and what took the claim away."""

    label: str
    because: str
    removed_by: str = ""
    principal: int = 0
    user_ids: tuple[int, ...] = ()
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """A person who sees the file now, with every reason; ``removed_by`` when on the deny list."""

    user_id: int
    name: str
    job_title: str
    reasons: tuple[str, ...]
    removed_by: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Who sees one file. ``people`` is in name order and may be shorter than ``people_total``."""

    confidentiality: str
    circle: str
    claims: tuple[Claim, ...]
    removed: tuple[Claim, ...]
    people: tuple[PersonAccess, ...]
    people_total: int
    excluded: tuple[PersonAccess, ...]


def explain(case_file: CaseFile, *, limit: int = PEOPLE_SHOWN) -> Explanation:
    """The whole answer for one case file, computed from the policy, not from the stored scope."""
    table = RightsTable([case_file])
    claims, excluded = _claims(case_file, table), table.excluded(case_file)
    reasons = _reasons_by_person(case_file, claims, excluded)
    people = _people(reasons.keys() | excluded.keys(), reasons, excluded)
    seeing = [p for p in people if not p.removed_by]
    return Explanation(
        confidentiality=case_file.get_confidentiality_display(),
        circle=case_file.get_circle_display() if case_file.circle else "",
        claims=tuple(c for c in claims if not c.removed_by),
        removed=tuple(c for c in claims if c.removed_by),
        people=tuple(seeing[:limit]),
        people_total=len(seeing),
        excluded=tuple(p for p in people if p.removed_by),
    )


def why(user: User, case_file: CaseFile) -> PersonAccess:
    """One person's reasons; none means the person does not see the file."""
    table = RightsTable([case_file])
    excluded = table.excluded(case_file)
    reasons = _reasons_by_person(case_file, _claims(case_file, table), excluded)
    return _people([user.pk], reasons, excluded)[0]


def _claims(case_file: CaseFile, table: RightsTable) -> list[Claim]:
    reasons = table.reasons(case_file)
    group_ids = {r.group_id for r in reasons if r.group_id is not None}
    user_ids = {r.user_id for r in reasons if r.user_id is not None}
    roles = list(UnitRole.objects.filter(group_id__in=group_ids).select_related("unit"))
    holders, labels = _holders_of_groups(group_ids, roles), _group_labels(roles)
    singles = User.objects.in_bulk(list(user_ids))
    inside = _persons_inside(user_ids, case_file.circle)
    claims = []
    for reason in reasons:
        if reason.group_id is not None:
            claim = _claim(reason, labels[reason.group_id], holders[reason.group_id])
        else:
            claim = _single(reason, singles[reason.user_id or 0], inside)
        claims.append(claim)
    return claims


def _claim(reason: Reason, label: str, user_ids: Iterable[int]) -> Claim:
    because = reason.because
    if reason.until is not None:
        because = _("{why} (bis {day})").format(
            why=because, day=date_format(reason.until, "SHORT_DATE_FORMAT")
        )
    people = tuple(sorted(user_ids))
    return Claim(label, because, reason.removed_by, reason.principal, people, reason.group_id)


def _single(reason: Reason, user: User, inside: set[int]) -> Claim:
    """A single person counts only while in service and inside the file's circle."""
    claim = _claim(reason, str(user), [user.pk])
    if claim.removed_by or user.pk in inside:
        return claim
    return replace(claim, removed_by=_("gehört nicht (mehr) zum Berechtigungskreis"))


def _current() -> list[tuple[int, int]]:
    """(group, user) of every membership in force of an active person."""
    rows = Membership.objects.current(clock.today()).filter(user__is_active=True)
    return list(rows.values_list("unit_role__group_id", "user_id"))


def _holders_of_groups(group_ids: set[int], roles: Sequence[UnitRole]) -> Mapping[int, set[int]]:
    """Who holds each group: its members, and for a Leitung those leading above it."""
    members: dict[int, set[int]] = defaultdict(set)
    for group_id, user_id in _current():
        members[group_id].add(user_id)
    held: dict[int, set[int]] = {g: set(members[g]) for g in group_ids}
    for group_id, above in _leading_above([one for one in roles if one.role == Role.HEAD]):
        held[group_id] |= members[above]
    if everyone.group_id() in held:
        held[everyone.group_id()] = {user for users in members.values() for user in users}
    return held


def _heads(group_ids: Iterable[int]) -> list[UnitRole]:
    rows = UnitRole.objects.filter(group_id__in=list(group_ids), role=Role.HEAD)
    return list(rows.select_related("unit"))


def _leading_above(led: Sequence[UnitRole]) -> list[tuple[int, int]]:
    """(led group, leading group): as ``access.principals`` resolves it, seen from below."""
    units = [role.unit for role in led]
    above_ids = {a for unit in units for a in unit.ancestors}
    leading = {
        role.unit_id: role
        for role in UnitRole.objects.filter(unit_id__in=above_ids, role=Role.HEAD).select_related(
            "unit"
        )
    }
    return [
        (role.group_id, leading[a].group_id)
        for role in led
        for a in role.unit.ancestors
        if a != role.unit_id and a in leading and _may_lead(leading[a].unit, role.unit)
    ]


def _may_lead(upper: OrgUnit, lower: OrgUnit) -> bool:
    return set(lower.circles) <= set(upper.circles)


def _persons_inside(user_ids: set[int], circle: str) -> set[int]:
    """Those in service who belong to a unit of the circle (any unit without a circle)."""
    rows = Membership.objects.current(clock.today()).filter(
        user_id__in=user_ids, user__is_active=True
    )
    if circle:
        rows = rows.filter(unit_role__unit__circles__contains=[circle])
    return set(rows.values_list("user_id", flat=True))


def _group_labels(roles: Sequence[UnitRole]) -> dict[int, str]:
    labels = {r.group_id: f"{r.get_role_display()} {r.unit}" for r in roles}
    return {everyone.group_id(): _("alle Beschäftigten")} | labels


def _reasons_by_person(
    case_file: CaseFile, claims: Sequence[Claim], excluded: Mapping[int, str]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for claim in claims:
        for user_id in claim.user_ids if not claim.removed_by else ():
            found[user_id].append(f"{claim.label}: {claim.because}")
    groups = {c.group_id: c.label for c in claims if c.group_id is not None and not c.removed_by}
    deputies = reasons_by_deputy(
        case_file, groups, lambda: _leading_above(_heads(groups)), excluded
    )
    for user_id, reasons in deputies.items():
        found[user_id] += reasons
    return found


def _people(
    user_ids: Iterable[int], reasons: Mapping[int, Sequence[str]], excluded: Mapping[int, str]
) -> list[PersonAccess]:
    users = User.objects.filter(pk__in=list(user_ids)).order_by("sort_key", "id")
    return [
        PersonAccess(
            user_id=user.pk,
            name=str(user),
            job_title=user.job_title,
            reasons=tuple(reasons.get(user.pk, ())),
            removed_by=excluded.get(user.pk, ""),
        )
        for user in users
    ]
