"""Document types an entry of the plan takes (A4)."""

import pytest

from goettingen_ecm.operations.refusals import InvalidInput
from records.models import DocumentType, FilePlanEntry
from records.services.actor import person
from records.services.documents import change_metadata
from tests import personas, stories
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    found = stories.social_file()
    kind = DocumentType.objects.order_by("pk")[0]
    FilePlanEntry.objects.filter(code="50").update(allowed_types=[kind.code])
    return found


def change(story: Story, position: int) -> None:
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    kind = DocumentType.objects.order_by("pk")[position]
    change_metadata({story.document.pk: {"document_type": kind}}, clerk)


def test_a4_a_type_of_the_entry_above_is_taken(story: Story) -> None:
    change(story, 0)
    story.document.refresh_from_db()
    assert story.document.document_type == DocumentType.objects.order_by("pk")[0]


def test_a4_another_type_is_refused_and_the_possible_ones_named(story: Story) -> None:
    with pytest.raises(InvalidInput, match=r"50\.10") as refused:
        change(story, 1)
    assert refused.value.field == "document_type"
    assert DocumentType.objects.order_by("pk")[0].name in refused.value.next_step


def test_a4_the_nearest_entry_that_names_types_counts(story: Story) -> None:
    other = DocumentType.objects.order_by("pk")[1]
    FilePlanEntry.objects.filter(code="50.10").update(allowed_types=[other.code])
    change(story, 1)
    with pytest.raises(InvalidInput):
        change(story, 0)


def test_k5_a_specialist_system_delivers_what_it_has(story: Story) -> None:
    from records.models import SpecialistSystem
    from records.services.actor import connector

    other = DocumentType.objects.order_by("pk")[1]
    actor = connector(SpecialistSystem.objects.get(code="openprosoz"), "test")
    change_metadata({story.document.pk: {"document_type": other}}, actor)
    story.document.refresh_from_db()
    assert story.document.document_type == other
