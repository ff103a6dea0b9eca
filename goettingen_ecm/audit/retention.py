"""The end of an audit month: dropped behind a signed anchor, and only when nothing is wrong in it.

Runs on the owner's connection (DATABASE_OWNER_URL), because the application cannot remove audit.
The seals stay: they hold keyed digests only and keep the chain whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from goettingen_ecm.audit.anchoring import write_special_anchor
from goettingen_ecm.audit.anchors import Anchor, AnchorStore
from goettingen_ecm.audit.choices import AnchorKind
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.audit.verification.run import verify
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState

MONTH_DROPPED = "audit.month.dropped"
RESTORE_DECLARED = "audit.restore.declared"
# Writers never wait longer than this for the table; the command can be run again.
LOCK_TIMEOUT = "2s"

_UNSEALED = """
SELECT count(*) FROM audit_auditentry e
WHERE e.recorded_at >= %s AND e.recorded_at < %s::timestamptz + interval '1 month'
  AND NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.entry_id = e.id)
"""
_COUNT = """
SELECT count(*) FROM audit_auditentry
WHERE recorded_at >= %s AND recorded_at < %s::timestamptz + interval '1 month'
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, UTC."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From ``YYYY-MM``; raises ValueError."""
        first = date.fromisoformat(f"{text}-01")
        return cls(first.year, first.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def start(self) -> str:
        return f"{self}-01T00:00:00Z"

    @property
    def partition(self) -> str:
        return f"audit_auditentry_{self.year:04d}_{self.number:02d}"

    def is_over(self) -> bool:
        now = clock.now()
        return (self.year, self.number) < (now.year, now.month)


def drop_month(
    month: Month,
    reason: str,
    *,
    using: str = DEFAULT_DB_ALIAS,
    owner_url: str = "",
    store: AnchorStore | None = None,
) -> int:
    """Remove a month's entries for good; returns how many. ``reason`` goes into the anchor.

    Raises IllegalState while the month runs, has unsealed entries or findings, and
    ImproperlyConfigured without DATABASE_OWNER_URL. Repeating an interrupted run finishes it.
    """
    _require_over(month)
    with _owner(using, owner_url) as connection:
        count = _require_sealed(connection, month)
        _require_intact(month, using, store)
        details = {"month": str(month), "entries": count, "reason": reason}
        write_special_anchor(AnchorKind.RETENTION, details, using=using, store=store)
        _remove(connection, month)
    purpose = _("{month} ({count} Einträge): {reason}")
    purpose = purpose.format(month=month, count=count, reason=reason)
    record([AuditRecord(action=MONTH_DROPPED, system="Betrieb", purpose=purpose)], using=using)
    return count


def declare_restore(
    reason: str, *, using: str = DEFAULT_DB_ALIAS, store: AnchorStore | None = None
) -> Anchor:
    """State after a restore from backup that entries anchored later are lost, and why.

    From then on verification expects the chain as it stands now. The anchor stays visible for ever.
    """
    anchor = write_special_anchor(AnchorKind.RESTORE, {"reason": reason}, using=using, store=store)
    entry = AuditRecord(action=RESTORE_DECLARED, system="Betrieb", purpose=reason)
    record([entry], using=using)
    return anchor


def _require_over(month: Month) -> None:
    if not month.is_over():
        raise IllegalState(_("Der Monat {month} läuft noch.").format(month=month))


def _require_sealed(connection: psycopg.Connection[Any], month: Month) -> int:
    unsealed = _number(connection, _UNSEALED, month)
    if unsealed:
        text = _("{count} Einträge des Monats {month} sind noch nicht versiegelt.")
        raise IllegalState(text.format(count=unsealed, month=month))
    return _number(connection, _COUNT, month)


def _number(connection: psycopg.Connection[Any], query: str, month: Month) -> int:
    row = connection.execute(query.encode(), [month.start, month.start]).fetchone()
    return int(row[0]) if row else 0


def _require_intact(month: Month, using: str, store: AnchorStore | None) -> None:
    """Dropping would hide a manipulation for good, so there must be none at all."""
    report = verify(using=using, store=store)
    if not report.ok:
        text = _("Die Prüfung findet {count} Auffälligkeiten; {month} wird nicht ausgesondert.")
        raise IllegalState(
            text.format(count=len(report.findings), month=month),
            next_step=_("Klären Sie zuerst das Ergebnis von verify_audit."),
        )


def _remove(connection: psycopg.Connection[Any], month: Month) -> None:
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'".encode())
        connection.execute(f"DROP TABLE IF EXISTS {month.partition}".encode())
        connection.execute(
            "DELETE FROM audit_auditentry WHERE recorded_at >= %s"
            " AND recorded_at < %s::timestamptz + interval '1 month'",
            [month.start, month.start],
        )


@contextmanager
def _owner(using: str, owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner's own connection to the database that ``using`` points at."""
    url = owner_url or settings.DATABASE_OWNER_URL
    if not url:
        raise ImproperlyConfigured("DATABASE_OWNER_URL is not set")
    name = connections[using].settings_dict["NAME"]
    with psycopg.connect(url, dbname=name, autocommit=True) as connection:
        yield connection
