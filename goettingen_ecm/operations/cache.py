"""A cache that may be gone: a lost Redis makes pages slower, never wrong."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import redis.exceptions
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
T = TypeVar("T")
Version = int | None


class ForgivingRedisCache(RedisCache):
    """Reads miss and writes are dropped while the server is away; every cached fact has PostgreSQL
    behind it. The first lines of an outage are in the log, ``doctor`` and readiness report it."""

    def _forgive(self, call: Callable[[], T], default: T) -> T:
        try:
            return call()
        except redis.exceptions.ConnectionError as error:
            logger.warning("cache unavailable: %s", error)
        except redis.exceptions.TimeoutError as error:
            logger.warning("cache timed out: %s", error)
        return default

    def get(self, key: Any, default: Any = None, version: Version = None) -> Any:
        return self._forgive(partial(super().get, key, default, version), default)

    def get_many(self, keys: Iterable[Any], version: Version = None) -> dict[Any, Any]:
        return self._forgive(partial(super().get_many, keys, version), {})

    def has_key(self, key: Any, version: Version = None) -> bool:
        return self._forgive(partial(super().has_key, key, version), False)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> None:
        self._forgive(partial(super().set, key, value, timeout, version), None)

    def set_many(
        self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> list[Any]:
        return self._forgive(partial(super().set_many, data, timeout, version), list(data))

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> bool:
        return self._forgive(partial(super().add, key, value, timeout, version), True)

    def incr(self, key: Any, delta: int = 1, version: Version = None) -> int:
        return self._forgive(partial(super().incr, key, delta, version), delta)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None) -> bool:
        return self._forgive(partial(super().touch, key, timeout, version), False)

    def delete(self, key: Any, version: Version = None) -> bool:
        return self._forgive(partial(super().delete, key, version), False)

    def delete_many(self, keys: Iterable[Any], version: Version = None) -> None:
        self._forgive(partial(super().delete_many, keys, version), None)

    def clear(self) -> None:
        self._forgive(super().clear, None)
