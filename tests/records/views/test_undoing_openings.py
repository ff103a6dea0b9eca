"""The way back is offered after opening and changing, and leads where it says (ux.md)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.operations.models import Operation
from records.models import CaseFile, Matter
from records.services.matters import NewMatter, open_matters
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


def offered(page: str, name: str, uuid: object) -> str:
    """The address of "Rückgängig", which the page must offer."""
    where = reverse(name, args=[uuid, Operation.objects.latest("pk").pk])
    assert where in page
    return where


def test_a_file_opened_by_mistake_goes_and_its_number_stays_used(clerk: Client) -> None:
    where = f"{reverse('case-file-new')}?eintrag={w.entry('63.20').pk}"
    values = {"title": "Zaun am Leinekanal", "lead_unit": w.unit("63.1").pk}
    page = text(clerk.post(where, values, follow=True))
    made = CaseFile.objects.get(title="Zaun am Leinekanal")
    said = text(clerk.post(offered(page, "case-file-opening-undo", made.uuid), follow=True))
    assert f"Die Akte {made.aktenzeichen} ist zurückgenommen." in said
    assert "nicht noch einmal vergeben" in said
    assert clerk.get(reverse("case-file", args=[made.uuid])).status_code == 404


def test_a_matter_goes_or_the_page_says_why_not(clerk: Client, building: Story) -> None:
    where = reverse("matter-new", args=[building.case_file.uuid])
    page = text(clerk.post(where, {"title": "Irrtum"}, follow=True))
    made = Matter.objects.get(title="Irrtum")
    undo = offered(page, "matter-opening-undo", made.uuid)
    actor = w.acting(person(personas.CLERK_BUILDING))
    [sub] = open_matters([NewMatter(building.case_file, "Teil", parent=made)], actor)
    refused = clerk.post(undo)
    assert refused.status_code == 409
    assert "Inzwischen gehört etwas dazu" in text(refused)
    Matter.objects.filter(pk=sub.pk).delete()
    assert "„Irrtum“ ist zurückgenommen" in text(clerk.post(undo, follow=True))
    assert not Matter.objects.filter(pk=made.pk).exists()


def test_a_changed_matter_and_its_register_go_back(clerk: Client, building: Story) -> None:
    matter = building.matter
    where = reverse("matter-edit", args=[matter.uuid])
    page = text(clerk.post(where, {"title": "Anders", "row_version": 1}, follow=True))
    clerk.post(offered(page, "matter-undo", matter.uuid))
    assert Matter.objects.get(pk=matter.pk).title == matter.title
    where = reverse("matter-register", args=[matter.uuid])
    page = text(clerk.post(where, {"titles": "Pläne", "blaetter": "1"}, follow=True))
    again = clerk.post(where, {"titles": "Pläne", "blaetter": "1"}, follow=True)
    assert "Es war nichts zu ändern." in text(again)
    operation = Operation.objects.filter(verb="records.matter.register").earliest("pk")
    undo = reverse("matter-register-undo", args=[matter.uuid, operation.pk])
    assert undo in page
    assert "wieder, wie es war" in text(clerk.post(undo, follow=True))
    assert not matter.register_sections.exists()
