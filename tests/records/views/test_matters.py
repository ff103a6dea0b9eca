"""Matters, registers and volumes in the browser (A1, A12)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.operations.models import Operation
from records.models import CaseFile, Document, Matter, RegisterPlacement
from records.services.matter_changes import change_matters
from records.services.matters import NewMatter, open_matters
from records.services.registers import write_register
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def building(quick_city: None) -> Story:
    return stories.building_file()


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_BUILDING)


def text(response: Any) -> str:
    return str(response.content.decode())


def of_file(name: str, story: Story) -> str:
    return reverse(name, args=[story.case_file.uuid])


def of_matter(name: str, story: Story) -> str:
    return reverse(name, args=[story.matter.uuid])


def another(story: Story) -> Matter:
    actor = w.acting(person(personas.CLERK_BUILDING))
    [made] = open_matters([NewMatter(story.case_file, "Widerspruch")], actor)
    return made


def test_a1_a_matter_opens_and_is_chosen_in_the_tree(clerk: Client, building: Story) -> None:
    data = {"title": "Widerspruch", "matter_type": "Rechtsbehelf", "period_from": "1.3.2026"}
    page = text(clerk.post(of_file("matter-new", building), data, follow=True))
    made = Matter.objects.get(title="Widerspruch")
    assert (made.matter_type, made.period_from) == ("Rechtsbehelf", date(2026, 3, 1))
    assert f"?vorgang={made.uuid}" in page
    assert "Der Vorgang „Widerspruch“ ist angelegt." in page


def test_a1_a_sub_matter_stands_below_its_matter(clerk: Client, building: Story) -> None:
    where = f"{of_file('matter-new', building)}?unter={building.matter.uuid}"
    assert "Teilvorgang von" in text(clerk.get(where))
    page = text(clerk.post(where, {"title": "Nachforderung"}, follow=True))
    assert Matter.objects.get(title="Nachforderung").parent_id == building.matter.pk
    turn = page.index("Unterpunkte von Bewilligung 2026")
    assert turn < page.index("Nachforderung", turn)


def test_what_is_typed_survives_a_refusal(clerk: Client, building: Story) -> None:
    data = {"title": "Frist", "period_from": "2.2.2026", "period_until": "1.1.2026"}
    answer = clerk.post(of_file("matter-new", building), data)
    assert answer.status_code == 422
    assert "Das Ende liegt vor dem Beginn." in text(answer)
    assert "2.2.2026" in text(answer)


def test_a_matter_is_renamed_with_a_merge_question(clerk: Client, building: Story) -> None:
    change_matters(
        {building.matter.pk: {"title": "Von der Kollegin"}},
        w.acting(person(personas.CLERK_BUILDING)),
    )
    where = of_matter("matter-edit", building)
    answer = clerk.post(where, {"title": "Von mir", "matter_type": "Antrag", "row_version": 1})
    assert answer.status_code == 409
    assert "Von der Kollegin" in text(answer)
    assert 'value="Von mir"' in text(answer)
    again = {"title": "Von mir", "matter_type": "Antrag", "row_version": 2}
    clerk.post(where, again | {"wahl_title": "gespeichert"})
    matter = Matter.objects.get(pk=building.matter.pk)
    assert (matter.title, matter.matter_type) == ("Von der Kollegin", "Antrag")


def test_documents_move_and_come_back(clerk: Client, building: Story) -> None:
    there = another(building)
    data = {"dokument": [str(building.document.uuid)], "target": there.pk}
    page = text(clerk.post(of_matter("matter-move", building), data, follow=True))
    assert "1 Dokument liegt jetzt in „Widerspruch“." in page
    assert Document.objects.get(pk=building.document.pk).matter_id == there.pk
    operation = Operation.objects.filter(verb="records.document.move").latest("pk")
    clerk.post(reverse("document-move-undo", args=[building.case_file.uuid, operation.pk]))
    assert Document.objects.get(pk=building.document.pk).matter_id == building.matter.pk


def test_moving_nothing_is_said(clerk: Client, building: Story) -> None:
    there = another(building)
    answer = clerk.post(of_matter("matter-move", building), {"target": there.pk})
    assert answer.status_code == 422
    assert "mindestens ein Dokument" in text(answer)


def test_a12_a_register_is_written_and_documents_are_placed(clerk: Client, building: Story) -> None:
    where = of_matter("matter-register", building)
    clerk.post(where, {"titles": "Pläne\nSchriftwechsel", "blaetter": "1"})
    letters = building.matter.register_sections.get(title="Schriftwechsel")
    page = text(
        clerk.post(
            where, {f"blatt_{building.document.uuid}": letters.pk, "plaetze": "1"}, follow=True
        )
    )
    assert RegisterPlacement.objects.get().section_id == letters.pk
    assert page.index("2 Schriftwechsel") < page.index(building.document.title)


def test_a_register_that_cannot_be_keeps_what_was_typed(clerk: Client, building: Story) -> None:
    write_register(building.matter, ["Pläne"], w.acting(person(personas.CLERK_BUILDING)))
    answer = clerk.post(
        of_matter("matter-register", building), {"titles": "Bescheide\nBescheide", "blaetter": "1"}
    )
    assert answer.status_code == 422
    assert "steht zweimal im Register" in text(answer)
    assert "Bescheide\nBescheide" in text(answer)


def test_a1_both_volumes_name_each_other(clerk: Client, building: Story) -> None:
    page = text(clerk.post(of_file("volume-new", building), follow=True))
    second = CaseFile.objects.get(aktenzeichen__endswith="/Bd. 2")
    assert "dies ist Band 2" in page
    assert of_file("case-file", building) in page
    page = text(clerk.get(of_file("case-file", building)))
    assert "dies ist Band 1" in page
    assert reverse("case-file", args=[second.uuid]) in page


def test_the_chosen_matter_brings_its_actions(clerk: Client, building: Story) -> None:
    page = of_file("case-file", building)
    assert of_matter("matter-edit", building) not in text(clerk.get(page))
    chosen = text(clerk.get(page, {"vorgang": str(building.matter.uuid)}))
    for name in ("matter-edit", "matter-move", "matter-register"):
        assert of_matter(name, building) in chosen
    assert clerk.get(page, {"vorgang": "kein Vorgang"}).status_code == 200
