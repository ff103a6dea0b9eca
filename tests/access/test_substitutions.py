"""Substitution (W6): what a deputy sees, against an independent SQL oracle and by hand."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, Substitution, UnitRole, User
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.grants import GrantKind
from records.models import CaseFile, CaseFileExclusion, Matter
from records.selectors import access_explanation
from records.services.rights import NewGrant, change_confidentiality, write_grants
from records.services.scoping import recompute
from tests.access import substitution_oracle as oracle
from tests.access import world as w
from tests.access.test_oracle import DAYS, Walk, seen_by_product, with_matters

SOCIAL, CONFIDENTIAL = "soziales intern", "soziales vertraulich"


def substitute(represented: User, deputy: User, **values: Any) -> Substitution:
    facts = {"valid_from": clock.today(), "valid_until": clock.today()} | values
    return Substitution.objects.create(
        represented=represented,
        deputy=deputy,
        created_by=represented,
        created_at=clock.now(),
        **facts,
    )


def colleague(world: w.World, name: str = "winter", code: str = "50.2") -> User:
    """Works with social data too, in another unit."""
    user = User.objects.create(username=name, last_name=name.title())
    Membership.objects.create(
        user=user, unit_role=UnitRole.objects.get(unit__code=code, role=Role.CLERK)
    )
    world.people[name] = user
    return user


def sees(user: User, world: w.World, name: str) -> bool:
    fresh = User.objects.get(pk=user.pk)
    return CaseFile.objects.visible_to(fresh).filter(pk=world.files[name].pk).exists()


@pytest.fixture
def absent(world: w.World) -> User:
    return world.people["brandt"]


@pytest.fixture
def deputy(world: w.World) -> User:
    return colleague(world)


class TestByHand:
    def test_w6_the_deputy_sees_the_unit_of_the_absent_for_that_time(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        assert not sees(deputy, world, SOCIAL)
        substitute(absent, deputy)
        assert sees(deputy, world, SOCIAL)
        with clock.fixed(clock.now() + timedelta(days=1)):
            assert not sees(deputy, world, SOCIAL)

    def test_w6_confidential_files_only_when_it_says_so(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        one = substitute(absent, deputy)
        assert not sees(deputy, world, CONFIDENTIAL)
        one.includes_confidential = True
        one.save()
        assert sees(deputy, world, CONFIDENTIAL)

    def test_w6_a_file_made_confidential_is_gone_at_once(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        substitute(absent, deputy)
        change_confidentiality({world.files[SOCIAL].pk: Confidentiality.CONFIDENTIAL}, w.machine())
        assert sees(absent, world, SOCIAL)
        assert not sees(deputy, world, SOCIAL)

    @pytest.mark.parametrize("excluded", ["brandt", "winter"])
    def test_w6_what_either_is_excluded_from_is_not_seen(
        self, excluded: str, world: w.World, absent: User, deputy: User
    ) -> None:
        substitute(absent, deputy, includes_confidential=True)
        CaseFileExclusion.objects.create(
            case_file=world.files[SOCIAL], user=world.people[excluded], reason="befangen"
        )
        recompute([world.files[SOCIAL].pk])
        assert not sees(deputy, world, SOCIAL)
        assert sees(deputy, world, CONFIDENTIAL)

    def test_s3_a_deputy_outside_the_circle_does_not_get_in(
        self, world: w.World, absent: User
    ) -> None:
        outsider = world.people["kruse"]
        substitute(absent, outsider, includes_confidential=True)
        assert not sees(outsider, world, SOCIAL)
        assert rights_of(outsider).borrowed == ()

    def test_w6_ended_early_it_ends_at_once(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        one = substitute(absent, deputy, valid_until=clock.today() + timedelta(days=9))
        assert sees(deputy, world, SOCIAL)
        one.ended_at = clock.now()
        one.save()
        assert not sees(deputy, world, SOCIAL)

    def test_w6_only_the_named_role(self, world: w.World, absent: User, deputy: User) -> None:
        second = UnitRole.objects.get(unit__code="50.3", role=Role.SECRETARIAT)
        Membership.objects.create(user=absent, unit_role=second)
        substitute(absent, deputy, unit_role=second)
        assert not sees(deputy, world, SOCIAL)
        assert rights_of(deputy).has_role_in(second.unit_id, Role.SECRETARIAT)

    def test_a_substitution_is_not_passed_on(self, world: w.World, absent: User) -> None:
        first, second = colleague(world), colleague(world, "sommer", "50.3")
        substitute(absent, first)
        substitute(first, second)
        assert sees(first, world, SOCIAL)
        assert not sees(second, world, SOCIAL)

    def test_releases_to_the_absent_person_do_not_pass(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        wish = NewGrant(world.files["bauen intern"].pk, "Prüfung", user_id=absent.pk)
        write_grants([wish], GrantKind.FILE_GROUP, GrantKind.FILE_USER, w.machine())
        recompute([world.files["bauen intern"].pk])
        substitute(absent, deputy)
        assert sees(absent, world, "bauen intern")
        assert not sees(deputy, world, "bauen intern")

    def test_roles_given_for_a_control_do_not_pass(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        control = UnitRole.objects.create(
            unit=w.unit("50"), role=Role.DELETION_REVIEW, group=_group("50 Lösch-Prüfung")
        )
        Membership.objects.create(user=absent, unit_role=control)
        substitute(absent, deputy)
        assert rights_of(absent).has_role(Role.DELETION_REVIEW)
        assert not rights_of(deputy).has_role(Role.DELETION_REVIEW)

    def test_w6_it_begins_at_midnight_though_rights_were_cached(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        first = clock.today() + timedelta(days=1)
        substitute(absent, deputy, valid_from=first, valid_until=first)
        midnight = timezone.make_aware(datetime.combine(first, time.min))
        for moment, seen in (
            (midnight - timedelta(seconds=1), False),
            (midnight, True),
            (midnight + timedelta(hours=23, minutes=59), True),
            (midnight + timedelta(days=1), False),
        ):
            with clock.fixed(moment):
                assert sees(deputy, world, SOCIAL) is seen, moment


def _group(name: str) -> Group:
    return Group.objects.create(name=name)


class TestOnBehalf:
    def test_w6_only_where_the_own_rights_do_not_suffice(
        self, world: w.World, absent: User, deputy: User
    ) -> None:
        substitute(absent, deputy)
        rights = rights_of(deputy)
        own = CaseFile.objects.get(pk=world.files["bauen offen"].pk)
        lent = CaseFile.objects.get(pk=world.files[SOCIAL].pk)
        assert rights.on_behalf_of(lent.scope_id, lent.lead_unit_id) == absent.pk
        assert rights.on_behalf_of(own.scope_id, own.lead_unit_id) is None
        # the file is open to all, but only the borrowed role may change it
        assert rights.on_behalf_of(own.scope_id, lent.lead_unit_id) == absent.pk
        assert rights_of(absent).on_behalf_of(lent.scope_id, lent.lead_unit_id) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["substitute", "substitute", "file_group", "file_user", "entry_group", "exclude",
             "level", "narrow", "leave", "move", "circle", "everybody"]
        ),
        st.integers(0, 1000),
        st.integers(0, 1000),
        DAYS,
    ),
    min_size=2,
    max_size=10,
)  # fmt: skip


class SubstitutionWalk(Walk):
    """Random changes, substitutions among them."""

    def substitute(self, first: int, second: int, days: int | None) -> None:
        represented, deputy = self._person(first), self._person(second)
        if represented == deputy:
            return
        start = clock.today() + timedelta(days=min(days or 0, 0))
        roles = list(UnitRole.objects.filter(memberships__user=represented).order_by("pk"))
        substitute(
            represented,
            deputy,
            valid_from=start if days is None or days < 1 else clock.today() + timedelta(days=1),
            valid_until=clock.today() + timedelta(days=max(days or 0, 0) + second % 2),
            includes_confidential=first % 2 == 0,
            unit_role=roles[0] if roles and second % 3 == 0 else None,
            ended_at=clock.now() if second % 7 == 0 else None,
        )


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_w6_visible_to_agrees_with_the_oracle(busy_world: w.World, steps: list[Any]) -> None:
    with transaction.atomic():
        walk = SubstitutionWalk(busy_world)
        for step in steps:
            walk.apply(step)
        recompute([file.pk for file in walk.files])
        compare(busy_world)
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


@pytest.fixture
def busy_world(world: w.World) -> w.World:
    for number, code in enumerate(("50.2", "50.1", "63.1")):
        colleague(world, f"kollegin{number}", code)
    with_matters(world)
    return world


def test_everybody_for_everybody(busy_world: w.World) -> None:
    """Each person stands in for the next: many pairs at once, some with confidential files."""
    people = sorted(busy_world.people.values(), key=lambda one: one.pk)
    for number, person in enumerate(people):
        substitute(person, people[number - 1], includes_confidential=number % 2 == 0)
        substitute(person, people[number - 3], includes_confidential=number % 3 == 0)
    compare(busy_world)
    # Something is lent indeed.
    assert len(oracle.files_lent(clock.today())) > 20


def test_s2_the_explanation_names_deputies_and_why(busy_world: w.World) -> None:
    people = sorted(busy_world.people.values(), key=lambda one: one.pk)
    for number, person in enumerate(people):
        substitute(person, people[number - 2], includes_confidential=number % 2 == 0)
    CaseFileExclusion.objects.create(
        case_file=busy_world.files[SOCIAL], user=busy_world.people["brandt"], reason="befangen"
    )
    recompute([busy_world.files[SOCIAL].pk])
    usernames = dict(User.objects.values_list("id", "username"))
    because = []
    for name in busy_world.files:
        case_file = CaseFile.objects.get(pk=busy_world.files[name].pk)
        page = access_explanation.explain(case_file)
        named = {usernames[p.user_id] for p in page.people}
        assert named & set(busy_world.people) == busy_world.seeing(name), name
        because += [reason for person in page.people for reason in person.reasons]
    assert any(reason.startswith("In Vertretung für ") for reason in because)
