"""Break-glass: whom it lets in, whom never, how it ends; sight is checked by plain SQL."""

from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records.models import CaseFile, EmergencyAccess
from records.selectors import emergencies
from records.services import emergency
from records.services.rights import (
    Exclusion,
    NewGrant,
    exclude_persons,
    grant_case_file_access,
)
from records.tasks import end_emergency_accesses
from tests.access import oracle
from tests.access import world as w

REASON = "Frist läuft heute ab, Frau Kruse ist krank."

# By hand: who may break the glass of which file, of everybody in the world who does not see it.
MAY = {
    ("sekretariat_50_1", "soziales vertraulich"),
    ("registratur_50", "soziales vertraulich"),
    # poststelle_63_1 sees nothing of its unit by role and files nothing
    ("sachbearbeitung_63", "bauen vertraulich"),
    ("sekretariat_63_1", "bauen vertraulich"),
    ("widerspruch_63_1", "bauen vertraulich"),
    ("widerspruch_63_1", "bauen intern"),
}
FURTHER = (
    ("sachbearbeitung_63", "63", Role.CLERK),
    ("sekretariat_63_1", "63.1", Role.SECRETARIAT),
    ("widerspruch_63_1", "63.1", Role.OBJECTIONS),
    ("poststelle_63_1", "63.1", Role.MAILROOM),
    ("sekretariat_ob", "OB", Role.SECRETARIAT),
    ("sachbearbeitung_63_9", "63.9", Role.CLERK),
)


@pytest.fixture
def town(world: w.World) -> w.World:
    """Further people; 63.9 is a unit beside 63.1."""
    OrgUnit.objects.create(code="63.9", name="Denkmalschutz", parent=w.unit("63"))
    for username, code, role in FURTHER:
        world.people[username] = User.objects.create(username=username, last_name=username)
        accounts.give_role(world.people[username], w.unit(code), role)
    return world


def seen_by(world: w.World, username: str) -> set[int]:
    """File ids the person sees, by plain SQL."""
    pk = world.people[username].pk
    return {file for user, file in oracle.files_seen(clock.today()) if user == pk}


def break_glass(world: w.World, username: str, file: str) -> EmergencyAccess | None:
    number = world.files[file].aktenzeichen
    return emergency.open_in_emergency(number, REASON, world.people[username])


def test_s3_only_the_own_office_gets_in_and_never_across_circles(town: w.World) -> None:
    opened = set()
    for username in sorted(town.people):
        before = seen_by(town, username)
        for name, case_file in town.files.items():
            access = break_glass(town, username, name)
            if access is None:
                continue
            assert case_file.pk not in before
            opened.add((username, name))
            before.add(case_file.pk)
        assert seen_by(town, username) == before
    assert opened == MAY


def test_s3_an_excluded_person_never_gets_in(town: w.World) -> None:
    excluded = town.people["sekretariat_63_1"]
    case_file = town.files["bauen vertraulich"]
    exclude_persons([Exclusion(case_file.pk, excluded.pk, "eigene Sache")], w.machine())
    assert break_glass(town, "sekretariat_63_1", "bauen vertraulich") is None
    assert case_file.pk not in seen_by(town, "sekretariat_63_1")


def test_s3_whoever_left_or_is_locked_never_gets_in(town: w.World) -> None:
    gone = town.people["sekretariat_63_1"]
    Membership.objects.filter(user=gone).update(valid_until=clock.today() - timedelta(days=1))
    assert break_glass(town, "sekretariat_63_1", "bauen vertraulich") is None
    locked = town.people["widerspruch_63_1"]
    locked.is_active = False
    locked.save()
    assert break_glass(town, "widerspruch_63_1", "bauen vertraulich") is None


@override_settings(EMERGENCY_ACCESS_HOURS=5)
def test_s3_sight_ends_after_the_set_hours(town: w.World) -> None:
    start = datetime(2027, 3, 1, 10, 0, tzinfo=clock.now().tzinfo)
    file = town.files["bauen vertraulich"]
    with clock.fixed(start):
        access = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
        assert access is not None
        assert access.valid_until == start + timedelta(hours=5)
    person = town.people["sekretariat_63_1"]
    with clock.fixed(start + timedelta(hours=4, minutes=59)):
        assert end_emergency_accesses() == 0
        assert CaseFile.objects.visible_to(person).filter(pk=file.pk).exists()
    with clock.fixed(start + timedelta(hours=5)):
        assert end_emergency_accesses() == 1
        assert end_emergency_accesses() == 0
        assert not CaseFile.objects.visible_to(person).filter(pk=file.pk).exists()
        assert file.pk not in seen_by(town, "sekretariat_63_1")


def test_s3_should_the_clockwork_stand_still_midnight_ends_it(town: w.World) -> None:
    start = datetime(2027, 3, 1, 10, 0, tzinfo=clock.now().tzinfo)
    with clock.fixed(start):
        break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    with clock.fixed(datetime(2027, 3, 2, 22, 59, tzinfo=start.tzinfo)):
        assert town.files["bauen vertraulich"].pk in seen_by(town, "sekretariat_63_1")
    with clock.fixed(datetime(2027, 3, 2, 23, 0, tzinfo=start.tzinfo)):
        assert "sekretariat_63_1" not in town.seeing("bauen vertraulich")


def test_a_release_given_meanwhile_outlives_the_emergency(town: w.World) -> None:
    access = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    assert access is not None
    wish = NewGrant(access.case_file_id, "Vertretung", user_id=access.user_id)
    grant_case_file_access([wish], w.machine())
    with clock.fixed(access.valid_until):
        end_emergency_accesses()
        assert "sekretariat_63_1" in town.seeing("bauen vertraulich")


def test_the_head_ends_it_early_and_nobody_else(town: w.World) -> None:
    access = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    assert access is not None
    for username in ("kruse", "seidel", "sekretariat_63_1", "leitung_50"):
        with pytest.raises(Forbidden):
            emergency.end_emergency_access(access, w.acting(town.people[username]))
    emergency.end_emergency_access(access, w.acting(town.people["leitung_63"]))
    assert "sekretariat_63_1" not in town.seeing("bauen vertraulich")


def test_s3_data_protection_sees_every_one_heads_only_their_files(town: w.World) -> None:
    building = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    social = break_glass(town, "sekretariat_50_1", "soziales vertraulich")
    assert building is not None
    assert social is not None

    def listed(username: str) -> set[int]:
        rows = emergencies.accesses_for(town.people[username])
        return set(rows.values_list("pk", flat=True))

    assert listed("seidel") == {building.pk, social.pk}
    assert listed("leitung_63") == {building.pk}
    assert listed("leitung_50") == {social.pk}
    assert listed("oberbuergermeister") == {building.pk}
    for username in ("kruse", "sekretariat_63_1", "yilmaz", "lindner"):
        assert listed(username) == set()


def test_s3_an_excluded_head_hears_nothing_of_the_file(town: w.World) -> None:
    access = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    assert access is not None
    for username in ("leitung_63", "seidel"):
        accused = town.people[username].pk
        exclude_persons([Exclusion(access.case_file_id, accused, "Beschuldigte")], w.machine())
        assert not emergencies.accesses_for(town.people[username]).exists()


def test_only_data_protection_reviews_and_once(town: w.World) -> None:
    access = break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    assert access is not None
    assert emergencies.unreviewed(town.people["seidel"]) == 1
    with pytest.raises(Forbidden):
        emergency.review_emergency_access(access, w.acting(town.people["leitung_63"]))
    for _ in range(2):
        emergency.review_emergency_access(access, w.acting(town.people["seidel"]))
    assert emergencies.unreviewed(town.people["seidel"]) == 0
    assert AuditEntry.objects.filter(action="records.emergency.reviewed").count() == 1


def test_s3_both_attempts_are_in_the_audit_the_failed_one_without_the_file(town: w.World) -> None:
    break_glass(town, "brandt", "bauen vertraulich")
    break_glass(town, "sekretariat_63_1", "bauen vertraulich")
    [refused] = AuditEntry.objects.filter(action="records.emergency.refused")
    assert (refused.actor_id, refused.object_id) == (town.people["brandt"].pk, None)
    assert refused.outcome == "refused"
    [opened] = AuditEntry.objects.filter(action="records.emergency.opened")
    assert opened.object_id == town.files["bauen vertraulich"].pk
    assert REASON not in str(opened.digests)


def test_a_reason_is_needed(town: w.World) -> None:
    number = town.files["bauen vertraulich"].aktenzeichen
    with pytest.raises(InvalidInput):
        emergency.open_in_emergency(number, " eilt ", town.people["sekretariat_63_1"])
    assert not EmergencyAccess.objects.exists()
