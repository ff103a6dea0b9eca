"""Who sees what, written by hand from requirements S1-S3, D3 and D4 (never from output)."""

from django.contrib.auth.models import AnonymousUser

from goettingen_ecm.accounts.choices import Role
from records.models import CaseFile
from records.services.rights import (
    Exclusion,
    NewGrant,
    exclude_persons,
    grant_case_file_access,
)
from tests.access import world as w

SOCIAL_LINE = {"brandt", "leitung_50_1", "leitung_50", "voss"}
BUILDING_LINE = {"kruse", w.ALL_MIGHTY_CLERK, "leitung_63", "leitung_d3", "oberbuergermeister"}
EVERYBODY_IN_SERVICE = {*w.DEMO_PEOPLE, *(row[0] for row in w.FURTHER_PEOPLE), w.ALL_MIGHTY_CLERK}

WHO_SEES = {
    "soziales intern": SOCIAL_LINE | {"sekretariat_50_1"},
    "soziales vertraulich": SOCIAL_LINE,
    # Inside a circle "offen" still means: the unit that leads the file.
    "soziales offen": SOCIAL_LINE | {"sekretariat_50_1"},
    "sozialamt intern": {"registratur_50", "leitung_50", "voss"},
    "bauen intern": BUILDING_LINE,
    "bauen vertraulich": BUILDING_LINE,
    "bauen offen": EVERYBODY_IN_SERVICE,
    # The head of the Kämmerei is not in the tax circle, nor is the Dezernat above.
    "steuer intern": {"sachbearbeitung_20_3", "leitung_20_3"},
    "rat intern": {"oberbuergermeister"},
}


def test_s1_s3_who_sees_which_file(world: w.World) -> None:
    assert {name: world.seeing(name) for name in world.files} == WHO_SEES


def test_s3_nobody_without_a_current_role_sees_anything(world: w.World) -> None:
    for username in w.WITHOUT_RIGHTS:
        assert not CaseFile.objects.visible_to(world.people[username]).exists()
    assert not CaseFile.objects.visible_to(AnonymousUser()).exists()


def test_s1_a_group_named_by_a_release_sees_that_file_only(world: w.World) -> None:
    file = world.files["soziales intern"]
    wish = NewGrant(file.pk, "Wohngeld prüft mit", group_id=w.group_id("50.2", Role.CLERK))
    grant_case_file_access([wish], w.machine())
    assert world.seeing("soziales intern") == WHO_SEES["soziales intern"] | {"sachbearbeitung_50_2"}
    assert world.seeing("soziales offen") == WHO_SEES["soziales offen"]


def test_s1_a_single_person_may_see_a_confidential_file(world: w.World) -> None:
    file = world.files["bauen vertraulich"]
    wish = NewGrant(file.pk, "Stellungnahme", user_id=world.people["lindner"].pk)
    grant_case_file_access([wish], w.machine())
    assert world.seeing("bauen vertraulich") == BUILDING_LINE | {"lindner"}
    assert world.seeing("bauen intern") == BUILDING_LINE


def test_an_excluded_person_never_sees_the_file_not_even_an_open_one(world: w.World) -> None:
    kruse = world.people["kruse"]
    for name in ("bauen intern", "bauen offen"):
        exclude_persons([Exclusion(world.files[name].pk, kruse.pk, "eigene Sache")], w.machine())
        assert world.seeing(name) == WHO_SEES[name] - {"kruse"}
    assert "kruse" in world.seeing("bauen vertraulich")


def test_an_excluded_head_does_not_see_the_file_by_hierarchy(world: w.World) -> None:
    voss = world.people["voss"]
    exclude_persons(
        [Exclusion(world.files["soziales intern"].pk, voss.pk, "befangen")], w.machine()
    )
    assert world.seeing("soziales intern") == WHO_SEES["soziales intern"] - {"voss"}


def test_has_perm_follows_visible_to_also_for_superusers(world: w.World) -> None:
    for name, file in world.files.items():
        allowed = {
            username
            for username, person in world.people.items()
            if person.has_perm("records.view_casefile", file)
        }
        assert allowed == WHO_SEES[name], name
        assert not world.people["allmacht"].has_perm("records.change_casefile", file)
