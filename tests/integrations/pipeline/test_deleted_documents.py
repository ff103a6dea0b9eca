"""A document deleted under four eyes does not come back with the next delivery (W11, K1)."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from integrations.choices import ClearingReason, Outcome
from integrations.models import ClearingCase, Delivery, DeliveryItem
from integrations.selectors import delivery_sum
from records.choices import DeletionGround, DocumentStatus
from records.models import Document
from records.services.actor import person
from records.services.deleting import Wish, approve_deletion, propose_deletion
from tests import personas
from tests.integrations.pipeline.conftest import run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder

Builder = Callable[[str], DeliveryBuilder]
WORD = "Quittenmus"


def files_naming(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if WORD.encode() in path.read_bytes()]


@pytest.fixture
def gone(
    quick_city: None,
    delivery_in: Builder,
    drop: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> Document:
    night = delivery_in("nacht")
    night.add("D-1", f"{WORD} im Attest")
    night.write()
    run_pipeline()
    assert files_naming(drop)
    document = Document.objects.get()
    clerk, head = (personas.person(n) for n in (personas.CLERK_SOCIAL, personas.HEAD_SOCIAL))
    wish = Wish(DeletionGround.PRIVATE, "Privates Attest")
    [one] = propose_deletion([document.pk], wish, person(clerk, "test.deleting"))
    with django_capture_on_commit_callbacks(execute=True):
        actor = person(head, "test.deleting")
        approve_deletion([one.pk], "Geprüft", actor, retention_checked=True)
    return Document.objects.get()


def test_w11_nothing_of_it_is_left_in_delivery_and_drop_folder(gone: Document, drop: Path) -> None:
    item = DeliveryItem.objects.get()
    assert (item.document, item.files, item.raw) == (gone, [], None)
    assert files_naming(drop) == []
    assert delivery_sum(Delivery.objects.get()).text == "1 = 1 abgelegt"


def test_w11_the_same_delivery_again_is_a_duplicate(gone: Document, delivery_in: Builder) -> None:
    again = delivery_in("nacht-2")
    again.add("D-1", f"{WORD} im Attest")
    again.write()
    run_pipeline()
    item = DeliveryItem.objects.get(delivery__name="nacht-2")
    assert (item.outcome, item.document, item.raw) == (Outcome.DUPLICATE, gone, None)
    left = Document.objects.get()
    assert (left.title, left.status, left.version_number) == ("Gelöscht", DocumentStatus.DELETED, 1)
    assert not left.versions.get().components.exists()
    assert "1" in delivery_sum(item.delivery).text


def test_w11_a_new_version_or_order_becomes_a_clearing_case(
    gone: Document, delivery_in: Builder
) -> None:
    again = delivery_in("nacht-3")
    again.add("D-1", "Anderer Text", version="2", action="version")
    again.add("D-1", action="ungueltig")
    again.write()
    run_pipeline()
    cases = list(ClearingCase.objects.order_by("item__position"))
    assert [one.reason for one in cases] == [ClearingReason.REFUSED] * 2
    assert all("gelöscht" in one.explanation for one in cases)
    left = Document.objects.get()
    assert (left.title, left.status) == ("Gelöscht", DocumentStatus.DELETED)
    assert WORD not in json.dumps([one.explanation for one in cases])
