"""How far a unit is: the readiness list and what is not filed yet (requirements U3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.access.policies import led_units, may_change_staff
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, User
from goettingen_ecm.operations import clock
from records.models import CaseFile, FilePlanEntry, UnitTraining
from records.roll_out import Span, unfiled

WEEKS = 8
NEEDED_ROLES = (Role.HEAD, Role.CLERK)


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the roll-out; ``url_name`` is where to do what is missing."""

    label: str
    done: bool
    text: str
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kind of thing not filed yet."""

    label: str
    count: int
    url_name: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the overview."""

    unit: OrgUnit
    people: int
    files: int


def units_for(user: User) -> QuerySet[OrgUnit]:
    """All units for the Fachadministration, the own ones (and those below) for a Leitung."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today())
    rows = OrgUnit.objects.filter(lasting).order_by("code")
    return rows if may_change_staff(user) else rows.filter(pk__in=led_units(user))


def overview(user: User) -> list[UnitLine]:
    """Every unit with its people and files."""
    units = list(units_for(user))
    people = dict(
        _staff(units).values_list("unit_role__unit").annotate(n=Count("user", distinct=True))
    )
    files = dict(
        CaseFile.objects.filter(lead_unit__in=units)
        .order_by()
        .values_list("lead_unit")
        .annotate(n=Count("pk"))
    )
    return [UnitLine(unit, people.get(unit.pk, 0), files.get(unit.pk, 0)) for unit in units]


def _staff(units: Sequence[OrgUnit]) -> QuerySet[Membership]:
    rows = Membership.objects.current(clock.today()).filter(unit_role__unit__in=units)
    return rows.filter(user__is_active=True, user__is_technical=False).order_by()


@dataclass(frozen=True, slots=True)
class _Staff:
    """The people of a unit today: (id, role) and who cannot log in yet."""

    held: frozenset[tuple[int, str]]
    without_password: frozenset[int]

    @property
    def people(self) -> set[int]:
        return {user_id for user_id, _role in self.held}

    def holding(self, role: Role) -> set[int]:
        return {user_id for user_id, one in self.held if one == role}


def _staff_of(unit: OrgUnit) -> _Staff:
    rows = list(_staff([unit]).values_list("user", "unit_role__role", "user__password"))
    return _Staff(
        frozenset((user_id, role) for user_id, role, _password in rows),
        frozenset(pk for pk, _role, text in rows if text.startswith(UNUSABLE_PASSWORD_PREFIX)),
    )


def checks(unit: OrgUnit, held: Sequence[UnitTraining]) -> list[Check]:
    """The readiness list, in the order things are done; ``held`` are the unit's trainings."""
    staff = _staff_of(unit)
    return [
        _people(staff),
        _passwords(staff),
        _roles(staff),
        _plan_entries(unit),
        _deputies(staff),
        _training(held),
        _files(unit),
    ]


def _people(staff: _Staff) -> Check:
    number = len(staff.people)
    text = ngettext("%(n)s Person", "%(n)s Personen", number) % {"n": number}
    return Check(_("Personen eingelesen"), number > 0, text, "staff-import")


def _passwords(staff: _Staff) -> Check:
    waiting = len(staff.without_password)
    text = ngettext(
        "%(n)s Person hat noch kein Passwort", "%(n)s Personen haben noch kein Passwort", waiting
    ) % {"n": waiting}
    done = bool(staff.people) and not waiting
    return Check(_("Alle können sich anmelden"), done, text, "staff-import")


def _roles(staff: _Staff) -> Check:
    missing = [str(role.label) for role in NEEDED_ROLES if not staff.holding(role)]
    text = _("es fehlt: %(roles)s") % {"roles": ", ".join(missing)} if missing else _("vergeben")
    return Check(_("Leitung und Sachbearbeitung vergeben"), not missing, text, "staff-import")


def _plan_entries(unit: OrgUnit) -> Check:
    lasting = Q(retired_on__isnull=True) | Q(retired_on__gt=clock.today())
    led = FilePlanEntry.objects.filter(lasting, lead_unit=unit)
    states = list(led.values_list("locked", flat=True))
    number, locked = states.count(False), states.count(True)
    text = ngettext("%(n)s Eintrag offen", "%(n)s Einträge offen", number) % {"n": number}
    if locked:
        text += _(", %(n)s gesperrt") % {"n": locked}
    return Check(_("Aktenplan freigegeben"), number > 0, text, "file-plan")


def _deputies(staff: _Staff) -> Check:
    heads = staff.holding(Role.HEAD)
    represented = Substitution.objects.filter(
        represented__in=heads, ended_at__isnull=True, valid_until__gte=clock.today()
    )
    missing = len(heads) - represented.values("represented").distinct().count()
    done = bool(heads) and not missing
    text = _("eingerichtet") if done else _("für die Leitung ist niemand eingetragen")
    return Check(_("Vertretung der Leitung"), done, text, "substitutions")


def _training(held: Sequence[UnitTraining]) -> Check:
    if not held:
        return Check(_("Schulung gehalten"), False, _("nicht vermerkt"))
    day = f"{held[0].held_on:%d.%m.%Y}"
    return Check(_("Schulung gehalten"), True, _("zuletzt am %(day)s") % {"day": day})


def _files(unit: OrgUnit) -> Check:
    number = CaseFile.objects.filter(lead_unit=unit).count()
    text = ngettext("%(n)s Akte", "%(n)s Akten", number) % {"n": number}
    return Check(_("Erste Akten angelegt"), number > 0, text, "case-file-new")


def waiting(unit: OrgUnit) -> list[Waiting]:
    """What is not filed yet, by kind."""
    return [Waiting(str(one.label), one.count(unit), one.url_name) for one in unfiled.entries()]


def waiting_by_week(unit: OrgUnit) -> list[tuple[datetime, int]]:
    """How many things waited at the end of each of the last weeks, of kinds whose times are known.

    The last moment is now. Kinds without times (drafts) are not in it.
    """
    now = clock.now()
    moments = [now - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    spans: list[Span] = [
        span
        for source in unfiled.entries()
        if source.spans is not None
        for span in source.spans(unit, moments[0])
    ]
    return [(moment, sum(_waits(span, moment) for span in spans)) for moment in moments]


def _waits(span: Span, moment: datetime) -> bool:
    begun, ended = span
    return begun <= moment and (ended is None or ended > moment)


def trainings(unit: OrgUnit) -> list[UnitTraining]:
    """Trainings noted, newest first."""
    rows = UnitTraining.objects.filter(unit=unit).select_related("noted_by")
    return list(rows.order_by("-held_on")[:20])
