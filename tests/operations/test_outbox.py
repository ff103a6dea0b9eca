"""Outbox: nothing is lost, nothing acts twice, one bad message holds nobody up."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from goettingen_ecm.operations import clock, outbox, tasks
from goettingen_ecm.operations.models import OutboxMessage
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.outbox import DeliveryProblem, deliver_batch, publish

TOPIC = "tests.outbox"
Payload = Mapping[str, Any]


class Receiver:
    """The handler of these tests: writes a row per message, fails as told."""

    def __init__(self) -> None:
        self.failing: Callable[[Payload], None] = lambda payload: None

    def __call__(self, payload: Payload) -> None:
        Group.objects.create(name=payload["name"])
        self.failing(payload)

    def fail(self, name: str, error: BaseException) -> None:
        def failing(payload: Payload) -> None:
            if payload["name"] == name:
                raise error

        self.failing = failing

    def received(self) -> list[str]:
        rows = Group.objects.filter(name__startswith="m").order_by("id")
        return list(rows.values_list("name", flat=True))


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    made = Receiver()
    # Each test has its own handler; the registry itself refuses a second one.
    monkeypatch.setitem(outbox.handlers._entries, TOPIC, (100, made))
    yield made


def send(*names: str) -> None:
    publish(TOPIC, [{"name": name} for name in names], None)


def later(**delay: float) -> timedelta:
    return timedelta(**delay)


@pytest.mark.usefixtures("db")
class TestDelivery:
    def test_in_order_and_once(self, receiver: Receiver) -> None:
        send("m1", "m2")
        send("m3")
        assert deliver_batch() == 3
        assert deliver_batch() == 0
        assert receiver.received() == ["m1", "m2", "m3"]
        message = OutboxMessage.objects.order_by("id")[0]
        assert message.delivered_at is not None
        assert message.attempts == 1

    def test_an_unknown_topic_is_a_mistake_of_the_sender(self) -> None:
        with pytest.raises(KeyError):
            publish("tests.nobody", [{}], None)
        assert not OutboxMessage.objects.exists()

    def test_the_operation_goes_along(self, receiver: Receiver) -> None:
        operation = begin("test", Acting())
        publish(TOPIC, [{"name": "m1"}], operation)
        assert OutboxMessage.objects.get().operation == operation

    def test_a_batch_is_limited(self, receiver: Receiver) -> None:
        send("m1", "m2", "m3")
        assert deliver_batch(2) == 2
        assert receiver.received() == ["m1", "m2"]

    @pytest.mark.parametrize(
        "error", [DeliveryProblem("später"), OSError("Netz"), IntegrityError("doppelt")]
    )
    def test_a_handler_that_cannot_now_is_asked_later(
        self, receiver: Receiver, error: Exception
    ) -> None:
        receiver.fail("m1", error)
        send("m1", "m2")
        deliver_batch()
        # Its own writes are undone, the others' are not.
        assert receiver.received() == ["m2"]
        message = OutboxMessage.objects.get(delivered_at=None)
        assert message.last_error == f"{type(error).__name__}: {error}"
        assert deliver_batch() == 0
        receiver.failing = lambda payload: None
        with clock.fixed(clock.now() + later(seconds=11)):
            assert deliver_batch() == 1
        assert receiver.received() == ["m2", "m1"]
        message.refresh_from_db()
        assert (message.attempts, message.last_error) == (2, "")

    def test_the_delay_doubles_up_to_an_hour(self, receiver: Receiver) -> None:
        receiver.fail("m1", DeliveryProblem("nein"))
        send("m1")
        now, waits = clock.now(), []
        for _attempt in range(12):
            with clock.fixed(now):
                assert deliver_batch() == 1
            due = OutboxMessage.objects.get().available_at
            waits.append((due - now).total_seconds())
            now = due
        assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]

    def test_a_handler_with_a_bug_holds_nobody_up(self, receiver: Receiver) -> None:
        """It raises what no handler should; the bug is seen, the other messages go on."""
        receiver.fail("m1", ZeroDivisionError("Fehler im Programm"))
        send("m1", "m2", "m3")
        with pytest.raises(ZeroDivisionError):
            deliver_batch()
        assert receiver.received() == []
        assert deliver_batch() == 2
        assert receiver.received() == ["m2", "m3"]
        assert OutboxMessage.objects.get(delivered_at=None).payload == {"name": "m1"}

    def test_the_task_delivers_all_that_is_due(self, receiver: Receiver) -> None:
        send(*[f"m{n}" for n in range(outbox.BATCH + 5)])
        assert tasks.deliver_outbox() == outbox.BATCH + 5


@pytest.mark.usefixtures("committed_db")
class TestWithCommits:
    def test_what_is_rolled_back_is_never_sent(self, receiver: Receiver) -> None:
        with transaction.atomic():
            send("m1")
            transaction.set_rollback(True)
        assert deliver_batch() == 0
        assert receiver.received() == []

    def test_a_worker_that_dies_inside_a_handler_loses_nothing(self, receiver: Receiver) -> None:
        """As after SIGKILL: taken and committed, the handler's transaction is gone."""
        send("m1")
        [taken] = outbox._take(10)
        assert deliver_batch() == 0
        with clock.fixed(taken.available_at):
            assert deliver_batch() == 1
        assert receiver.received() == ["m1"]

    def test_two_workers_deliver_each_message_once(self, receiver: Receiver) -> None:
        send(*[f"m{n:02d}" for n in range(40)])
        barrier = threading.Barrier(2)

        def work(_number: int) -> int:
            try:
                barrier.wait(30)
                taken = 0
                while count := deliver_batch(5):
                    taken += count
                return taken
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(work, range(2))) == 40
        assert sorted(receiver.received()) == [f"m{n:02d}" for n in range(40)]

    def test_a_message_delivered_late_by_another_worker_acts_once(self, receiver: Receiver) -> None:
        """The delay ran out while the first worker was still busy: the second one is told."""
        send("m1")
        [first] = outbox._take(10)
        with clock.fixed(first.available_at):
            assert deliver_batch() == 1
        outbox._deliver(first)
        assert receiver.received() == ["m1"]
        # Not even tried: a second try would have failed on the name and been noted.
        assert OutboxMessage.objects.get().last_error == ""
