"""Who of a name is known shows while it is typed: own circle, own sight, nothing without htmx."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus
from records.models import CaseFile
from records.services.participations import NewParticipation, add_participations
from records.services.party_changes import PartyFacts
from tests import stories
from tests.access import world as w
from tests.desk.markup import page
from tests.stories import Story


@pytest.fixture
def known(story: Story) -> Story:
    facts = PartyFacts("Ahlers", "Hannelore", date(1950, 4, 1))
    add_participations([NewParticipation(story.case_file, "Antragstellerin", facts)], w.machine())
    return story


def hint(client: Client, story: Story, **typed: str) -> HttpResponse:
    address = reverse("case-file-parties-known", args=[story.case_file.uuid])
    return client.get(address, typed, headers={"HX-Request": "true"})  # type: ignore[return-value]


def test_a_known_name_or_its_sound_is_hinted_at(clerk: Client, known: Story) -> None:
    for first in ("Hannelore", "Hanelore"):
        shown = hint(clerk, known, name="Ahlers", first_name=first).content.decode()
        assert "Ein ähnlicher Name ist bekannt" in shown
    sure = hint(clerk, known, name="Ahlers", first_name="Hannelore", birth_date="1.4.1950")
    assert "gleicher Name, gleiches Geburtsdatum" in sure.content.decode()


@pytest.mark.parametrize("name", ["", "Ah", "Zimmermann"])
def test_too_little_or_unknown_says_nothing(clerk: Client, known: Story, name: str) -> None:
    assert hint(clerk, known, name=name).content.strip() == b""


def test_half_a_birth_date_is_none_yet(clerk: Client, known: Story) -> None:
    shown = hint(clerk, known, name="Ahlers", first_name="Hannelore", birth_date="1.4.")
    assert "Ein ähnlicher Name ist bekannt" in shown.content.decode()


def test_other_circles_stay_apart(outsider: Client, known: Story) -> None:
    elsewhere = stories.building_file()
    assert hint(outsider, elsewhere, name="Ahlers", first_name="Hannelore").content.strip() == b""
    assert hint(outsider, known, name="Ahlers").status_code == 404


def test_the_form_asks_after_a_pause_and_works_without(clerk: Client, known: Story) -> None:
    address = reverse("case-file-parties", args=[known.case_file.uuid])
    shown = page(clerk.get(address).content)
    [name] = shown.xpath("//input[@name='name']")
    asked = reverse("case-file-parties-known", args=[known.case_file.uuid])
    assert (name.get("hx-get"), "delay" in name.get("hx-trigger")) == (asked, True)
    assert shown.xpath(f"//*[@id='{name.get('hx-target').removeprefix('#')}']")
    assert clerk.get(asked).headers["Location"] == address
    CaseFile.objects.filter(pk=known.case_file.pk).update(status=CaseFileStatus.CLOSED)
    assert hint(clerk, known, name="Ahlers").status_code == 409
