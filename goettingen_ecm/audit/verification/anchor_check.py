"""The anchors: every line authentic, none missing, the register in the database the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.audit.anchoring import effective
from goettingen_ecm.audit.anchors import NO_MAC, Anchor, AnchorLine
from goettingen_ecm.audit.canonical import microseconds
from goettingen_ecm.audit.choices import AnchorKind, FindingKind
from goettingen_ecm.audit.verification.findings import Finding, Ranges, span

_REGISTER = """
SELECT number, trunc(extract(epoch FROM written_at) * 1000000)::text, kind, sealed,
  encode(mac, 'hex')
FROM audit_auditanchor ORDER BY number
"""


@dataclass(slots=True)
class AnchorBook:
    """What the anchors promise: authentic ones in order, months rightfully dropped."""

    anchors: list[Anchor] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def sealed(self) -> int:
        """How many seals must exist at least."""
        return max((one.sealed for one in self.anchors), default=0)

    def dropped_until(self) -> dict[str, int]:
        """Month → seal number up to which its entries may be gone."""
        kept = [one for one in self.anchors if one.kind == AnchorKind.RETENTION]
        return {str(one.details.get("month")): one.sealed for one in kept}

    def at(self, sealed: int) -> list[Anchor]:
        return [one for one in self.anchors if one.sealed == sealed]


def check_anchors(cursor: Any, lines: Sequence[AnchorLine]) -> AnchorBook:
    """Judge lines read *before* the database's snapshot was taken."""
    book = AnchorBook()
    by_number = _authentic(lines, book)
    _check_links(by_number, book)
    _check_register(cursor, by_number, book)
    book.anchors = effective(list(by_number.values()))
    return book


def _authentic(lines: Sequence[AnchorLine], book: AnchorBook) -> dict[int, Anchor]:
    found: dict[int, Anchor] = {}
    for line in lines:
        anchor = line.anchor
        where = _("{file}, Zeile {line}").format(file=line.path.name, line=line.line)
        if anchor is None:
            book.notices.append(_("Unlesbare Ankerzeile ({where}).").format(where=where))
        elif not anchor.is_authentic():
            text = _("Anker {number} wurde verändert ({where}).")
            _add(book, FindingKind.ANCHOR_CHANGED, text, anchor.number, where=where)
        elif anchor.number in found:
            text = _("Anker {number} steht zweimal in den Dateien ({where}).")
            _add(book, FindingKind.ANCHOR_CHANGED, text, anchor.number, where=where)
        else:
            found[anchor.number] = anchor
    return found


def _check_links(by_number: dict[int, Anchor], book: AnchorBook) -> None:
    altered = {one.first for one in book.findings}
    missing = Ranges()
    for number in range(1, max(by_number, default=0) + 1):
        anchor = by_number.get(number)
        if anchor is None:
            if number not in altered:
                missing.add(number)
        elif not _follows(anchor, by_number):
            text = _("Anker {number} schließt nicht an seinen Vorgänger an.")
            _add(book, FindingKind.ANCHOR_CHANGED, text, number)
    _report_missing(missing, book)


def _follows(anchor: Anchor, by_number: dict[int, Anchor]) -> bool:
    if anchor.number == 1:
        return anchor.previous == NO_MAC
    before = by_number.get(anchor.number - 1)
    return before is None or before.mac == anchor.previous


def _report_missing(missing: Ranges, book: AnchorBook) -> None:
    for first, last in missing:
        text = _("Anker {span} fehlt in den Dateien.").format(span=span(first, last))
        book.findings.append(Finding(FindingKind.ANCHOR_REMOVED, text, first, last))


def _check_register(cursor: Any, by_number: dict[int, Anchor], book: AnchorBook) -> None:
    cursor.execute(_REGISTER)
    rows = {row[0]: row[1:] for row in cursor.fetchall()}
    newest = max(by_number, default=0)
    missing = Ranges()
    for number, registered in sorted(rows.items()):
        anchor = by_number.get(number)
        if anchor is None and number > newest and number not in _named(book):
            missing.add(number)
        elif anchor is not None and _as_registered(anchor) != registered:
            text = _("Anker {number} steht im Verzeichnis der Datenbank anders als in den Dateien.")
            _add(book, FindingKind.ANCHOR_CHANGED, text, number)
    _report_missing(missing, book)
    # A crash or an older backup may leave out the register's end: the next anchor fills it in.
    for number in sorted(set(range(1, max(rows, default=0))) & set(by_number) - set(rows)):
        text = _("Anker {number} fehlt im Verzeichnis der Datenbank.")
        _add(book, FindingKind.ANCHOR_REMOVED, text, number)


def _as_registered(anchor: Anchor) -> tuple[str, str, int, str]:
    moment = microseconds(datetime.fromisoformat(anchor.written_at))
    return (str(moment), anchor.kind, anchor.sealed, anchor.mac)


def _named(book: AnchorBook) -> set[int | None]:
    return {one.first for one in book.findings}


def _add(book: AnchorBook, kind: FindingKind, text: str, number: int, **words: str) -> None:
    book.findings.append(Finding(kind, text.format(number=number, **words), number, number))
