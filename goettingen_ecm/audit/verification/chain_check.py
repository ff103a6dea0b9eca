"""The chain of seals: each link authentic, none missing, heads as the anchors saw them."""

import hmac
from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from goettingen_ecm.audit.anchors import Anchor
from goettingen_ecm.audit.canonical import Seal
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.verification.findings import Finding, Ranges, span


class ChainCheck:
    """Fed with all seals in order, from behind seal ``start`` whose digest was ``previous``."""

    def __init__(self, anchors: Sequence[Anchor], start: int, previous: bytes) -> None:
        self.anchors = sorted((one for one in anchors if one.sealed > start), key=_sealed)
        self.last_seq = start
        self.missing, self.bad = Ranges(), Ranges()
        self.contradicted: list[Anchor] = []
        self._previous: bytes | None = previous
        self._repaired: bytes | None = None
        self._interval: Counter[str] = Counter()
        self._present: Counter[str] = Counter()
        self._lacking: Counter[str] = Counter()
        self._next_anchor = 0

    def feed(self, seal: Seal) -> bool:
        """True when the seal is authentic, as far as its predecessor is known."""
        if seal.seq > self.last_seq + 1:
            self._skip(self.last_seq + 1, seal.seq - 1)
        self._close_intervals(before=seal.seq)
        authentic = self._judge(seal)
        self._count(seal)
        self.last_seq = seal.seq
        return authentic

    def finish(self, sealed: int) -> list[Finding]:
        """All findings; ``sealed`` is the number of seals the anchors promise."""
        self._close_intervals(before=None)
        return [
            *self._missing_findings(),
            *self._bad_findings(),
            *self._contradictions(),
            *self._tail(sealed),
            *self._lost_months(),
        ]

    def _skip(self, first: int, last: int) -> None:
        self.missing.add(first, last)
        heads = [bytes.fromhex(one.head) for one in self.anchors if one.sealed == last]
        self._previous, self._repaired = (heads[-1] if heads else None), None

    def _judge(self, seal: Seal) -> bool:
        """Altering only a stored digest makes the next link look wrong too: try it repaired."""
        known = [mac for mac in (self._previous, self._repaired) if mac is not None]
        expected = [seal.expected_mac(mac) for mac in known]
        authentic = not known or any(hmac.compare_digest(one, seal.chain_mac) for one in expected)
        if not authentic:
            self.bad.add(seal.seq)
        self._repaired = None if authentic else expected[-1]
        self._previous = seal.chain_mac
        return authentic

    def _count(self, seal: Seal) -> None:
        self._interval[seal.month] += 1
        self._present[seal.month] += 1
        for anchor in self.anchors[self._next_anchor :]:
            if anchor.sealed != seal.seq:
                break
            if anchor.head != seal.chain_mac.hex() and seal.seq not in self.bad:
                self.contradicted.append(anchor)

    def _close_intervals(self, before: int | None) -> None:
        """An anchor counts the seals since the one before by month: what is lacking?"""
        while self._next_anchor < len(self.anchors):
            anchor = self.anchors[self._next_anchor]
            if before is not None and anchor.sealed >= before:
                return
            self._lacking += Counter(anchor.months) - self._interval
            self._interval.clear()
            self._next_anchor += 1

    def _missing_findings(self) -> list[Finding]:
        text = _("Siegel {span} entfernt.")
        return [
            Finding(FindingKind.SEAL_REMOVED, text.format(span=span(*one)), *one)
            for one in self.missing
        ]

    def _bad_findings(self) -> list[Finding]:
        return [_bad_finding(first, last) for first, last in self.bad]

    def _contradictions(self) -> list[Finding]:
        text = _("Siegel {seq} widerspricht Anker {number}: Kette neu gerechnet.")
        return [
            Finding(
                FindingKind.CHAIN_RECOMPUTED,
                text.format(seq=one.sealed, number=one.number),
                one.sealed,
                one.sealed,
            )
            for one in self.contradicted
        ]

    def _tail(self, sealed: int) -> list[Finding]:
        if self.last_seq >= sealed:
            return []
        first, last = self.last_seq + 1, sealed
        witness = next(one for one in self.anchors if one.sealed == sealed)
        text = _("Ende abgeschnitten: Siegel {span} fehlen laut Anker {number} vom {moment}.")
        words = {"number": witness.number, "moment": witness.written_at}
        text = text.format(span=span(first, last), **words)
        return [Finding(FindingKind.TAIL_CUT, text, first, last)]

    def _lost_months(self) -> list[Finding]:
        text = _("Monat {month} entfernt: laut Ankern {count} Siegel, vorhanden keines.")
        return [
            Finding(FindingKind.MONTH_DROPPED, text.format(month=month, count=count), month=month)
            for month, count in sorted(self._lacking.items())
            if not self._present[month]
        ]


def _bad_finding(first: int, last: int) -> Finding:
    if first == last:
        text = _("Siegel {span} verändert.").format(span=first)
        return Finding(FindingKind.SEAL_CHANGED, text, first, last)
    text = _("Kette ohne Schlüssel neu gerechnet: Siegel {span}.")
    return Finding(FindingKind.CHAIN_RECOMPUTED, text.format(span=span(first, last)), first, last)


def _sealed(anchor: Anchor) -> int:
    return anchor.sealed
