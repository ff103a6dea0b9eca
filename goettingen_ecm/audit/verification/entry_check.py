"""The entries behind the seals: there, unchanged, and only once."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.canonical import EntryText, Seal
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.verification.findings import Finding, Ranges, span

LATE = timedelta(days=1) // timedelta(microseconds=1)
_MONTH = re.compile(r"\d{4}-\d{2}")
_BY_ID = f"SELECT {canonical.ENTRY_SELECT} FROM audit_auditentry e WHERE e.id = ANY(%s)"  # noqa: S608
_IN_MONTHS = (
    f"{_BY_ID} AND e.recorded_at >= %s::timestamptz"
    " AND e.recorded_at < %s::timestamptz + interval '1 month'"
)

Found = Mapping[int, Sequence[EntryText]]


def entries_of(cursor: Any, seals: Sequence[Seal]) -> Found:
    """The rows with the seals' entry numbers: in their months first, then anywhere."""
    wanted = [seal.entry_id for seal in seals]
    months = sorted(seal.month for seal in seals if _MONTH.fullmatch(seal.month or ""))
    found: dict[int, list[EntryText]] = defaultdict(list)
    if months:
        bounds = [f"{months[0]}-01T00:00:00Z", f"{months[-1]}-01T00:00:00Z"]
        cursor.execute(_IN_MONTHS, [wanted, *bounds])
        _collect(cursor.fetchall(), found)
    if elsewhere := [one for one in wanted if one not in found]:
        cursor.execute(_BY_ID, [elsewhere])
        _collect(cursor.fetchall(), found)
    return found


def _collect(rows: Sequence[EntryText], found: dict[int, list[EntryText]]) -> None:
    for row in rows:
        found[int(row[0] or 0)].append(row)


class EntryCheck:
    """Fed with every authentic seal and the rows found for it."""

    def __init__(self, dropped_until: Mapping[str, int]) -> None:
        self.dropped_until = dropped_until
        self.checked = 0
        self.changed, self.doubled = Ranges(), Ranges()
        self.late = Ranges()
        self._removed: dict[str, Ranges] = defaultdict(Ranges)
        self._sealed: Counter[str] = Counter()

    def feed(self, seal: Seal, rows: Sequence[EntryText]) -> None:
        if not rows and seal.seq <= self.dropped_until.get(seal.month, 0):
            return
        self.checked += 1
        self._sealed[seal.month] += 1
        same = [row for row in rows if canonical.entry_hash(row) == bytes(seal.entry_hash)]
        if not rows:
            self._removed[seal.month].add(seal.entry_id)
        elif not same:
            self.changed.add(seal.entry_id)
        elif len(rows) > 1:
            self.doubled.add(seal.entry_id)
        elif int(seal.sealed_us) - int(canonical.recorded_microseconds(rows[0])) > LATE:
            self.late.add(seal.entry_id)

    def findings(self) -> list[Finding]:
        changed, doubled = _("Eintrag {span} verändert."), _("Eintrag {span} doppelt eingefügt.")
        return [
            *_named(FindingKind.ROW_CHANGED, changed, self.changed),
            *_named(FindingKind.ROW_INSERTED, doubled, self.doubled),
            *[one for month in sorted(self._removed) for one in self._removals(month)],
        ]

    def notices(self) -> list[str]:
        if not self.late:
            return []
        first = next(iter(self.late))[0]
        text = _(
            "{count} Einträge wurden mehr als einen Tag nach ihrem Zeitpunkt versiegelt"
            " (zuerst Nr. {first}): nachgetragen oder Versiegelung stand still."
        )
        return [text.format(count=self.late.count, first=first)]

    def _removals(self, month: str) -> list[Finding]:
        removed = self._removed[month]
        if removed.count < self._sealed[month]:
            text = _("Eintrag {span} entfernt ({month}).")
            return _named(FindingKind.ROW_REMOVED, text, removed, month)
        first, last = next(iter(removed))[0], removed.last()
        text = _("Monat {month} entfernt: alle {count} Einträge fehlen (Nr. {first} bis {last}).")
        text = text.format(month=month, count=removed.count, first=first, last=last)
        return [Finding(FindingKind.MONTH_DROPPED, text, first, last, month)]


def _named(kind: FindingKind, text: str, ranges: Ranges, month: str | None = None) -> list[Finding]:
    return [
        Finding(kind, text.format(span=span(first, last), month=month), first, last, month)
        for first, last in ranges
    ]
