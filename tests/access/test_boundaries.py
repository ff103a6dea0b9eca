"""Last days count to midnight in Berlin, in summer and winter, without anybody doing anything."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from goettingen_ecm.accounts.models import Membership, User
from goettingen_ecm.operations import clock
from records.models import CaseFile
from records.services.plan_rights import continue_job, grant_plan_entry_access
from records.services.rights import NewGrant, grant_case_file_access
from tests.access import world as w

BERLIN = ZoneInfo("Europe/Berlin")
# Winter (UTC+1), summer (UTC+2), the night the clocks change, a leap day.
LAST_DAYS = [date(2027, 1, 31), date(2027, 7, 31), date(2027, 3, 27), date(2028, 2, 29)]


def at(day: date, hour: int, minute: int, second: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BERLIN)


def next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def sees(world: w.World, username: str, name: str) -> bool:
    person = User.objects.get(username=username)
    return CaseFile.objects.visible_to(person).filter(pk=world.files[name].pk).exists()


@pytest.mark.parametrize("last", LAST_DAYS)
def test_a_membership_ends_at_midnight(world: w.World, last: date) -> None:
    Membership.objects.filter(user__username="brandt").update(valid_until=last)
    with clock.fixed(at(last, 23, 59, 59)):
        assert sees(world, "brandt", "soziales intern")
    with clock.fixed(at(next_day(last), 0, 0, 0)):
        assert not sees(world, "brandt", "soziales intern")


@pytest.mark.parametrize("first", LAST_DAYS)
def test_a_membership_begins_at_midnight(world: w.World, first: date) -> None:
    Membership.objects.filter(user__username="kuenftig").update(valid_from=next_day(first))
    with clock.fixed(at(first, 23, 59, 59)):
        assert not sees(world, "kuenftig", "soziales intern")
    with clock.fixed(at(next_day(first), 0, 0, 0)):
        assert sees(world, "kuenftig", "soziales intern")


@pytest.mark.parametrize("last", LAST_DAYS)
def test_a_release_of_a_file_ends_at_midnight(world: w.World, last: date) -> None:
    file = world.files["bauen intern"]
    wish = NewGrant(file.pk, "Prüfung", user_id=world.people["lindner"].pk, valid_until=last)
    grant_case_file_access([wish], w.machine())
    with clock.fixed(at(last, 23, 59, 59)):
        assert sees(world, "lindner", "bauen intern")
    with clock.fixed(at(next_day(last), 0, 0, 0)):
        assert not sees(world, "lindner", "bauen intern")


def test_an_access_definition_of_the_plan_ends_at_midnight(world: w.World) -> None:
    last = date(2027, 5, 31)
    wish = NewGrant(
        w.entry("63").pk, "Organisation", user_id=world.people["yilmaz"].pk, valid_until=last
    )
    administrator = w.acting(world.people["yilmaz"])
    [job] = grant_plan_entry_access([wish], administrator)
    continue_job({"job": job.pk, "after": 0})
    with clock.fixed(at(last, 23, 59, 59)):
        assert sees(world, "yilmaz", "bauen intern")
    with clock.fixed(at(next_day(last), 0, 0, 0)):
        assert not sees(world, "yilmaz", "bauen intern")


def test_rights_are_not_cached_across_midnight(world: w.World) -> None:
    """The same person object, asked before and after: the state has a new name each day."""
    last = date(2027, 1, 31)
    Membership.objects.filter(user__username="brandt").update(valid_until=last)
    person = User.objects.get(username="brandt")
    with clock.fixed(at(last, 12, 0, 0)):
        assert CaseFile.objects.visible_to(person).exists()
    with clock.fixed(at(next_day(last), 12, 0, 0)):
        assert not CaseFile.objects.visible_to(person).exists()
