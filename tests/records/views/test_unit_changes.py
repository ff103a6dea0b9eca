"""The pages of merges and splits: choose, see what it means, plan, take back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import jobs
from records.models import CaseFile, FilePlanEntry, UnitChange
from tests import personas
from tests.records.views.conftest import logged_in
from tests.stories import Story

KINDS = ("zusammenlegung", "teilung")


@pytest.fixture
def office(quick_city: None) -> Client:
    return logged_in(personas.ADMINISTRATION)


def address(code: str = "50.1", kind: str = "zusammenlegung") -> str:
    unit = OrgUnit.objects.get(code=code)
    return reverse("unit-change-new", args=[unit.uuid]) + f"?art={kind}"


def values(**more: Any) -> dict[str, Any]:
    brandt = personas.person("brandt").pk
    return {"people": [brandt], "target": "50.2", "first_day": "+14", "schritt": "vorschau"} | more


def test_s7_a_merge_is_seen_before_it_is_planned(office: Client, story: Story) -> None:
    page = office.post(address(), values()).content.decode()
    assert story.case_file.aktenzeichen in page
    assert story.case_file.title not in page
    assert "Brandt" in page
    assert "Wer sieht was" in page
    assert not UnitChange.objects.exists()
    page = office.post(address(), values(schritt="speichern"), follow=True).content.decode()
    assert "Umgliederung geplant." in page
    change = UnitChange.objects.get()
    undo = reverse("unit-change-withdraw", args=[change.uuid])
    assert undo in page
    assert "zurückgenommen" in office.post(undo, follow=True).content.decode()
    assert "Noch keine Umgliederung" in office.get(reverse("unit-changes")).content.decode()


def test_the_unit_is_chosen_first_and_everybody_goes_along_with_a_merge(office: Client) -> None:
    chosen = {"einheit": "50.1", "art": "teilung"}
    answer = office.get(reverse("unit-changes"), chosen)
    assert answer["Location"] == address(kind="teilung")
    brandt = f'name="people" value="{personas.person("brandt").pk}"'
    merge, split = (office.get(address(kind=one)).content.decode() for one in KINDS)
    assert "checked" in _input(merge, brandt)
    assert "checked" not in _input(split, brandt)
    assert "50.10 Grundsicherung" in split
    assert "50.10 Grundsicherung" not in merge


def _input(page: str, named: str) -> str:
    begin = page.index(named)
    return page[begin : page.index(">", begin)]


def test_a_split_for_today_goes_at_once_with_entries_and_single_files(
    office: Client, story: Story
) -> None:
    lineage = FilePlanEntry.objects.get(code="50.20").lineage
    wanted = values(
        target="",
        new_code="50.4",
        new_name="Hilfe zum Lebensunterhalt",
        first_day="heute",
        entries=[str(lineage)],
        numbers=f" {story.case_file.aktenzeichen}\n\n",
    )
    page = office.post(address(kind="teilung"), wanted).content.decode()
    assert "lässt sich nicht zurücknehmen" in page
    page = office.post(
        address(kind="teilung"), wanted | {"schritt": "speichern"}, follow=True
    ).content.decode()
    assert "Umgliederung ausgeführt" in page
    change = UnitChange.objects.get()
    assert change.job is not None
    while jobs.run_batch(change.job.pk):
        pass
    assert CaseFile.objects.get(pk=story.case_file.pk).lead_unit.code == "50.4"
    again = office.post(reverse("unit-change-again", args=[change.uuid]))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"first_day": "gestern"}, "Vergangenheit"),
        ({"first_day": "31.2."}, "kein Datum"),
        ({"target": ""}, "wohin"),
        ({"target": "gibt es nicht"}, "Keine Einheit"),
        ({"target": "63.1"}, "Berechtigungskreis"),
        ({"target": "50.2", "new_code": "50.4"}, "Entweder"),
        ({"target": "", "new_code": "50.2", "new_name": "x"}, "gibt es schon"),
        ({"people": ["abc"]}, "gültig"),
    ],
)
@pytest.mark.parametrize("step", ["vorschau", "speichern"])
def test_bad_input_stands_at_its_field(
    office: Client, story: Story, changed: dict[str, Any], says: str, step: str
) -> None:
    answer = office.post(address(), values(**changed, schritt=step))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not UnitChange.objects.exists()


def test_a_file_of_another_unit_cannot_be_named(office: Client, story: Story) -> None:
    answer = office.post(address(kind="teilung"), values(numbers="63.10-0001-2026"))
    assert answer.status_code == 422
    assert "63.10-0001-2026" in answer.content.decode()


def test_a_second_change_of_the_unit_is_a_conflict(office: Client) -> None:
    office.post(address(), values(schritt="speichern"))
    answer = office.post(address(), values(schritt="speichern"))
    assert answer.status_code == 409
    assert "schon eine Umgliederung" in answer.content.decode()
