"""What lines of a list of people and roles would change: compared in three queries for any number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from goettingen_ecm.access.staff_file import Problem, StaffLine
from goettingen_ecm.accounts.models import Membership, OrgUnit, User, din5007_key
from goettingen_ecm.operations import clock


class LineState(StrEnum):
    NEW = "neu"
    CHANGED = "geaendert"
    UNCHANGED = "unveraendert"
    REFUSED = "fehler"


@dataclass(frozen=True, slots=True)
class Compared:
    """What would become of one line: its state and, in German, what changes or why it cannot."""

    line: int
    login: str
    state: LineState
    name: str = ""
    place: str = ""
    changes: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(slots=True)
class StaffPlan:
    """What is to be written for the lines that can be taken, and what each line would do.

    People and memberships carry their new values already; ``new_roles`` are not saved yet.
    """

    states: dict[int, Compared] = field(default_factory=dict)
    new_people: list[User] = field(default_factory=list)
    changed_people: dict[int, tuple[User, set[str]]] = field(default_factory=dict)
    new_roles: list[tuple[User, OrgUnit, StaffLine]] = field(default_factory=list)
    changed_roles: list[Membership] = field(default_factory=list)


class _Refused(Exception):  # noqa: N818 - ends one line, is no error of the program
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.field = name
        self.reason = reason


class _Known:
    """The people, units and memberships that lines name; with ``lock`` the people are locked."""

    def __init__(self, lines: Sequence[StaffLine], *, lock: bool) -> None:
        people = User.objects.annotate(login=Lower("username")).order_by("pk")
        people = people.filter(login__in={line.login for line in lines})
        rows = list(people.select_for_update() if lock else people)
        self.people: dict[str, User] = {one.username.lower(): one for one in rows}
        codes = {line.unit for line in lines}
        self.units = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=codes)}
        held = Membership.objects.filter(user__in=rows, unit_role__unit__code__in=codes)
        self._held: dict[tuple[int, int, str], list[Membership]] = {}
        for one in held.select_related("unit_role", "user").order_by("pk"):
            key = (one.user_id, one.unit_role.unit_id, one.unit_role.role)
            self._held.setdefault(key, []).append(one)

    def held(self, person: User, unit: OrgUnit, line: StaffLine) -> list[Membership]:
        return self._held.get((person.pk or 0, unit.pk, line.role), [])


def plan_lines(lines: Sequence[StaffLine], actor: User | None, *, lock: bool = False) -> StaffPlan:
    """Compare the lines, one after the other; writes nothing."""
    known, plan = _Known(lines, lock=lock), StaffPlan()
    for line in lines:
        try:
            state, changes = _take(line, known, plan, actor)
            problem = None
        except _Refused as refused:
            state, changes = LineState.REFUSED, []
            problem = Problem(line.line, refused.field, refused.reason)
        plan.states[line.line] = Compared(
            line.line,
            line.login,
            state,
            line.display_name,
            f"{line.role.label} {line.unit}",
            tuple(changes),
            problem,
        )
    return plan


def _take(
    line: StaffLine, known: _Known, plan: StaffPlan, actor: User | None
) -> tuple[LineState, list[str]]:
    unit = _unit(line, known)
    person = known.people.get(line.login)
    if person is None:
        return LineState.NEW, _take_new_person(line, unit, known, plan)
    _require_person(person)
    membership = _meant(line, known.held(person, unit, line))
    dates = _dates(line, membership)
    if actor is not None and person.pk == actor.pk and (membership is None or dates):
        raise _Refused("login", _("Die eigenen Rollen vergibt jemand anderes."))
    changes = _change_person(line, person, plan)
    if membership is None:
        plan.new_roles.append((person, unit, line))
        return LineState.NEW, [_("Rolle neu"), *changes]
    if dates is not None:
        changes.append(_("Zeitraum bisher %(days)s") % {"days": _period(membership)})
        membership.valid_from, membership.valid_until = dates
        plan.changed_roles.append(membership)
    return (LineState.CHANGED if changes else LineState.UNCHANGED), changes


def _unit(line: StaffLine, known: _Known) -> OrgUnit:
    unit = known.units.get(line.unit)
    if unit is None:
        raise _Refused("unit", _("Eine Einheit „%(code)s“ gibt es nicht.") % {"code": line.unit})
    if unit.valid_until is not None and unit.valid_until < clock.today():
        raise _Refused("unit", _("Die Einheit %(code)s besteht nicht mehr.") % {"code": line.unit})
    return unit


def _take_new_person(line: StaffLine, unit: OrgUnit, known: _Known, plan: StaffPlan) -> list[str]:
    if not line.last_name:
        raise _Refused("name", _("Für eine neue Person fehlt der Name."))
    _require_not_over(line)
    person = User(
        username=line.login,
        first_name=line.first_name,
        last_name=line.last_name,
        display_name=line.display_name,
        email=line.email,
        sort_key=din5007_key(f"{line.last_name} {line.first_name}"),
        password=make_password(None),
    )
    known.people[line.login] = person
    plan.new_people.append(person)
    plan.new_roles.append((person, unit, line))
    return [_("Person und Rolle neu")]


def _require_person(person: User) -> None:
    if person.is_technical:
        raise _Refused("login", _("Das ist die technische Kennung einer Schnittstelle."))
    if not person.is_active:
        raise _Refused(
            "login", _("Die Kennung ist gesperrt; entsperren Sie sie zuerst in den Stammdaten.")
        )


def _require_not_over(line: StaffLine) -> None:
    if line.valid_until is not None and line.valid_until < clock.today():
        raise _Refused("valid_until", _("Das Ende liegt in der Vergangenheit."))


def _meant(line: StaffLine, rows: Iterable[Membership]) -> Membership | None:
    """The membership a line speaks of: the one with its days, else the present or coming one."""
    for one in rows:
        if line.valid_until and (one.valid_from, one.valid_until) == (
            line.valid_from,
            line.valid_until,
        ):
            return one
    today = clock.today()
    touching = [
        one
        for one in rows
        if (one.valid_until is None or one.valid_until >= today) and _touches(one, line)
    ]
    if len(touching) > 1:
        raise _Refused(
            "role",
            _("Die Person hat diese Rolle mehrfach; ordnen Sie das zuerst in den Stammdaten."),
        )
    return touching[0] if touching else None


def _touches(one: Membership, line: StaffLine) -> bool:
    begin, end = one.valid_from or date.min, one.valid_until or date.max
    return begin <= (line.valid_until or date.max) and end >= (line.valid_from or date.min)


def _dates(
    line: StaffLine, membership: Membership | None
) -> tuple[date | None, date | None] | None:
    """New first and last day of the membership, None when they stay; an empty cell changes none."""
    if membership is None:
        _require_not_over(line)
        return None
    begin = line.valid_from or membership.valid_from
    end = None if line.unlimited else line.valid_until or membership.valid_until
    if (begin, end) == (membership.valid_from, membership.valid_until):
        return None
    _require_not_over(line)
    if begin and end and end < begin:
        raise _Refused("valid_until", _("Das Ende liegt vor dem Beginn."))
    return begin, end


def _period(one: Membership) -> str:
    begin = one.valid_from.strftime("%d.%m.%Y") if one.valid_from else _("ohne Beginn")
    end = one.valid_until.strftime("%d.%m.%Y") if one.valid_until else _("unbefristet")
    return f"{begin} – {end}"


def _change_person(line: StaffLine, person: User, plan: StaffPlan) -> list[str]:
    """Name and address as the line says; an empty cell says nothing."""
    changes, fields = [], set()
    if line.last_name and person.display_name != line.display_name:
        changes.append(_("Name bisher %(old)s") % {"old": person})
        person.first_name, person.last_name = line.first_name, line.last_name
        person.display_name = line.display_name
        person.sort_key = din5007_key(f"{line.last_name} {line.first_name}")
        fields |= {"first_name", "last_name", "display_name"}
    if line.email and person.email != line.email:
        changes.append(_("E-Mail bisher %(old)s") % {"old": person.email or _("ohne")})
        person.email = line.email
        fields.add("email")
    if fields and person.pk is not None:
        known = plan.changed_people.setdefault(person.pk, (person, set()))[1]
        known |= fields
    return changes
