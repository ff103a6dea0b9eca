"""Random changes of rights; ``visible_to`` and an independent SQL oracle must agree (S1-S3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.access import everyone
from goettingen_ecm.accounts.choices import Circle, Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from records.choices import Confidentiality, Direction
from records.grants import GrantKind
from records.models import CaseFile, CaseFileExclusion, Document, Matter
from records.services.matters import NewMatter, open_matters
from records.services.rights import NewGrant, change_confidentiality, write_grants
from records.services.scoping import recompute
from tests.access import oracle
from tests.access import world as w

ENTRIES = ("63", "63.10", "50", "50.10", "20", "20.30", "00")
GROUPS: tuple[tuple[str, Role], ...] = (
    ("50.2", Role.CLERK),
    ("50.1", Role.SECRETARIAT),
    ("50", Role.HEAD),
    ("10", Role.REGISTRY),
    ("63.1", Role.CLERK),
    ("20.3", Role.HEAD),
    ("41", Role.ARCHIVE),
)
DAYS = st.sampled_from([None, -1, 0, 1])
Step = tuple[str, int, int, int | None]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["file_group", "file_user", "entry_group", "entry_user", "exclude", "level",
             "narrow", "leave", "move", "circle", "everybody"]
        ),
        st.integers(0, 1000),
        st.integers(0, 1000),
        DAYS,
    ),
    max_size=10,
)  # fmt: skip


class Walk:
    """Applies random steps to a world; every step is a change somebody can make."""

    def __init__(self, world: w.World) -> None:
        self.world = world
        self.files = list(world.files.values())
        self.people = list(world.people.values())
        self.matters = list(Matter.objects.order_by("id"))

    def apply(self, step: Step) -> None:
        name, first, second, days = step
        change: Callable[[int, int, int | None], None] = getattr(self, name)
        change(first, second, days)

    def file_group(self, first: int, second: int, days: int | None) -> None:
        group = w.group_id(*GROUPS[second % len(GROUPS)])
        self._grant(self._file(first).pk, GrantKind.FILE_GROUP, days, group_id=group)

    def file_user(self, first: int, second: int, days: int | None) -> None:
        self._grant(
            self._file(first).pk, GrantKind.FILE_USER, days, user_id=self._person(second).pk
        )

    def entry_group(self, first: int, second: int, days: int | None) -> None:
        entry = w.entry(ENTRIES[first % len(ENTRIES)])
        group = w.group_id(*GROUPS[second % len(GROUPS)])
        self._grant(entry.pk, GrantKind.ENTRY_GROUP, days, group_id=group)

    def entry_user(self, first: int, second: int, days: int | None) -> None:
        entry = w.entry(ENTRIES[first % len(ENTRIES)])
        self._grant(entry.pk, GrantKind.ENTRY_USER, days, user_id=self._person(second).pk)

    def everybody(self, first: int, second: int, days: int | None) -> None:
        group = everyone.group_id()
        self._grant(self._file(first).pk, GrantKind.FILE_GROUP, days, group_id=group)

    def exclude(self, first: int, second: int, days: int | None) -> None:
        CaseFileExclusion.objects.get_or_create(
            case_file=self._file(first), user=self._person(second), defaults={"reason": "befangen"}
        )

    def level(self, first: int, second: int, days: int | None) -> None:
        level = list(Confidentiality)[second % 3]
        change_confidentiality({self._file(first).pk: level}, w.machine())

    def narrow(self, first: int, second: int, days: int | None) -> None:
        groups = [w.group_id(*GROUPS[second % len(GROUPS)]), w.group_id("50.1", Role.CLERK)]
        matter = self.matters[first % len(self.matters)]
        Matter.objects.filter(pk=matter.pk).update(narrow_to=groups)

    def leave(self, first: int, second: int, days: int | None) -> None:
        last = clock.today() + timedelta(days=days) if days is not None else None
        Membership.objects.filter(user=self._person(first)).update(valid_until=last)

    def move(self, first: int, second: int, days: int | None) -> None:
        unit = w.unit(("50", "63", "50.1", "20.3")[first % 4])
        unit.parent = w.unit(("D1", "D2", "D3", "OB")[second % 4])
        unit.save()

    def circle(self, first: int, second: int, days: int | None) -> None:
        unit = w.unit(("50.1", "D2", "20", "63.1")[first % 4])
        unit.circles = [[], [Circle.SOCIAL], [Circle.TAX, Circle.SOCIAL]][second % 3]
        unit.save()

    def _file(self, number: int) -> CaseFile:
        return self.files[number % len(self.files)]

    def _person(self, number: int) -> User:
        return self.people[number % len(self.people)]

    def _grant(self, object_id: int, kind: GrantKind, days: int | None, **whom: Any) -> None:
        until = clock.today() + timedelta(days=days) if days is not None else None
        wish = NewGrant(object_id, "Zufall", valid_until=until, **whom)
        kinds = (GrantKind.FILE_GROUP, GrantKind.FILE_USER)
        if kind not in kinds:
            kinds = (GrantKind.ENTRY_GROUP, GrantKind.ENTRY_USER)
        write_grants([wish], *kinds, w.machine())


def seen_by_product(model: type[Any], users: list[User]) -> set[tuple[int, int]]:
    fresh = User.objects.in_bulk([user.pk for user in users]).values()
    return {
        (user.pk, pk)
        for user in fresh
        for pk in model.objects.visible_to(user).values_list("pk", flat=True)
    }


def with_matters(world: w.World) -> None:
    """Each file gets a matter, its first one also a sub-matter with a document."""
    files = list(CaseFile.objects.order_by("id"))
    matters = open_matters([NewMatter(f, "Vorgang") for f in files], w.machine())
    subs = open_matters([NewMatter(f, "Teilvorgang") for f in files], w.machine())
    for matter, sub in zip(matters, subs, strict=True):
        Matter.objects.filter(pk=sub.pk).update(parent=matter)
        Document.objects.create(
            case_file_id=sub.case_file_id,
            matter=sub,
            title="Schreiben",
            direction=Direction.INCOMING,
            filed_at=clock.now(),
            sort_date=clock.today(),
            scope_id=sub.scope_id,
        )


@pytest.fixture
def busy_world(world: w.World) -> w.World:
    with_matters(world)
    return world


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_s1_visible_to_agrees_with_the_oracle(busy_world: w.World, steps: list[Step]) -> None:
    with transaction.atomic():
        walk = Walk(busy_world)
        for step in steps:
            walk.apply(step)
        recompute([file.pk for file in walk.files])
        compare(busy_world)
        # Tomorrow nothing is recomputed, yet ended grants and memberships must not count.
        with clock.fixed(clock.now() + timedelta(days=1)):
            compare(busy_world)
        transaction.set_rollback(True)


def compare(world: w.World) -> None:
    people = list(world.people.values())
    ids = {person.pk for person in people}
    expected = {pair for pair in oracle.files_seen(clock.today()) if pair[0] in ids}
    assert seen_by_product(CaseFile, people) == expected
    expected = {pair for pair in oracle.matters_seen(clock.today()) if pair[0] in ids}
    assert seen_by_product(Matter, people) == expected
    of_matters = {(d.matter_id, d.pk) for d in Document.objects.all()}
    documents = {(user, d) for user, matter in expected for m, d in of_matters if m == matter}
    assert seen_by_product(Document, people) == documents


def test_the_oracle_itself_knows_the_demo_story(busy_world: w.World) -> None:
    """The oracle is checked by hand once, so that both cannot be wrong alike."""
    seen = oracle.files_seen(clock.today())
    file = busy_world.files["soziales intern"]
    names = {name for name, p in busy_world.people.items() if (p.pk, file.pk) in seen}
    assert names == {"brandt", "leitung_50_1", "leitung_50", "voss", "sekretariat_50_1"}
    assert UnitRole.objects.filter(group_id__in=[w.group_id(*g) for g in GROUPS]).count() == 7
    assert OrgUnit.objects.filter(code="OB", circles=[]).exists()
