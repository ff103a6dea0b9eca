"""The first morning of the demo: everybody has something real on "Mein Tag", loaded once."""

from collections.abc import Callable

import pytest
from django.test import Client

from goettingen_ecm.access.principals import rights_of
from integrations.demo.city import PERSONAS
from integrations.demo.desks import lay_out_desks
from records.models import CaseFile, CheckOut, DocumentVersion, FileMark, SavedView
from tests.desk.markup import page, text_of
from tests.personas import person
from workflows.models import FollowUp

pytestmark = pytest.mark.usefixtures("city")
MODELS = (CaseFile, DocumentVersion, FollowUp, FileMark, SavedView, CheckOut)


@pytest.fixture
def desks(city: None) -> None:
    assert lay_out_desks()


def start_page(client: Client) -> str:
    return text_of(page(client.get("/").content).xpath("//main")[0])


def test_a_second_start_doubles_nothing(desks: None) -> None:
    before = [model._default_manager.count() for model in MODELS]
    assert not lay_out_desks()
    assert [model._default_manager.count() for model in MODELS] == before


@pytest.mark.parametrize("username", [one.username for one in PERSONAS])
def test_everybody_finds_work(
    desks: None, username: str, client_of: Callable[[str], Client]
) -> None:
    shown = start_page(client_of(username))
    assert "Wiedervorlagen" in shown
    assert FollowUp.objects.filter(owner=person(username)).exists()
    marks = FileMark.objects.filter(owner=person(username))
    # Those who lead are brought their files.
    assert marks.exists() == (username not in ("voss", "petersen"))


def test_the_clerk_of_the_law_office_has_the_whole_story(
    desks: None, client_of: Callable[[str], Client]
) -> None:
    shown = start_page(client_of("reuter"))
    for words in (
        "Überfällig", "Stellungnahme Bauamt?", "Frist des Gerichts prüfen",
        "Ulrich Petersen bittet um Freigabe", "Offene Klagen", "Favoriten",
    ):  # fmt: skip
        assert words in shown
    assert [one.name for one in rights_of(person("reuter")).borrowed] == ["Ulrich Petersen"]


def test_s2_the_protected_file_and_the_exclusion_hold(desks: None) -> None:
    office = person("kaya")
    seen = set(CaseFile.objects.visible_to(office).values_list("title", flat=True))
    assert seen == {
        "Klage der Hoffmann Wohnbau GmbH gegen den Vorbescheid Lindenweg 4",
        "Dienstanweisung Schriftgutverwaltung",
    }
    assert DocumentVersion.objects.filter(document__title="Klageerwiderung").count() == 2
