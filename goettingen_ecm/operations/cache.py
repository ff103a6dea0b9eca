"""A cache that may be gone: a lost Redis makes pages slower, never wrong."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
T = TypeVar("T")


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

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._forgive(
            lambda: super(ForgivingRedisCache, self).get(key, default, version), default
        )

    def set(self, key: Any, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        options = {} if timeout is ... else {"timeout": timeout}
        self._forgive(
            lambda: super(ForgivingRedisCache, self).set(key, value, version=version, **options),
            None,
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._forgive(lambda: super(ForgivingRedisCache, self).delete(key, version), False)

    def add(self, key: Any, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        options = {} if timeout is ... else {"timeout": timeout}
        return self._forgive(
            lambda: super(ForgivingRedisCache, self).add(key, value, version=version, **options),
            True,
        )

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._forgive(
            lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta
        )
