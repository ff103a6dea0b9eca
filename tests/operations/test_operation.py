"""One operation per click: repeated requests get the first one's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.registry import Registry


@pytest.mark.usefixtures("db")
class TestBegin:
    def test_each_action_has_its_own(self) -> None:
        first, second = (begin("records.upload", Acting(actor_id=7)) for _ in range(2))
        assert first.pk != second.pk
        assert (first.verb, first.actor_id, first.idempotency_key) == ("records.upload", 7, None)

    def test_a_repeated_key_is_the_first_operation(self) -> None:
        first = begin("records.upload", Acting(actor_id=7), reason="erster", key="k")
        second = begin("records.upload", Acting(actor_id=8), reason="zweiter", key="k")
        assert first.pk == second.pk
        assert (second.actor_id, second.reason) == (7, "erster")
        assert begin("records.upload", Acting(actor_id=7), key="anderer").pk != first.pk

    def test_it_remembers_for_whom_and_which_system(self) -> None:
        made = begin("x", Acting(actor_id=1, on_behalf_of_id=2, system="openprosoz"))
        stored = Operation.objects.get(pk=made.pk)
        assert (stored.actor_id, stored.on_behalf_of_id, stored.system) == (1, 2, "openprosoz")


def test_a_double_click_makes_one_operation(committed_db: str) -> None:
    def click(_number: int) -> int:
        try:
            return begin("records.upload", Acting(actor_id=7), key="doppelt").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(8)))) == 1
    assert Operation.objects.count() == 1


class TestClock:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
            (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
            (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
            (datetime(2026, 6, 30, 22, 0, 0, tzinfo=UTC), date(2026, 7, 1)),
        ],
    )
    def test_days_are_days_in_berlin(self, moment: datetime, day: date) -> None:
        with clock.fixed(moment):
            assert clock.now() == moment
            assert clock.today() == day

    def test_it_runs_again_afterwards(self) -> None:
        then = datetime(2020, 1, 1, tzinfo=UTC)
        with pytest.raises(ZeroDivisionError), clock.fixed(then):
            raise ZeroDivisionError
        assert clock.now().year >= 2026


class TestRegistry:
    def test_order_then_name(self) -> None:
        registry: Registry[int] = Registry()
        registry.register("b", 2)
        registry.register("a", 1)
        registry.register("z", 26, order=1)
        assert list(registry.entries()) == [26, 1, 2]
        assert registry.names() == ["z", "a", "b"]

    def test_a_name_registers_once(self) -> None:
        registry: Registry[int] = Registry()
        registry.register("a", 1)
        with pytest.raises(ValueError, match="a is registered already"):
            registry.register("a", 2)
        assert registry.get("a") == 1
        with pytest.raises(KeyError):
            registry.get("b")
