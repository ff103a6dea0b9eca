"""The one clock of the project, so that tests and demo data can travel in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present day in Europe/Berlin: days of law are local days."""
    return local_day(now())


def local_day(moment: datetime) -> date:
    """The day of an aware moment in Europe/Berlin."""
    return timezone.localtime(moment).date()


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Within the block ``now()`` returns ``moment`` (aware)."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
