"""Sandboxes for the tests; nothing here needs a database."""

from collections.abc import Iterator

import pytest

from records.content.child_process import SandboxSettings
from records.content.limits import MIB
from records.content.sandbox import Sandbox

HOSTILE_CHILD = "tests.records.content.hostile_child"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox as the product uses it."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def hostile() -> Iterator[Sandbox]:
    """A sandbox whose child obeys the orders in ``hostile_child``; short limits."""
    settings = SandboxSettings(
        memory_bytes=512 * MIB, child_module=HOSTILE_CHILD, cpu_seconds=1.0, wall_seconds=2.0
    )
    with Sandbox(settings) as running:
        yield running
