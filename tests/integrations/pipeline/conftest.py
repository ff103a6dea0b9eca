from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from integrations.models import Delivery
from integrations.pipeline import runner
from tests.integrations.pipeline.deliveries import DeliveryBuilder
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]


@pytest.fixture
def drop(tmp_path: Path, settings: Settings) -> Path:
    """A drop folder and a blob store of the test's own."""
    settings.DROP_DIR = tmp_path / "drop"
    settings.BLOB_DIR = tmp_path / "blobs"
    settings.DROP_DIR.mkdir()
    return tmp_path / "drop"


@pytest.fixture
def delivery_in(drop: Path) -> Callable[[str], DeliveryBuilder]:
    return lambda name: DeliveryBuilder(drop, name)


def run_pipeline() -> None:
    """What a worker does, in this process, until nothing is left to do."""
    runner.receive()
    assert runner.work(seconds=60) is False


def only_delivery() -> Delivery:
    return Delivery.objects.select_related("system").get()
