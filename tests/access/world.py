"""People and files of the rights tests: the demo city plus the persons its story does not need."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from records.choices import Confidentiality
from records.models import CaseFile, FilePlanEntry
from records.services.actor import Actor
from records.services.case_files import NewCaseFile, open_case_files

DEMO_PEOPLE = (
    "brandt",
    "kruse",
    "voss",
    "lindner",
    "yilmaz",
    "hartmann",
    "seidel",
    "reuter",
    "petersen",
    "kaya",
)

FURTHER_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("sekretariat_50_1", "50.1", Role.SECRETARIAT),
    ("leitung_50_1", "50.1", Role.HEAD),
    ("sachbearbeitung_50_2", "50.2", Role.CLERK),
    ("registratur_50", "50", Role.REGISTRY),
    ("leitung_50", "50", Role.HEAD),
    ("oberbuergermeister", "OB", Role.HEAD),
    ("leitung_d1", "D1", Role.HEAD),
    ("leitung_d3", "D3", Role.HEAD),
    ("leitung_63", "63", Role.HEAD),
    ("sachbearbeitung_20_3", "20.3", Role.CLERK),
    ("leitung_20_3", "20.3", Role.HEAD),
    ("leitung_20", "20", Role.HEAD),
)
WITHOUT_RIGHTS = ("ehemalig", "kuenftig", "gesperrt", "allmacht")
"""Left yesterday, starts tomorrow, account closed, superuser without a role."""
ALL_MIGHTY_CLERK = "allmacht_63_1"
"""A superuser who is a clerk of 63.1: sees what a clerk sees."""


@dataclass
class World:
    """Persons by user name, files by the name the tests give them."""

    people: dict[str, User] = field(default_factory=dict)
    files: dict[str, CaseFile] = field(default_factory=dict)

    def seeing(self, name: str) -> set[str]:
        """User names of everybody to whom ``visible_to`` shows the file."""
        pk = self.files[name].pk
        return {
            username
            for username, person in self.people.items()
            if CaseFile.objects.visible_to(person).filter(pk=pk).exists()
        }


def build() -> World:
    """The people, on top of the demo city."""
    world = World({name: User.objects.get(username=name) for name in DEMO_PEOPLE})
    for username, code, role in FURTHER_PEOPLE:
        world.people[username] = _person(username)
        accounts.give_role(world.people[username], unit(code), role)
    yesterday, tomorrow = (clock.today() + timedelta(days=d) for d in (-1, 1))
    _member(world, "ehemalig", valid_until=yesterday)
    _member(world, "kuenftig", valid_from=tomorrow)
    _member(world, "gesperrt", is_active=False)
    world.people["allmacht"] = _person("allmacht", is_superuser=True)
    world.people[ALL_MIGHTY_CLERK] = _person(ALL_MIGHTY_CLERK, is_superuser=True)
    accounts.give_role(world.people[ALL_MIGHTY_CLERK], unit("63.1"), Role.CLERK)
    return world


def _member(
    world: World,
    username: str,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    is_active: bool = True,
) -> None:
    world.people[username] = _person(username, is_active=is_active)
    accounts.give_role(
        world.people[username],
        unit("50.1"),
        Role.CLERK,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _person(username: str, *, is_active: bool = True, is_superuser: bool = False) -> User:
    return User.objects.create(
        username=username, last_name=username, is_active=is_active, is_superuser=is_superuser
    )


def unit(code: str) -> OrgUnit:
    return OrgUnit.objects.get(code=code)


def group_id(code: str, role: Role) -> int:
    return UnitRole.objects.get(unit__code=code, role=role).group_id


def entry(code: str) -> FilePlanEntry:
    return FilePlanEntry.objects.get(code=code)


def machine() -> Actor:
    """An actor that is neither a person nor a connector: set-up, not under test."""
    return Actor(begin("test", Acting()))


def acting(user: User) -> Actor:
    return Actor(begin("test", Acting(actor_id=user.pk)), user=user)


def open_file(
    entry_code: str, unit_code: str, level: Confidentiality = Confidentiality.INTERNAL
) -> CaseFile:
    wanted = NewCaseFile(
        entry(entry_code), unit(unit_code), f"{entry_code} {level}", confidentiality=level
    )
    return open_case_files([wanted], machine())[0]
