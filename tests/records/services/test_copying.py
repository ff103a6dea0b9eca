"""Identical copies (A10): one blob, two documents that know of each other and live alone."""

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus, Confidentiality, DocumentStatus
from records.models import (
    Blob,
    CaseFile,
    Component,
    Document,
    DocumentType,
    FilePlanEntry,
    Matter,
)
from records.selectors.document_copies import copies_of
from records.services.actor import Actor, person
from records.services.cancelling import cancel_documents
from records.services.case_files import NewCaseFile, open_case_files
from records.services.copying import copy_documents, undo_copies
from records.services.documents import add_versions, change_metadata
from records.services.matters import NewMatter, open_matters
from records.services.move_checks import Place
from records.services.scoping import recompute
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

CLERK = personas.CLERK_BUILDING


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def acting(name: str = CLERK, reason: str = "") -> Actor:
    return person(personas.person(name), "test.copy", reason=reason)


def another_file() -> CaseFile:
    wanted = NewCaseFile(w.entry("63.20"), w.unit("63.1"), "Carport Lindenweg 6")
    return open_case_files([wanted], acting())[0]


def copy(story: Story, there: Place) -> Document:
    return copy_documents([story.document.pk], there, acting())[0]


def blobs(document: Document) -> list[int]:
    rows = Component.objects.filter(version__document=document).order_by("version", "position")
    return list(rows.values_list("blob_id", flat=True))


def state(document: Document) -> str:
    return Document.objects.get(pk=document.pk).status


def test_a10_a_copy_shares_the_files_and_names_its_origin(story: Story) -> None:
    kept = Blob.objects.count()
    there = another_file()
    made = copy(story, Place(there))
    assert Blob.objects.count() == kept
    assert blobs(made) == blobs(story.document)
    assert (made.case_file_id, made.title) == (there.pk, story.document.title)
    assert made.scope_id == made.matter.scope_id
    user = personas.person(CLERK)
    assert copies_of(user, made).origin == story.document
    assert list(copies_of(user, story.document).copies) == [made]
    assert AuditEntry.objects.get(action="records.document.copied").object_id == story.document.pk


def test_a10_into_another_matter_of_the_file(story: Story) -> None:
    other = open_matters([NewMatter(story.case_file, "Widerspruch")], acting())[0]
    assert copy(story, Place(story.case_file, other)).matter_id == other.pk
    for matter in (None, story.matter):
        with pytest.raises(IllegalState, match="liegt schon dort"):
            copy(story, Place(story.case_file, matter))


def test_only_the_current_version_is_copied_and_each_lives_alone(story: Story) -> None:
    add_versions([(story.document.pk, filing.version(("neu.txt", b"Neu.")))], acting())
    made = copy(story, Place(another_file()))
    assert (made.version_number, blobs(made)) == (1, blobs(story.document)[-1:])
    add_versions([(story.document.pk, filing.version(("dritte.txt", b"Drei.")))], acting())
    change_metadata({made.pk: {"title": "Eigener Name"}}, acting())
    cancel_documents([story.document.pk], acting(reason="doppelt"))
    assert (state(story.document), state(made)) == ("storniert", "gueltig")
    assert len(blobs(made)) == 1
    assert Document.objects.get(pk=story.document.pk).title == story.document.title


def test_who_does_not_see_the_other_end_does_not_hear_of_it(story: Story) -> None:
    there = another_file()
    made = copy(story, Place(there))
    CaseFile.objects.filter(pk=there.pk).update(confidentiality=Confidentiality.CONFIDENTIAL)
    keeper = w._person("registratur_63")
    accounts.give_role(keeper, w.unit("63.1"), Role.REGISTRY)
    recompute([story.case_file.pk, there.pk])
    assert not copies_of(keeper, story.document).copies
    hidden = CaseFile.objects.filter(pk=story.case_file.pk)
    hidden.update(confidentiality=Confidentiality.CONFIDENTIAL)
    CaseFile.objects.filter(pk=there.pk).update(confidentiality=Confidentiality.INTERNAL)
    recompute([story.case_file.pk, there.pk])
    assert copies_of(User.objects.get(pk=keeper.pk), made).origin is None


def test_what_is_not_copied(story: Story) -> None:
    there = Place(another_file())
    social = stories.social_file()
    with pytest.raises(Forbidden):
        copy_documents([social.document.pk], there, acting())
    with pytest.raises(Forbidden):
        copy(story, Place(social.case_file))
    CaseFile.objects.filter(pk=there.case_file.pk).update(circle="sozial")
    there.case_file.circle = "sozial"
    with pytest.raises(IllegalState, match="Berechtigungskreisen"):
        copy(story, there)
    Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.CANCELLED)
    with pytest.raises(IllegalState, match="Kopiert wird nur, was gilt"):
        copy(story, Place(another_file()))


def test_the_target_is_open_and_takes_the_type(story: Story) -> None:
    kind, other = DocumentType.objects.order_by("pk")[:2]
    Document.objects.filter(pk=story.document.pk).update(document_type=kind)
    FilePlanEntry.objects.filter(code="63.20").update(allowed_types=[other.code])
    there = another_file()
    with pytest.raises(InvalidInput, match="sieht den Dokumenttyp"):
        copy(story, Place(there))
    FilePlanEntry.objects.filter(code="63.20").update(allowed_types=[])
    matter = open_matters([NewMatter(there, "Zu")], acting())[0]
    Matter.objects.filter(pk=matter.pk).update(status=CaseFileStatus.CLOSED)
    with pytest.raises(IllegalState):
        copy(story, Place(there, matter))
    CaseFile.objects.filter(pk=there.pk).update(status=CaseFileStatus.CLOSED)
    there.status = CaseFileStatus.CLOSED
    with pytest.raises(IllegalState, match="abgeschlossen"):
        copy(story, Place(there))
    # Out of a closed file it may be copied: reading is enough there.
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    assert copy(story, Place(another_file())).pk


def test_the_way_back_cancels_the_copy_only(story: Story) -> None:
    actor = acting()
    [made] = copy_documents([story.document.pk], Place(another_file()), actor)
    with pytest.raises(Forbidden):
        undo_copies(actor.operation.pk, acting(personas.CLERK_SOCIAL, "zurück"))
    undo_copies(actor.operation.pk, acting(reason="zurück"))
    assert (state(made), state(story.document)) == ("storniert", "gueltig")
    with pytest.raises(IllegalState, match="inzwischen geändert"):
        undo_copies(actor.operation.pk, acting(reason="zurück"))
