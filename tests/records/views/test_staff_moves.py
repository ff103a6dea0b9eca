"""The pages of moves: choose, see what it means, plan, take back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit
from records.models import StaffMove
from records.services.actor import person
from records.services.case_files import change_metadata
from tests import personas
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def office(quick_city: None) -> Client:
    return logged_in(personas.ADMINISTRATION)


def address(code: str = "50.1") -> str:
    return reverse("staff-move-new", args=[OrgUnit.objects.get(code=code).uuid])


def values(**more: Any) -> dict[str, Any]:
    return {
        "people": [personas.person("brandt").pk],
        "unit": OrgUnit.objects.get(code="63.1").pk,
        "role": Role.CLERK,
        "first_day": "+14",
        "successor": "",
    } | more


def test_s1_a_move_is_seen_before_it_is_planned(office: Client, story: Story) -> None:
    clerk = personas.person("brandt")
    change_metadata({story.case_file.pk: {"case_worker": clerk}}, person(clerk, "test"))
    page = office.post(address(), values(schritt="vorschau")).content.decode()
    assert story.case_file.aktenzeichen in page
    assert story.case_file.title not in page
    assert "Sachbearbeitung 50.1" in page
    assert not StaffMove.objects.exists()
    page = office.post(address(), values(schritt="speichern"), follow=True).content.decode()
    assert "1 Umsetzung geplant." in page
    move = StaffMove.objects.get()
    page = office.post(
        reverse("staff-move-withdraw", args=[move.uuid]), follow=True
    ).content.decode()
    assert "zurückgenommen" in page
    move.refresh_from_db()
    assert move.withdrawn_at is not None


def test_the_unit_is_chosen_first(office: Client) -> None:
    unit = OrgUnit.objects.get(code="50.1")
    answer = office.get(reverse("staff-moves"), {"einheit": unit.pk})
    assert answer["Location"] == address()
    assert "Brandt" in office.get(address()).content.decode()
    assert "arbeitet heute niemand" in office.get(address("20.3")).content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"people": []}, "erforderlich"),
        ({"people": ["abc"]}, "gültig"),
        ({"first_day": "gestern"}, "Vergangenheit"),
        ({"first_day": "31.2."}, "kein Datum"),
        ({"role": "revision"}, "Auswahl"),
        ({"unit": "0"}, "Auswahl"),
    ],
)
@pytest.mark.parametrize("step", ["vorschau", "speichern"])
def test_bad_input_stands_at_its_field(
    office: Client, changed: dict[str, Any], says: str, step: str
) -> None:
    answer = office.post(address(), values(**changed, schritt=step))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not StaffMove.objects.exists()


def test_what_was_typed_stays_when_it_is_changed(office: Client) -> None:
    page = office.post(address(), values(schritt="aendern")).content.decode()
    assert 'value="+14"' in page


def test_others_neither_see_nor_plan(office: Client) -> None:
    for name in (personas.REGISTRY, personas.HEAD_SOCIAL):
        stranger = logged_in(name)
        assert stranger.post(address(), values(schritt="speichern")).status_code == 403
        assert "Umsetzungen" not in stranger.get("/").content.decode()
    assert not StaffMove.objects.exists()
