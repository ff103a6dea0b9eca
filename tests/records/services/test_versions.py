"""New versions by hand: upload, drafts, restoring; nothing is overwritten (W8)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records.choices import ComponentKind, DocumentStatus
from records.models import CheckOut, Component, Document
from records.selectors.documents import components_of
from records.selectors.search import search
from records.services.actor import person
from records.services.check_outs import check_out
from records.services.versions import VersionWish, restore_version, upload_version
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def document(story: Story) -> Document:
    return story.document


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


def upload(user: User, document: Document, text: str, base: int = 1, **more: object) -> Document:
    key = str(more.pop("key", text))
    file = SimpleUploadedFile("entwurf.txt", text.encode())
    wish = VersionWish(file, "geändert", base, **more)  # type: ignore[arg-type]
    return upload_version(user, document, wish, key)


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_w8_an_upload_is_a_new_version_and_the_old_one_stays(
    document: Document, brandt: User
) -> None:
    [before] = components_of(document, 1)
    upload(brandt, document, "Zuckerrübenschaden festgestellt")
    now = fresh(document)
    assert (now.version_number, now.status) == (2, DocumentStatus.VALID)
    [old], [new] = components_of(now, 1), components_of(now, 2)
    assert (old.pk, old.blob_id) == (before.pk, before.blob_id)
    assert new.blob_id != old.blob_id
    version = now.versions.get(number=2)
    assert (version.created_by_id, version.comment) == (brandt.pk, "geändert")


def test_the_new_text_is_found_the_old_one_no_longer(document: Document, brandt: User) -> None:
    upload(brandt, document, "Zuckerrübenschaden festgestellt")
    outbox.deliver_batch()
    assert [hit.document.pk for hit in search(brandt, "Zuckerrübenschaden").hits] == [document.pk]
    assert not search(brandt, "Heizkostennachzahlung").hits


def test_attachments_go_along_with_shared_bytes(story: Story, brandt: User) -> None:
    document = filing.file_data(
        story.matter, "Antrag", ("antrag.txt", b"Antrag"), ("anlage.txt", b"Anlage")
    )
    upload(brandt, document, "Antrag, berichtigt")
    main, attachment = components_of(fresh(document))
    assert (main.kind, attachment.kind) == (ComponentKind.MAIN, ComponentKind.ATTACHMENT)
    assert attachment.blob_id == components_of(document, 1)[1].blob_id


def test_the_same_click_twice_makes_one_version(document: Document, brandt: User) -> None:
    for _ in range(2):
        upload(brandt, document, "Neuer Text", key="eins")
    assert fresh(document).version_number == 2


def test_a_newer_version_is_never_passed_over(document: Document, brandt: User) -> None:
    upload(brandt, document, "Zweiter Text")
    with pytest.raises(LostUpdate, match="Fassung 2"):
        upload(brandt, document, "Auch ein zweiter Text")
    assert fresh(document).version_number == 2


def test_w8_a_draft_says_so_until_a_valid_version_follows(document: Document, brandt: User) -> None:
    upload(brandt, document, "Halb fertig", is_draft=True)
    assert fresh(document).status == DocumentStatus.DRAFT
    assert document.versions.get(number=2).is_draft
    upload(brandt, document, "Fertig", base=2)
    assert fresh(document).status == DocumentStatus.VALID


def test_an_invalid_document_does_not_become_valid_by_a_version(
    document: Document, brandt: User
) -> None:
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.WITHDRAWN)
    upload(brandt, document, "Neuer Text")
    assert fresh(document).status == DocumentStatus.WITHDRAWN


def test_checking_in_ends_the_own_lock_saving_a_draft_keeps_it(
    document: Document, brandt: User
) -> None:
    check_out([document.pk], person(brandt, "test.check_out"))
    upload(brandt, document, "Halb fertig", is_draft=True, keep_lock=True)
    assert CheckOut.objects.filter(document=document, holder=brandt).exists()
    upload(brandt, document, "Fertig", base=2)
    assert not CheckOut.objects.exists()


def test_a_refused_file_leaves_the_lock_and_no_version(document: Document, brandt: User) -> None:
    check_out([document.pk], person(brandt, "test.check_out"))
    wish = VersionWish(SimpleUploadedFile("leer.txt", b""), "", 1)
    with pytest.raises(InvalidInput):
        upload_version(brandt, document, wish, "eins")
    assert fresh(document).version_number == 1
    assert CheckOut.objects.exists()


def test_w8_restoring_makes_a_new_version_of_the_same_bytes(
    document: Document, brandt: User
) -> None:
    upload(brandt, document, "Zweiter Text")
    restore_version(brandt, document, 1, 2, "eins")
    now = fresh(document)
    assert now.version_number == 3
    blobs = [components_of(now, number)[0].blob_id for number in (1, 2, 3)]
    assert blobs[0] == blobs[2] != blobs[1]
    assert Component.objects.filter(version__document=document).count() == 3
    assert "Fassung 1" in now.versions.get(number=3).comment


def test_restoring_twice_by_one_click_is_one_version(document: Document, brandt: User) -> None:
    upload(brandt, document, "Zweiter Text")
    for _ in range(2):
        restore_version(brandt, document, 1, 2, "eins")
    assert fresh(document).version_number == 3


def test_the_valid_version_is_not_restored_a_draft_becomes_valid(
    document: Document, brandt: User
) -> None:
    with pytest.raises(IllegalState, match="gilt schon"):
        restore_version(brandt, document, 1, 1, "eins")
    upload(brandt, document, "Halb fertig", is_draft=True)
    restore_version(brandt, document, 2, 2, "zwei")
    assert (fresh(document).version_number, fresh(document).status) == (3, DocumentStatus.VALID)


def test_what_is_not_there_or_not_ones_own_is_not_restored(
    document: Document, brandt: User
) -> None:
    with pytest.raises(InvalidInput):
        restore_version(brandt, document, 9, 1, "eins")
    upload(brandt, document, "Zweiter Text")
    check_out([document.pk], person(brandt, "test.check_out"))
    voss = personas.person(personas.HEAD_SOCIAL)
    with pytest.raises(IllegalState, match="Sabine Brandt"):
        restore_version(voss, document, 1, 2, "zwei")


def test_final_documents_are_left_to_the_specialist_system(
    document: Document, brandt: User
) -> None:
    Document.objects.filter(pk=document.pk).update(is_final=True)
    with pytest.raises(IllegalState, match="endgültig"):
        upload(brandt, document, "Neuer Text")
