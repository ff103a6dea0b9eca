"""A cache that may be gone: reads miss, writes are dropped, nothing raises, nothing hangs."""

import logging
import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from goettingen_ecm.operations.cache import ForgivingRedisCache

OPTIONS = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}


def pointing_at(port: int) -> ForgivingRedisCache:
    return ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": OPTIONS})


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def exercise(gone: ForgivingRedisCache) -> None:
    gone.set("a", 1, timeout=5)
    gone.set("a", 1)
    gone.set_many({"a": 1, "b": 2})
    assert gone.get("a") is None
    assert gone.get("a", default="anders") == "anders"
    assert gone.get_many(["a", "b"]) == {}
    assert gone.get_or_set("a", lambda: 3) == 3
    assert gone.add("a", 1) is True
    assert gone.incr("a", 2) == 2
    assert gone.has_key("a") is False
    assert gone.touch("a", 5) is False
    assert gone.delete("a") is False
    gone.delete_many(["a", "b"])
    gone.clear()


def test_no_server(caplog: pytest.LogCaptureFixture) -> None:
    # Port 9 (discard) is not listened on.
    with caplog.at_level(logging.WARNING):
        exercise(pointing_at(9))
    assert "cache unavailable" in caplog.text


def test_a_server_that_never_answers_costs_no_more_than_the_time_limit(silent_port: int) -> None:
    gone = pointing_at(silent_port)
    started = time.monotonic()
    assert gone.get("a") is None
    assert time.monotonic() - started < 3


def test_a_real_server() -> None:
    assert isinstance(cache._connections[cache._alias], ForgivingRedisCache)  # type: ignore[attr-defined]
    cache.set("tests:cache", {"a": (1, 2)}, timeout=30)
    assert cache.get("tests:cache") == {"a": (1, 2)}
    assert cache.add("tests:cache", 1) is False
    assert cache.get_many(["tests:cache", "tests:none"]) == {"tests:cache": {"a": (1, 2)}}
    assert cache.has_key("tests:cache")
    cache.set("tests:number", 1, timeout=30)
    assert cache.incr("tests:number") == 2
    cache.delete_many(["tests:cache", "tests:number"])
    assert cache.get("tests:cache") is None
