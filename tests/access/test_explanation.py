""" "Wer darf das sehen und warum?" is complete: it names everybody who sees, and nobody else."""

from datetime import timedelta

import pytest

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.grants import GrantKind
from records.models import CaseFile
from records.rights import RightsTable
from records.selectors import access_explanation
from records.services.rights import (
    Exclusion,
    NewGrant,
    change_confidentiality,
    exclude_persons,
    grant_case_file_access,
    write_grants,
)
from records.services.scoping import recompute
from tests.access import world as w


@pytest.fixture
def eventful(world: w.World) -> w.World:
    """Releases of every kind, some of which circle, clearance or time take away again."""
    social, building = world.files["soziales intern"], world.files["bauen intern"]
    people = world.people
    wishes = [
        NewGrant(social.pk, "Wohngeld", group_id=w.group_id("50.2", Role.CLERK)),
        NewGrant(building.pk, "Stellungnahme", user_id=people["lindner"].pk),
        NewGrant(building.pk, "Vertretung", group_id=w.group_id("63.1", Role.SECRETARIAT)),
    ]
    grant_case_file_access(wishes, w.machine())
    yesterday = clock.today() - timedelta(days=1)
    unreachable = [
        NewGrant(social.pk, "Irrtum", user_id=people["kruse"].pk),
        NewGrant(social.pk, "fremder Kreis", group_id=w.group_id("10", Role.REGISTRY)),
        NewGrant(building.pk, "vorbei", user_id=people["seidel"].pk, valid_until=yesterday),
    ]
    write_grants(unreachable, GrantKind.FILE_GROUP, GrantKind.FILE_USER, w.machine())
    definition = [NewGrant(w.entry("63").pk, "Ablage", group_id=w.group_id("10", Role.REGISTRY))]
    write_grants(definition, GrantKind.ENTRY_GROUP, GrantKind.ENTRY_USER, w.machine())
    exclude_persons([Exclusion(building.pk, people["leitung_63"].pk, "befangen")], w.machine())
    recompute([file.pk for file in world.files.values()])
    return world


def explained(world: w.World, name: str) -> access_explanation.Explanation:
    return access_explanation.explain(CaseFile.objects.get(pk=world.files[name].pk))


def test_s2_the_people_named_are_those_who_see(eventful: w.World) -> None:
    usernames = dict(User.objects.values_list("id", "username"))
    for name in eventful.files:
        page = explained(eventful, name)
        named = {usernames[p.user_id] for p in page.people}
        assert named & set(eventful.people) == eventful.seeing(name), name
        assert page.people_total == len(page.people)
        assert all(person.reasons for person in page.people), name


def test_s2_every_principal_of_the_scope_has_a_reason_and_back(eventful: w.World) -> None:
    files = CaseFile.objects.select_related("entry", "scope").in_bulk(
        [file.pk for file in eventful.files.values()]
    )
    table = RightsTable(list(files.values()))
    for name, pinned in eventful.files.items():
        case_file = files[pinned.pk]
        kept = [r.principal for r in table.reasons(case_file) if r.kept]
        assert sorted(set(kept)) == case_file.scope.allow, name
        claims = explained(eventful, name).claims
        assert {c.principal for c in claims} <= set(case_file.scope.allow), name
        assert all(c.because and c.label for c in claims)


def test_s2_removed_claims_say_what_removed_them(eventful: w.World) -> None:
    removed = {c.label: c.removed_by for c in explained(eventful, "soziales intern").removed}
    assert removed == {
        "Tobias Kruse": "gehört nicht (mehr) zum Berechtigungskreis",
        "Registratur 10 Hauptamt": "gehört nicht zum Berechtigungskreis",
    }
    [expired] = explained(eventful, "bauen intern").removed
    assert (expired.label, expired.removed_by) == ("Claudia Seidel", "ist abgelaufen")


def test_s2_confidentiality_explains_what_it_takes_away(eventful: w.World) -> None:
    building = eventful.files["bauen intern"]
    change_confidentiality({building.pk: Confidentiality.CONFIDENTIAL}, w.machine())
    removed = {(c.label, c.removed_by) for c in explained(eventful, "bauen intern").removed}
    assert ("Registratur 10 Hauptamt", "darf Vertrauliches nicht sehen") in removed
    assert ("Sekretariat 63.1 Bauaufsicht", "darf Vertrauliches nicht sehen") in removed


def test_s2_excluded_people_are_named_with_the_reason(eventful: w.World) -> None:
    page = explained(eventful, "bauen intern")
    [excluded] = page.excluded
    assert (excluded.name, excluded.removed_by) == ("leitung_63", "befangen")
    assert excluded.name not in {p.name for p in page.people}


def test_s2_one_person_gets_all_own_reasons(eventful: w.World) -> None:
    case_file = CaseFile.objects.get(pk=eventful.files["bauen intern"].pk)
    mine = access_explanation.why(eventful.people["lindner"], case_file)
    assert mine.reasons == (
        "Registratur 10 Hauptamt: Zugriffsdefinition im Aktenplan: Ablage",
        "Ingrid Lindner: Freigabe für diese Akte: Stellungnahme",
    )
    assert access_explanation.why(eventful.people["brandt"], case_file).reasons == ()


def test_s2_an_open_file_says_everybody_and_stays_short(eventful: w.World) -> None:
    case_file = CaseFile.objects.get(pk=eventful.files["bauen offen"].pk)
    page = access_explanation.explain(case_file, limit=3)
    assert page.claims[0].label == "alle Beschäftigten"
    assert len(page.people) == 3
    # One technical user of OPEN/PROSOZ holds a role, too.
    assert page.people_total == len(eventful.seeing("bauen offen")) + 1


def test_the_head_above_is_named_as_leading(eventful: w.World) -> None:
    case_file = CaseFile.objects.get(pk=eventful.files["soziales intern"].pk)
    mine = access_explanation.why(eventful.people["voss"], case_file)
    assert mine.reasons == (
        "Leitung 50.1 Grundsicherung und Hilfe zum Lebensunterhalt: "
        "Rolle in der federführenden Einheit",
    )
