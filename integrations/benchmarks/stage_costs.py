"""CPU of each stage, split into this process, its database session and its sandbox."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from goettingen_ecm.operations import benching
from integrations.choices import Stage
from integrations.models import DeliveryItem
from integrations.pipeline import runner
from integrations.pipeline.leases import Batch
from records.services.sandbox import sandbox

TURN_SECONDS = 10.0
RECEIVE = "receive"


@dataclass(slots=True)
class Spent:
    """CPU seconds."""

    python: float = 0.0
    postgres: float = 0.0
    sandbox: float = 0.0


class Meter:
    """Adds up what the calls of each stage cost."""

    def __init__(self) -> None:
        self.backend = benching.backend_process()
        self.spent: dict[str, Spent] = defaultdict(Spent)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        before = self._now()
        yield
        after = self._now()
        spent = self.spent[name]
        spent.python += after.python - before.python
        spent.postgres += after.postgres - before.postgres
        spent.sandbox += max(0.0, after.sandbox - before.sandbox)

    def _now(self) -> Spent:
        child = sandbox().child_pid
        return Spent(
            time.process_time(),
            benching.backend_seconds(self.backend),
            benching.backend_seconds(psutil.Process(child) if child else None),
        )


def stage_costs() -> dict[str, dict[str, float]]:
    """Milliseconds of CPU per document and stage for what lies in the drop folder."""
    meter = Meter()
    steps = dict(runner.STEPS)
    for stage, step in steps.items():
        runner.STEPS[stage] = _metered(meter, stage, step)
    try:
        with meter.running(RECEIVE):
            runner.receive()
        while runner.work(TURN_SECONDS):
            pass
    finally:
        runner.STEPS.update(steps)
    documents = max(1, DeliveryItem.objects.count())
    return {name: _per_document(spent, documents) for name, spent in meter.spent.items()}


def _metered(
    meter: Meter, stage: Stage, step: Callable[[Batch], Batch]
) -> Callable[[Batch], Batch]:
    def measured(batch: Batch) -> Batch:
        with meter.running(stage.value):
            return step(batch)

    return measured


def _per_document(spent: Spent, documents: int) -> dict[str, float]:
    return {
        "python": round(spent.python * 1000 / documents, 3),
        "postgres": round(spent.postgres * 1000 / documents, 3),
        "sandbox": round(spent.sandbox * 1000 / documents, 3),
    }
