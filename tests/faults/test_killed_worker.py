"""A worker killed at any point of the pipeline: the next one goes on, nothing lost or doubled."""

import os
import signal

import pytest

from integrations.pipeline.faultpoints import POINTS
from tests.faults.conftest import Plant, night
from tests.faults.evidence import is_done, require_all_filed

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("point", POINTS)
def test_sigkill_at_every_stage_point(plant: Plant, point: str) -> None:
    """The pool's process dies there; Celery starts another, as it would at night."""
    if not plant.workers:
        plant.start_worker()
    name = point.replace("_", "-")
    plant.fault_file.write_text(point)
    made = night(plant, name)
    made.write()
    plant.wait_until(lambda: is_done(name))
    assert not plant.fault_file.exists(), "the point was never reached"
    require_all_filed(made)


def test_whole_worker_killed_and_started_again(stopped_workers: Plant) -> None:
    """Not only the pool's process: a machine that loses power takes the whole worker.

    The pool's process dies first, so that the delivery cannot be through before the rest does.
    """
    plant = stopped_workers
    worker = plant.start_worker()
    plant.fault_file.write_text("filed")
    made = night(plant, "stromausfall", documents=40)
    made.write()
    plant.wait_until(lambda: not plant.fault_file.exists())
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert not is_done("stromausfall")
    plant.start_worker()
    plant.wait_until(lambda: is_done("stromausfall"))
    require_all_filed(made)
