"""The benchmark's meter sees every stage."""

from collections.abc import Callable

from integrations.benchmarks.stage_costs import RECEIVE, stage_costs
from integrations.choices import Stage
from integrations.pipeline import runner
from records.models import Document
from tests.integrations.pipeline.deliveries import DeliveryBuilder


def test_costs_of_every_stage(
    quick_city: None, delivery_in: Callable[[str], DeliveryBuilder]
) -> None:
    night = delivery_in("nacht")
    for number in range(5):
        night.add(f"D-{number}")
    night.write()
    before = dict(runner.STEPS)
    costs = stage_costs()
    assert set(costs) == {RECEIVE, *(stage.value for stage in runner.STEPS)}
    assert all(cost["python"] > 0 for cost in costs.values())
    assert Document.objects.count() == 5
    assert before == runner.STEPS
    assert Stage.FINISHED not in runner.STEPS
