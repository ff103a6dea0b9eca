"""Reassigning many files at the desk: where to, who gains and loses sight, the job, the way back."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations.models import Job
from records.models import CaseFile
from tests import personas, stories
from tests.access import world as w
from tests.desk.markup import page, text_of
from tests.records.views.conftest import logged_in
from tests.stories import Story

THERE = {"entry": "63.20"}
NOW = {"bestaetigt": "1"}


@pytest.fixture
def two(quick_city: None) -> list[Story]:
    return [stories.building_file(), stories.building_file()]


@pytest.fixture
def mover(two: list[Story]) -> Client:
    return logged_in(personas.CLERK_BUILDING)


def where(found: list[Story]) -> str:
    chosen = {"auswahl": [one.case_file.uuid for one in found]}
    return f"{reverse('case-files-reassign')}?{urlencode(chosen, doseq=True)}"


def text(content: bytes) -> str:
    return text_of(page(content).xpath("//main")[0])


def entries(found: list[Story]) -> set[str]:
    rows = CaseFile.objects.filter(pk__in=[one.case_file.pk for one in found])
    return set(rows.values_list("entry__code", flat=True))


def test_the_list_offers_it_to_those_who_may(mover: Client) -> None:
    listed = page(mover.get(reverse("case-files")).content)
    assert listed.xpath(f"//button[@formaction='{reverse('case-files-reassign')}']")
    archive = page(logged_in(personas.ARCHIVE).get(reverse("case-files")).content)
    assert not archive.xpath(f"//button[@formaction='{reverse('case-files-reassign')}']")


def test_a9_choose_preview_move_and_take_back(mover: Client, two: list[Story]) -> None:
    assert "2 ausgewählt" in text(mover.get(where(two)).content)
    preview = mover.post(where(two), THERE)
    assert preview.status_code == 200
    assert "werden umgeschrieben2" in text(preview.content)
    assert entries(two) == {"63.10"}
    done = mover.post(where(two), THERE | NOW)
    assert done["Location"] == reverse("case-files")
    assert entries(two) == {"63.20"}
    assert "2 geändert" in text(mover.get(done["Location"]).content)
    mover.post(reverse("job-undo", args=[Job.objects.get().uuid]))
    assert entries(two) == {"63.10"}


def test_s2_who_gives_files_away_sees_it_and_says_so(mover: Client, two: list[Story]) -> None:
    accounts.give_role(w._person("neu"), w.unit("32"), Role.CLERK)
    away = {"lead_unit": str(w.unit("32").pk)}
    preview = text(mover.post(where(two), away).content)
    assert "Sie selbst sehen 2 Akten danach nicht mehr" in preview
    assert "Tobias Kruse2 Akten" in preview.replace(" 2 Akten", "2 Akten")
    unsaid = mover.post(where(two), away | NOW)
    assert unsaid.status_code == 400
    assert "Bitte bestätigen Sie" in text(unsaid.content)
    assert Job.objects.count() == 0
    mover.post(where(two), away | NOW | {"loss_confirmed": "on"})
    assert not CaseFile.objects.filter(lead_unit=w.unit("63.1")).exists()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({}, "Wählen Sie einen Eintrag oder eine Einheit."),
        ({"entry": "63"}, "Mehrere Einträge passen: 63.10"),
        ({"entry": "gibtesnicht"}, "Kein Aktenplaneintrag"),
        ({"entry": "63.20\0"}, "Nullzeichen"),
    ],
)
def test_an_entry_is_found_by_code_or_word(
    mover: Client, two: list[Story], typed: dict[str, str], answer: str
) -> None:
    refused = mover.post(where(two), typed)
    assert refused.status_code == 400
    assert answer in text(refused.content)


def test_what_does_not_go_is_named_before(mover: Client, two: list[Story]) -> None:
    refused = text(mover.post(where(two), {"entry": "50.30"}).content)
    assert "2 × 50.30 gehört zu einem anderen Berechtigungskreis" in refused
    assert "Es gibt nichts umzuschreiben." in refused
