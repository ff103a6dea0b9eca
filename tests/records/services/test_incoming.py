"""Baskets (E1, E2): everything kept and marked, nothing leaves without a step, way back."""

import hashlib
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.models import OutboxMessage
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
)
from records.choices import DocumentStatus, IncomingState, MisfilingReason
from records.models import Component, Document, IncomingItem, IncomingStep, Matter
from records.selectors import incoming as baskets
from records.services import blobs, incoming
from records.services.actor import Actor, person
from records.services.incoming_filing import FilingWish, file_items
from records.services.intake import Received, receive_uploads
from records.services.misfiling import Finding, mark_misfiled
from records.services.move_checks import Place
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

CLERK, OUTSIDER = personas.CLERK_SOCIAL, personas.CLERK_BUILDING
UNIT = "50.1"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def mailroom(quick_city: None) -> User:
    user = w._person("posteingang")
    accounts.give_role(user, w.unit("10"), Role.MAILROOM)
    return user


def acting(name: str = CLERK, reason: str = "") -> Actor:
    return person(personas.person(name), "test.incoming", reason=reason)


def upload(
    name: str = "Antrag.txt", data: bytes = b"Ein Antrag.", unit: str = UNIT
) -> IncomingItem:
    return received((name, data), unit=unit)[0].item


def received(*files: tuple[str, bytes], unit: str = UNIT, together: bool = False) -> list[Received]:
    taken = [SimpleUploadedFile(name, data) for name, data in files]
    user = personas.person(CLERK if unit.startswith("50") else OUTSIDER)
    return receive_uploads(user, w.unit(unit), taken, together=together)


def fresh(item: IncomingItem) -> IncomingItem:
    return IncomingItem.objects.get(pk=item.pk)


def steps(item: IncomingItem) -> list[str]:
    return [one.kind for one in baskets.steps_of(item)]


def into(story: Story, item: IncomingItem, actor: Actor | None = None) -> Document:
    wish = FilingWish(Place(story.case_file, story.matter))
    [filed] = file_items({item.pk: wish}, actor or acting())
    assert filed.document is not None
    return filed.document


def test_e1_the_stamp_says_when_how_and_what_and_never_changes(story: Story) -> None:
    data = filing.pdf("Antrag auf Wohngeld")
    item = upload("Antrag.pdf", data)
    assert bytes(item.digest) == hashlib.sha256(data).digest()
    assert (item.channel, item.subject, item.unit) == ("hochladen", "Antrag", w.unit(UNIT))
    assert "Wohngeld" in item.first_page
    assert AuditEntry.objects.get(action="records.incoming.received").object_id == item.pk
    for change in ({"received_at": timezone.now()}, {"channel": "mail"}, {"uuid": uuid4()}):
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            IncomingItem.objects.filter(pk=item.pk).update(**change)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        item.files.update(file_name="anders.pdf")


def test_e1_what_is_broken_locked_empty_or_not_allowed_is_kept_and_marked(story: Story) -> None:
    files = [
        ("leer.pdf", b""),
        ("kaputt.pdf", b"%PDF-1.7\nkaputt"),
        ("zu.pdf", filing.encrypted_pdf()),
        ("programm.exe", b"\x7fELF" + bytes(200)),
    ]
    items = [one.item for one in received(*files)]
    kept = [one.files.select_related("blob").get() for one in items]
    assert [one.blob.size for one in kept] == [len(data) for _name, data in files]
    assert [one.blob.problem for one in kept[:3]] == ["empty", "broken", "encrypted"]
    assert kept[3].refusal
    assert blobs._unreferenced().filter(incoming_files__in=kept).count() == 0


def test_e1_the_same_delivery_is_named_not_doubled(story: Story) -> None:
    twice = received(("a.txt", b"Gleich."), ("b.txt", b"Gleich."))
    assert [one.is_repeated for one in twice] == [False, True]
    again = received(("c.txt", b"Gleich."))[0]
    assert again.is_repeated
    assert {one.item.pk for one in [*twice, again]} == {again.item.pk}
    # In another office's basket it is a letter of its own; neither hears of the other.
    other = received(("c.txt", b"Gleich."), unit="63.1")[0]
    assert not other.is_repeated
    assert baskets.same_content(personas.person(CLERK), again.item) == []


def test_files_that_belong_together_are_one(story: Story) -> None:
    [one] = received(("Brief.txt", b"Brief."), ("Anlage.txt", b"Anlage."), together=True)
    document = into(story, one.item)
    parts = Component.objects.filter(version__document=document).order_by("position")
    assert [(p.kind, p.file_name) for p in parts] == [
        ("haupt", "Brief.txt"),
        ("anlage", "Anlage.txt"),
    ]


def test_e2_baskets_are_seen_by_their_unit_and_circle_only(story: Story, mailroom: User) -> None:
    item = upload()
    seen = IncomingItem.objects.visible_to
    assert seen(personas.person(CLERK)).contains(item)
    for name in (OUTSIDER, personas.REGISTRY, personas.ADMINISTRATION, personas.DATA_PROTECTION):
        assert not seen(personas.person(name)).exists(), name
    assert not seen(mailroom).exists()
    [central] = receive_uploads(mailroom, None, [SimpleUploadedFile("Post.txt", b"Post.")])
    assert seen(mailroom).get() == central.item
    assert not seen(personas.person(CLERK)).contains(central.item)
    with pytest.raises(Forbidden):
        receive_uploads(personas.person(CLERK), None, [SimpleUploadedFile("Post.txt", b"P.")])
    incoming.forward_items([central.item.pk], w.unit(UNIT), person(mailroom, "test.forward"))
    assert not seen(mailroom).exists()
    assert seen(personas.person(CLERK)).count() == 2


def test_filing_makes_one_incoming_document_on_the_day_of_receipt(story: Story) -> None:
    item = upload()
    document = into(story, item)
    assert (document.direction, document.title) == ("eingang", "Antrag")
    assert document.received_on == timezone.localdate(item.received_at)
    assert fresh(item).state == IncomingState.FILED
    assert OutboxMessage.objects.filter(payload__documents=[document.pk]).exists()
    with pytest.raises(IllegalState, match="schon abgelegt"):
        into(story, item)
    assert steps(item) == ["eingegangen", "abgelegt"]


def test_a_fehlablage_takes_the_item_it_came_by_out_of_sight(story: Story) -> None:
    """What was filed is seen only with its document, whoever works in the basket."""
    item = upload()
    document = into(story, item)
    rows = IncomingItem.objects.filter(pk=item.pk)
    everybody = [personas.person(one) for one in (CLERK, personas.HEAD_SOCIAL)]
    assert all(rows.visible_to(user).exists() for user in everybody)
    mark_misfiled([document.pk], Finding(MisfilingReason.WRONG_FILE), acting())
    assert not any(rows.visible_to(user).exists() for user in everybody)


def test_filing_opens_matters_where_wanted_and_all_or_nothing(story: Story) -> None:
    first, second = upload(), upload("Zwei.txt", b"Zwei.")
    wish = FilingWish(Place(story.case_file), title="Neuer Antrag")
    file_items({first.pk: wish}, acting())
    filed = fresh(first).document
    assert filed is not None
    assert filed.matter.title == "Neuer Antrag"
    count = Matter.objects.count()
    elsewhere = stories.building_file()
    wishes = {
        second.pk: FilingWish(Place(story.case_file)),
        upload("Drei.txt", b"Drei.").pk: FilingWish(Place(elsewhere.case_file)),
    }
    with pytest.raises(Forbidden):
        file_items(wishes, acting())
    assert fresh(second).state == IncomingState.OPEN
    assert Matter.objects.count() == count + 1  # the building file's own
    mixed = FilingWish(Place(story.case_file, elsewhere.matter))
    with pytest.raises(InvalidInput):
        file_items({second.pk: mixed}, acting())


def test_filing_is_taken_back_by_who_did_it_and_the_item_waits_again(story: Story) -> None:
    item, actor = upload(), acting()
    document = into(story, item, actor)
    with pytest.raises(Forbidden):
        incoming.undo_step(actor.operation.pk, acting(personas.HEAD_SOCIAL, "zurück"))
    incoming.undo_step(actor.operation.pk, acting(reason="zurück"))
    assert Document.objects.get(pk=document.pk).status == DocumentStatus.CANCELLED
    assert (fresh(item).state, fresh(item).document) == (IncomingState.OPEN, None)
    assert steps(item)[-1] == "genommen"
    assert into(story, fresh(item)).pk != document.pk
    with pytest.raises(IllegalState, match="inzwischen"):
        incoming.undo_step(actor.operation.pk, acting(reason="zurück"))


def test_e2_forwarded_and_given_back_with_a_reason(story: Story, mailroom: User) -> None:
    item, there = upload(), w.unit("63.1")
    forwarding = acting()
    incoming.forward_items([item.pk], there, forwarding, reason="Bauantrag")
    assert fresh(item).unit == there
    with pytest.raises(Forbidden):
        incoming.forward_items([item.pk], None, acting())
    with pytest.raises(InvalidInput, match="Grund"):
        incoming.give_back([item.pk], acting(OUTSIDER), reason=" ")
    incoming.give_back([item.pk], acting(OUTSIDER), reason="Kein Bauantrag")
    assert fresh(item).unit == w.unit(UNIT)
    with pytest.raises(IllegalState, match="schon in diesem Korb"):
        incoming.forward_items([item.pk], w.unit(UNIT), acting())
    with pytest.raises(IllegalState, match="inzwischen"):
        incoming.undo_step(forwarding.operation.pk, acting())
    told = [(one.kind, one.source_id, one.reason) for one in baskets.steps_of(item)[1:]]
    assert told == [
        ("weiter", w.unit(UNIT).pk, "Bauantrag"),
        ("zurueck", there.pk, "Kein Bauantrag"),
    ]
    # What nobody forwarded goes to the Poststelle; what came to it directly can only go on.
    other = upload("Andere.txt", b"Andere.")
    incoming.give_back([other.pk], acting(), reason="nicht für uns")
    assert fresh(other).unit is None
    [post] = receive_uploads(mailroom, None, [SimpleUploadedFile("Post.txt", b"Post.")])
    with pytest.raises(IllegalState, match="niemanden"):
        incoming.give_back([post.item.pk], person(mailroom, "test.back"), reason="x")


def test_forwarding_is_taken_back_while_nothing_else_happened(story: Story) -> None:
    item, actor = upload(), acting()
    incoming.forward_items([item.pk], w.unit("63.1"), actor)
    incoming.undo_step(actor.operation.pk, acting())
    assert fresh(item).unit == w.unit(UNIT)


def test_assigned_closed_and_never_over_anothers_change(story: Story) -> None:
    item, clerk = upload(), personas.person(CLERK)
    with pytest.raises(InvalidInput, match="nicht in diesem Korb"):
        incoming.assign_items([item.pk], personas.person(OUTSIDER), acting())
    incoming.assign_items([item.pk], clerk, acting(), versions={item.pk: 1})
    assert fresh(item).assignee == clerk
    with pytest.raises(LostUpdate):
        incoming.close_items([item.pk], acting(), reason="Werbung", versions={item.pk: 1})
    incoming.close_items([item.pk], acting(), reason="Werbung")
    assert fresh(item).state == IncomingState.CLOSED
    assert not baskets.waiting_count(clerk)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        IncomingStep.objects.filter(item=item).delete()
