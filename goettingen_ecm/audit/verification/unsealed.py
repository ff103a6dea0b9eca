"""Rows without a seal: too young to have one, or put in behind the sealer's back."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.sealing import Head
from goettingen_ecm.audit.verification.findings import Finding, Ranges, span
from goettingen_ecm.operations import clock

GRACE = timedelta(minutes=10)

# A row at or before the chain's end can never be sealed any more, one with a transaction number
# from the future neither: both were written by hand. Others have the grace to be sealed.
_UNSEALED = f"""
SELECT e.id, e.recorded_at < %s,
  (e.txid, e.id) <= (%s::xid8, %s) OR e.txid >= pg_snapshot_xmax(pg_current_snapshot())
FROM audit_auditentry e
LEFT JOIN audit_auditseal s ON s.entry_id = e.id AND s.month = ({canonical.ENTRY_MONTH})::date
WHERE s.entry_id IS NULL AND (%s::timestamptz IS NULL OR e.recorded_at >= %s)
ORDER BY e.id
"""  # noqa: S608 - constants only


def check_unsealed(
    cursor: Any, head: Head, *, since: datetime | None, explained: Ranges, seals_lost: bool
) -> list[Finding]:
    """``explained`` are entries named already; with ``seals_lost`` a missing seal proves nothing
    against the entry itself."""
    cursor.execute(_UNSEALED, [clock.now() - GRACE, head.txid, head.entry_id, since, since])
    inserted, unsealed = Ranges(), Ranges()
    for entry_id, old, impossible in cursor.fetchall():
        if entry_id in explained:
            continue
        if impossible and not seals_lost:
            inserted.add(entry_id)
        elif old or impossible:
            unsealed.add(entry_id)
    return [*_inserted(inserted), *_unsealed(unsealed)]


def _inserted(ranges: Ranges) -> list[Finding]:
    text = _("Eintrag {span} nachträglich eingefügt (ohne Siegel).")
    return [Finding(FindingKind.ROW_INSERTED, text.format(span=span(*one)), *one) for one in ranges]


def _unsealed(ranges: Ranges) -> list[Finding]:
    text = _(
        "Eintrag {span} ohne Siegel: nachträglich eingefügt, Siegel entfernt oder Versiegelung"
        " steht still."
    )
    return [Finding(FindingKind.ROW_UNSEALED, text.format(span=span(*one)), *one) for one in ranges]
