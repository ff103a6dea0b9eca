""" "Wer darf das sehen?" in the browser: previews, refusals, exclusions nobody hears of, questions."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.models import CaseFile, CaseFileExclusion, CaseFileUserGrant
from tests import personas, stories
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def building(quick_city: None) -> Story:
    return stories.building_file()


@pytest.fixture
def head(quick_city: None) -> Client:
    leading = User.objects.create(username="ziegler", first_name="Anke", last_name="Ziegler")
    accounts.give_role(leading, OrgUnit.objects.get(code="63.1"), Role.HEAD)
    return logged_in("ziegler")


def page(client: Client, story: Story, query: str = "") -> str:
    answer = client.get(reverse("case-file-access", args=[story.case_file.uuid]) + query)
    return str(answer.content.decode())


def change(client: Client, story: Story, what: str, step: str, **values: object) -> Any:
    address = reverse("case-file-access-change", args=[story.case_file.uuid, what])
    return client.post(address, {"schritt": step, **values}, follow=True)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def without_token(markup: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", markup)


def ways_back(answer: Any) -> list[str]:
    return [part.split('"')[0] for part in answer.content.decode().split('action="')[1:]]


def undo(client: Client, answer: Any) -> Any:
    [address] = [one for one in ways_back(answer) if "/zugriff/zurueck/" in one]
    return client.post(address, follow=True)


def sees(username: str, story: Story) -> bool:
    address = reverse("case-file", args=[story.case_file.uuid])
    return logged_in(username).get(address).status_code == 200


def test_u4_a_release_is_previewed_saved_and_taken_back(building: Story, head: Client) -> None:
    values = {"person": "Lindner", "cause": "Aktenprüfung", "valid_until": "+14"}
    shown = change(head, building, "freigeben", "vorschau", **values)
    assert "Sehen die Akte neu: 1" in text(shown)
    assert "Ingrid Lindner" in text(shown)
    assert not sees(personas.REGISTRY, building)
    done = change(head, building, "freigeben", "speichern", **values)
    assert "1 Person sieht sie jetzt neu" in text(done)
    assert sees(personas.REGISTRY, building)
    [grant] = CaseFileUserGrant.objects.all()
    assert grant.valid_until == clock.today() + timedelta(days=14)
    assert grant.granted_at is not None
    back = undo(head, done)
    assert "zurückgenommen" in text(back)
    assert not sees(personas.REGISTRY, building)


def test_what_was_typed_stays_when_going_back_from_the_preview(
    building: Story, head: Client
) -> None:
    values = {"person": "Lindner", "cause": "Aktenprüfung", "valid_until": "+14"}
    again = change(head, building, "freigeben", "aendern", **values)
    assert again.status_code == 200
    assert 'value="Aktenprüfung"' in text(again)
    assert not CaseFileUserGrant.objects.exists()


def test_a_release_to_a_role_of_a_unit(building: Story, head: Client) -> None:
    unit = OrgUnit.objects.get(code="10")
    values = {"unit": unit.pk, "role": Role.REGISTRY, "cause": "Aktenprüfung"}
    assert "Ingrid Lindner" in text(change(head, building, "freigeben", "vorschau", **values))
    change(head, building, "freigeben", "speichern", **values)
    assert sees(personas.REGISTRY, building)
    ended = head.get(page_link(head, building, "zugriff/beenden/gruppe"))
    assert "Sehen die Akte nicht mehr: 1" in text(ended)
    head.post(page_link(head, building, "zugriff/beenden/gruppe"))
    assert not sees(personas.REGISTRY, building)


def page_link(client: Client, story: Story, part: str) -> str:
    links = [link.split('"')[0] for link in page(client, story).split('href="')[1:]]
    [found] = [link for link in links if part in link]
    return found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"person": "Niemand", "cause": "x"}, "So heißt niemand"),
        ({"person": "a", "cause": "x"}, "Mehrere Personen passen"),
        ({"person": "Lindner", "cause": " "}, "Dieses Feld"),
        ({"cause": "x"}, "Nennen Sie entweder"),
        ({"person": "Lindner", "cause": "x", "valid_until": "gestern"}, "Vergangenheit"),
        ({"person": "Lindner", "cause": "x", "valid_until": "irgendwann"}, "kein Datum"),
    ],
)
def test_bad_input_says_at_the_field_what_is_wrong(
    building: Story, head: Client, values: dict[str, str], said: str
) -> None:
    answer = change(head, building, "freigeben", "speichern", **values)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not CaseFileUserGrant.objects.exists()


def test_nobody_outside_the_circle_is_released(story: Story) -> None:
    answer = change(
        logged_in(personas.HEAD_SOCIAL), story, "freigeben", "speichern",
        person="kruse", cause="Hilfe",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Außerhalb des Berechtigungskreises" in text(answer)
    assert not sees("kruse", story)


def test_s1_protecting_shows_who_loses_sight(building: Story, head: Client) -> None:
    writer = User.objects.create(username="adler", first_name="Ute", last_name="Adler")
    accounts.give_role(writer, OrgUnit.objects.get(code="63.1"), Role.SECRETARIAT)
    version = {"row_version": building.case_file.row_version}
    shown = change(head, building, "schuetzen", "vorschau", level="vertraulich", **version)
    assert "Sehen die Akte nicht mehr: 1" in text(shown)
    assert "Ute Adler" in text(shown)
    assert sees("adler", building)
    done = change(head, building, "schuetzen", "speichern", level="vertraulich", **version)
    assert not sees("adler", building)
    undo(head, done)
    assert sees("adler", building)


def test_u4_the_preview_refuses_what_would_lock_the_actor_out(quick_city: None) -> None:
    keeper = User.objects.create(username="keller", last_name="Keller")
    accounts.give_role(keeper, OrgUnit.objects.get(code="50.1"), Role.REGISTRY)
    story = stories.social_file()
    client = logged_in("keller")
    version = {"row_version": story.case_file.row_version}
    shown = change(client, story, "schuetzen", "vorschau", level="vertraulich", **version)
    assert "Sie selbst sähen die Akte danach nicht mehr." in text(shown)
    assert 'value="speichern"' not in text(shown)
    forced = change(client, story, "schuetzen", "speichern", level="vertraulich", **version)
    assert forced.status_code == 409
    assert CaseFile.objects.get(pk=story.case_file.pk).confidentiality == Confidentiality.INTERNAL


def test_a_file_changed_meanwhile_asks_again_and_keeps_the_choice(
    building: Story, head: Client
) -> None:
    stale = building.case_file.row_version
    change(head, building, "schuetzen", "speichern", level="offen", row_version=stale)
    answer = change(
        head, building, "schuetzen", "speichern", level="vertraulich", row_version=stale
    )
    assert answer.status_code == 409
    assert "Jemand anderes hat die Akte inzwischen geändert" in text(answer)
    assert 'value="vertraulich"' in text(answer)
    assert f'name="row_version" value="{stale + 1}"' in text(answer)


def test_s3_an_excluded_person_gets_no_hint(building: Story, head: Client) -> None:
    """404 like for anything that is not there, nothing in lists, search, history or answers."""
    values = {"person": "kruse", "reason": "eigener Bauantrag"}
    shown = change(head, building, "ausschliessen", "vorschau", **values)
    assert "Sehen die Akte nicht mehr: 1" in text(shown)
    change(head, building, "ausschliessen", "speichern", **values)
    excluded = logged_in(personas.CLERK_BUILDING)
    nothing = excluded.get(reverse("case-file", args=[building.document.uuid]))
    hidden = excluded.get(reverse("case-file", args=[building.case_file.uuid]))
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert without_token(text(hidden)) == without_token(text(nothing)).replace(
        str(building.document.uuid), str(building.case_file.uuid)
    )
    for address in (reverse("case-files"), reverse("start"), f"{reverse('search')}?q=Garage"):
        assert building.case_file.aktenzeichen not in text(excluded.get(address))


def test_s3_an_exclusion_is_shown_to_those_in_charge_only(building: Story, head: Client) -> None:
    colleague = User.objects.create(username="adler", first_name="Ute", last_name="Adler")
    accounts.give_role(colleague, OrgUnit.objects.get(code="63.1"), Role.CLERK)
    version = {"row_version": building.case_file.row_version}
    change(head, building, "schuetzen", "speichern", level="offen", **version)
    change(head, building, "ausschliessen", "speichern", person="kruse", reason="eigener Bauantrag")
    for username in ("adler", personas.CLERK_SOCIAL, personas.REGISTRY):
        for query in ("", "?person=kruse"):
            read = page(logged_in(username), building, query)
            assert "eigener Bauantrag" not in read
            assert "Ausgeschlossene" not in read
        assert "ausgeschlossen:" not in read
    history = reverse("case-file-history", args=[building.case_file.uuid])
    assert "usgeschlossen" not in text(logged_in("adler").get(history))
    for client in (head, logged_in(personas.DATA_PROTECTION)):
        read = page(client, building, "?person=kruse")
        assert "Tobias Kruse" in read
        assert "eigener Bauantrag" in read
    assert "Aufheben" not in page(logged_in(personas.DATA_PROTECTION), building)


def test_s3_asked_about_an_excluded_person_others_read_what_they_read_about_anybody(
    building: Story, head: Client
) -> None:
    colleague = User.objects.create(username="adler", first_name="Ute", last_name="Adler")
    accounts.give_role(colleague, OrgUnit.objects.get(code="63.1"), Role.CLERK)
    change(head, building, "ausschliessen", "speichern", person="kruse", reason="befangen")
    asked = logged_in("adler")
    excluded = without_token(page(asked, building, "?person=kruse"))
    without = without_token(page(asked, building, "?person=brandt"))
    assert "Tobias Kruse sieht diese Akte nicht." in excluded
    excluded = excluded.replace("Tobias Kruse", "X").replace("kruse", "x")
    assert excluded == without.replace("Sabine Brandt", "X").replace("brandt", "x")


def test_lifting_an_exclusion_is_previewed_and_can_be_taken_back(
    building: Story, head: Client
) -> None:
    change(head, building, "ausschliessen", "speichern", person="kruse", reason="befangen")
    address = page_link(head, building, "zugriff/beenden/ausschluss")
    assert "Sehen die Akte neu: 1" in text(head.get(address))
    done = head.post(address, follow=True)
    assert sees("kruse", building)
    undo(head, done)
    assert not sees("kruse", building)
    assert CaseFileExclusion.objects.get().reason == "befangen"


def test_a_way_back_belongs_to_the_session_and_the_file(building: Story, head: Client) -> None:
    done = change(head, building, "ausschliessen", "speichern", person="kruse", reason="befangen")
    [address] = [one for one in ways_back(done) if "/zugriff/zurueck/" in one]
    assert logged_in("ziegler").post(address).status_code == 404
    assert logged_in(personas.CLERK_SOCIAL).post(address).status_code == 404
    assert not sees("kruse", building)
    assert head.post(address).status_code == 302
    assert head.post(address).status_code == 404


def test_s2_why_somebody_sees_or_does_not_see_the_file(building: Story, head: Client) -> None:
    inside = page(head, building, "?person=Kruse")
    assert "Tobias Kruse sieht diese Akte." in inside
    assert "Rolle in der federführenden Einheit" in inside
    outside = page(head, building, "?person=Brandt")
    assert "Sabine Brandt sieht diese Akte nicht." in outside
    assert "Die Akte ist intern" in outside
    assert "arbeitet heute als: Sachbearbeitung 50.1" in outside


def test_s2_the_answer_names_a_role_that_ended_and_a_closed_account(
    building: Story, head: Client
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    Membership.objects.filter(user__username="kruse").update(valid_until=yesterday)
    gone = page(head, building, "?person=kruse")
    assert "Die Person hat heute keine Rolle; die letzte, Sachbearbeitung 63.1" in gone
    assert f"{yesterday:%d.%m.%Y}" in gone
    User.objects.filter(username="kruse").update(is_active=False)
    assert "Das Konto ist gesperrt." in page(head, building, "?person=kruse")


def test_s2_the_answer_names_what_took_a_right_away(building: Story, head: Client) -> None:
    values = {"unit": OrgUnit.objects.get(code="10").pk, "role": Role.REGISTRY, "cause": "Prüfung"}
    change(head, building, "freigeben", "speichern", **values)
    version = CaseFile.objects.get(pk=building.case_file.pk).row_version
    change(head, building, "schuetzen", "speichern", level="vertraulich", row_version=version)
    read = page(head, building, "?person=Lindner")
    assert "Eine Berechtigung zählt hier nicht" in read
    assert "darf Vertrauliches nicht sehen" in read


def test_a_name_nobody_or_several_bear_is_answered(building: Story, head: Client) -> None:
    assert "heißt niemand" in page(head, building, "?person=Xaver")
    several = page(head, building, "?person=e")
    assert "Mehrere Personen passen" in several
    assert "?person=brandt" in several
