"""Progress of long work as text: count, rate, remaining time."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german

# Below this span a rate is noise.
MEASURABLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` items since ``started_at``, seen at ``now``; total 0 is "unknown"."""

    done: int
    total: int
    started_at: datetime | None = None
    now: datetime | None = None

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def seconds(self) -> float:
        if self.started_at is None or self.now is None:
            return 0.0
        return max(0.0, (self.now - self.started_at).total_seconds())

    @property
    def rate(self) -> float:
        """Items per second, 0 while too little time has passed to tell."""
        return self.done / self.seconds if self.seconds >= MEASURABLE_SECONDS else 0.0

    @property
    def count_text(self) -> str:
        done, total = german.number(self.done), german.number(self.total)
        return _("%(done)s von %(total)s") % {"done": done, "total": total} if self.total else done

    @property
    def rate_text(self) -> str:
        if not self.rate:
            return ""
        if self.rate < 1:
            return _("%(n)s je Minute") % {"n": german.number(self.rate * 60)}
        return _("%(n)s je Sekunde") % {"n": german.number(self.rate, 0 if self.rate >= 10 else 1)}

    @property
    def remaining_text(self) -> str:
        if not self.rate or self.done >= self.total:
            return ""
        left = german.duration((self.total - self.done) / self.rate)
        return _("noch etwa %(left)s") % {"left": left}

    @property
    def text(self) -> str:
        parts = (self.count_text, self.rate_text, self.remaining_text)
        return " · ".join(part for part in parts if part)
