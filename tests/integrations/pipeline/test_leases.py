"""Who holds an item, what a dead worker leaves behind, how a culprit is found."""

from collections.abc import Callable

import pytest

from integrations.choices import Outcome, Stage
from integrations.models import ClearingCase, DeliveryItem
from integrations.pipeline import checking, filing, leases, runner
from integrations.pipeline.leases import Batch
from integrations.selectors import delivery_sum
from records.models import Document
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder

Builder = Callable[[str], DeliveryBuilder]

DEAD = "1@1.000000"


@pytest.fixture
def received(quick_city: None, delivery_in: Builder) -> list[int]:
    """Thirty items waiting for their first stage."""
    night = delivery_in("nacht")
    for number in range(30):
        night.add(f"D-{number}")
    night.write()
    runner.receive()
    return list(DeliveryItem.objects.order_by("id").values_list("id", flat=True))


def claimed(stage: Stage = Stage.RECEIVED) -> Batch:
    batch = leases.claim(stage)
    assert batch is not None
    return batch


def test_what_one_worker_holds_no_other_takes(received: list[int]) -> None:
    assert claimed().ids == received
    assert leases.claim(Stage.RECEIVED) is None


def test_items_of_a_dead_session_are_free_at_once(received: list[int]) -> None:
    claimed()
    DeliveryItem.objects.update(leased_by=DEAD)
    assert claimed().ids == received
    assert set(DeliveryItem.objects.values_list("crashes", flat=True)) == {1}


def test_batches_shrink_until_the_culprit_is_alone(received: list[int]) -> None:
    for crashes, size in ((0, 30), (1, 20), (2, 1), (3, 1)):
        DeliveryItem.objects.update(crashes=crashes, leased_by="", lease_until=None)
        assert len(claimed().items) == size


def test_released_items_wait_as_long_as_they_should(received: list[int]) -> None:
    batch = claimed()
    leases.release(batch, wait=leases.STORE_WAIT)
    assert leases.claim(Stage.RECEIVED) is None
    DeliveryItem.objects.update(lease_until=None)
    assert claimed().ids == received


def test_an_item_that_kills_its_worker_alone_becomes_a_clearing_case(received: list[int]) -> None:
    DeliveryItem.objects.filter(pk=received[3]).update(crashes=leases.POISONED - 1, leased_by=DEAD)
    run_pipeline()
    case = ClearingCase.objects.get()
    assert case.item_id == received[3]
    assert case.reason == "crashed"
    assert "mehrfach abgebrochen" in case.explanation
    assert delivery_sum(only_delivery()).text == "30 = 29 abgelegt + 1 Klärungsfall"


def test_worker_that_lost_its_lease_changes_nothing(received: list[int]) -> None:
    batch = claimed()
    DeliveryItem.objects.filter(pk=received[0]).update(leased_by=DEAD)
    checked = checking.check(batch)
    assert checked.ids == received[1:]
    DeliveryItem.objects.filter(pk=received[1]).update(leased_by=DEAD)
    filed = filing.file_items(checked)
    assert filed.ids == received[2:]
    assert Document.objects.count() == 28
    stages = dict(DeliveryItem.objects.values_list("id", "stage"))
    assert (stages[received[0]], stages[received[1]]) == (Stage.RECEIVED, Stage.CHECKED)


def test_unexpected_failure_gives_the_items_back(
    received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in a stage must not hold a delivery for ever, nor pass unseen."""

    def broken(batch: Batch) -> Batch:
        if any(item.pk == received[5] for item in batch.items):
            raise ZeroDivisionError
        return checking.check(batch)

    monkeypatch.setitem(runner.STEPS, Stage.RECEIVED, broken)
    failures = 0
    while True:
        try:
            if not runner.process_batch():
                break
        except ZeroDivisionError:
            failures += 1
    assert failures == leases.POISONED
    culprit = DeliveryItem.objects.get(outcome=Outcome.CLEARING)
    assert culprit.pk == received[5]
    assert DeliveryItem.objects.filter(outcome=Outcome.FILED).count() == 29


def test_machine_that_lacks_something_makes_items_wait(
    received: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process to be had, for example: the delivery says so, no item is blamed."""

    def without_processes(batch: Batch) -> Batch:
        raise OSError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as lacking:
        lacking.setitem(runner.STEPS, Stage.FILED, without_processes)
        run_pipeline()
    assert only_delivery().problem == "Die Verarbeitung wartet: Resource temporarily unavailable."
    assert set(DeliveryItem.objects.values_list("stage", "crashes")) == {(Stage.FILED, 0)}
    DeliveryItem.objects.update(lease_until=None)
    run_pipeline()
    assert delivery_sum(only_delivery()).filed == 30
    assert only_delivery().problem == ""
