"""Cached rights never outlive a change, with or without Redis."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.test import override_settings

from goettingen_ecm.access import epoch, principals
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from records.models import CaseFile
from records.services.rights import NewGrant, grant_case_file_access, revoke_case_file_access
from tests.access import world as w

DEAD = {
    "default": {
        "BACKEND": "goettingen_ecm.operations.cache.ForgivingRedisCache",
        # Port 9 (discard) is not listened on: every call is refused at once.
        "LOCATION": "redis://127.0.0.1:9/0",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}


def sees(world: w.World, username: str, name: str) -> bool:
    """As the next request would: the person is read anew."""
    person = User.objects.get(username=username)
    return CaseFile.objects.visible_to(person).filter(pk=world.files[name].pk).exists()


@pytest.fixture(params=["redis", "redis lost"])
def redis_or_not(request: pytest.FixtureRequest) -> object:
    if request.param == "redis":
        cache.set("reachable", 1)
        assert cache.get("reachable") == 1
        yield
        return
    with override_settings(CACHES=DEAD):
        caches["default"].set("reachable", 1)
        assert caches["default"].get("reachable") is None
        yield


@pytest.mark.usefixtures("redis_or_not")
class TestNextRequestIsBlind:
    """With Redis and without it."""

    def test_when_a_membership_ends(self, world: w.World) -> None:
        assert sees(world, "brandt", "soziales intern")
        membership = Membership.objects.get(user__username="brandt")
        membership.valid_until = clock.today() - timedelta(days=1)
        membership.save()
        assert not sees(world, "brandt", "soziales intern")

    def test_when_memberships_end_by_one_statement(self, world: w.World) -> None:
        assert sees(world, "brandt", "soziales intern")
        Membership.objects.filter(user__username="brandt").update(
            valid_until=clock.today() - timedelta(days=1)
        )
        assert not sees(world, "brandt", "soziales intern")

    def test_when_a_membership_is_deleted(self, world: w.World) -> None:
        assert sees(world, "kruse", "bauen intern")
        Membership.objects.filter(user__username="kruse").delete()
        assert not sees(world, "kruse", "bauen intern")

    def test_when_a_unit_moves_away_from_the_head(self, world: w.World) -> None:
        assert sees(world, "voss", "soziales intern")
        office = w.unit("50")
        office.parent = w.unit("D3")
        office.save()
        assert not sees(world, "voss", "soziales intern")
        assert sees(world, "leitung_50", "soziales intern")

    def test_when_a_release_is_revoked(self, world: w.World) -> None:
        file = world.files["bauen intern"]
        wish = NewGrant(file.pk, "Prüfung", user_id=world.people["lindner"].pk)
        made = grant_case_file_access([wish], w.machine())
        assert sees(world, "lindner", "bauen intern")
        revoke_case_file_access(made, w.machine())
        assert not sees(world, "lindner", "bauen intern")

    def test_when_the_account_is_closed(self, world: w.World) -> None:
        assert sees(world, "brandt", "soziales intern")
        User.objects.filter(username="brandt").update(is_active=False)
        assert not sees(world, "brandt", "soziales intern")

    def test_but_a_new_member_sees_at_once(self, world: w.World) -> None:
        assert not sees(world, "hartmann", "bauen intern")
        Membership.objects.create(
            user=world.people["hartmann"],
            unit_role=UnitRole.objects.get(unit__code="63.1", role=Role.CLERK),
        )
        assert sees(world, "hartmann", "bauen intern")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: Membership.objects.update(cause="x"), id="memberships"),
        pytest.param(lambda: OrgUnit.objects.update(name="x"), id="units"),
        pytest.param(lambda: UnitRole.objects.filter(unit__code="14").delete(), id="unit roles"),
        pytest.param(epoch.advance, id="by hand"),
    ],
)
def test_every_way_of_changing_rights_gets_a_new_name(
    world: w.World, change: Callable[[], object]
) -> None:
    before = epoch.current()
    change()
    assert epoch.current() != before


def test_logging_in_does_not_age_everybodys_rights(world: w.World) -> None:
    before = epoch.current()
    person = world.people["brandt"]
    person.last_login = clock.now()
    person.save(update_fields=["last_login"])
    assert epoch.current() == before


def test_a_rolled_back_change_leaves_nothing_in_the_cache(world: w.World) -> None:
    """Rights cached inside a transaction that fails must not come back under a later state."""
    with transaction.atomic():
        Membership.objects.filter(user__username="hartmann").update(
            unit_role=UnitRole.objects.get(unit__code="63.1", role=Role.CLERK)
        )
        assert sees(world, "hartmann", "bauen intern")
        transaction.set_rollback(True)
    assert not sees(world, "hartmann", "bauen intern")
    Membership.objects.filter(user__username="seidel").update(cause="etwas anderes")
    assert not sees(world, "hartmann", "bauen intern")


def test_cached_rights_are_used_while_nothing_changes(
    world: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sees(world, "brandt", "soziales intern")
    monkeypatch.setattr(principals, "compute", None)
    assert sees(world, "brandt", "soziales intern")
