"""Dropping a month: only behind an anchor, only when it is over, sealed and intact."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from goettingen_ecm.audit import retention
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.choices import AnchorKind, FindingKind
from goettingen_ecm.audit.models import AuditEntry, AuditSeal
from goettingen_ecm.audit.recording import record
from goettingen_ecm.audit.retention import Month, drop_month
from goettingen_ecm.audit.verification.run import verify
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from tests.audit.conftest import CAUGHT, PER_MONTH, build_protocol, entry
from tests.audit.sealed import seal_everything

REASON = "Aufbewahrung beendet, DA eAkte § 12"


@pytest.fixture
def protocol(committed: str, owner: str) -> str:
    build_protocol()
    return owner


def entries_of(month: datetime) -> int:
    found = AuditEntry.objects.filter(recorded_at__year=month.year, recorded_at__month=month.month)
    return found.count()


@pytest.mark.parametrize("month", [datetime(2026, 4, 1, tzinfo=UTC), CAUGHT])
def test_a_dropped_month_is_gone_and_verification_accepts_it(
    protocol: str, store: AnchorStore, month: datetime
) -> None:
    """CAUGHT has no partition of its own: its rows are taken out of the default one."""
    before = AuditEntry.objects.count()
    assert drop_month(Month(month.year, month.month), REASON) == PER_MONTH
    assert entries_of(month) == 0
    assert AuditEntry.objects.count() == before - PER_MONTH + 1
    last = [line.anchor for line in store.lines()][-1]
    assert last and last.kind == AnchorKind.RETENTION
    assert last.details == {
        "month": f"{month:%Y-%m}",
        "entries": PER_MONTH,
        "reason": REASON,
    }
    report = verify()
    assert report.findings == []
    assert report.entries == before - PER_MONTH
    logged = AuditEntry.objects.get(action=retention.MONTH_DROPPED)
    assert logged.purpose == f"{month:%Y-%m} ({PER_MONTH} Einträge): {REASON}"


def test_a_retention_anchor_excuses_only_its_month_and_only_what_was_there(
    protocol: str,
) -> None:
    drop_month(Month(2026, 4), REASON)
    with clock.fixed(datetime(2026, 4, 9, tzinfo=UTC)):
        record([entry(1)])
    seal_everything()
    late = AuditEntry.objects.order_by("id").last()
    assert late and verify().findings == []
    with connections[protocol].cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [late.id])
        cursor.execute("DROP TABLE audit_auditentry_2026_05")
    found = {(one.kind, one.month) for one in verify().findings}
    assert found == {
        (FindingKind.MONTH_DROPPED, "2026-04"),
        (FindingKind.MONTH_DROPPED, "2026-05"),
    }


def test_a_running_month_stays(protocol: str) -> None:
    end = datetime(2026, 7, 31, 23, tzinfo=UTC)
    with clock.fixed(end), pytest.raises(IllegalState, match="läuft noch"):
        drop_month(Month(2026, 7), REASON)


def test_a_month_with_unsealed_entries_stays(protocol: str) -> None:
    with clock.fixed(datetime(2026, 5, 9, tzinfo=UTC)):
        record([entry(1), entry(2)])
    with pytest.raises(IllegalState, match="2 Einträge des Monats 2026-05 sind noch nicht"):
        drop_month(Month(2026, 5), REASON)


def test_nothing_is_dropped_while_something_is_wrong(protocol: str) -> None:
    with connections[protocol].cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = 5")
    with pytest.raises(IllegalState, match="1 Auffälligkeiten"):
        drop_month(Month(2026, 5), REASON)
    assert entries_of(datetime(2026, 5, 1, tzinfo=UTC)) == PER_MONTH


def test_an_interrupted_drop_is_finished_by_repeating_it(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_values: Any) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_remove", crash)
        with pytest.raises(OSError, match="power cut"):
            drop_month(Month(2026, 4), REASON)
    assert verify().findings == [], "anchored, not yet dropped"
    assert drop_month(Month(2026, 4), REASON) == PER_MONTH
    assert verify().findings == []
    assert AuditSeal.objects.filter(month="2026-04-01").count() == PER_MONTH, "seals stay"


def test_the_command_drops_and_refuses_in_german(protocol: str) -> None:
    output = StringIO()
    call_command("drop_audit_month", "2026-03", "--reason", REASON, stdout=output)
    assert output.getvalue() == f"{PER_MONTH} Einträge des Monats 2026-03 ausgesondert.\n"
    current = f"{clock.now():%Y-%m}"
    with pytest.raises(CommandError, match=f"Der Monat {current} läuft noch"):
        call_command("drop_audit_month", current, "--reason", REASON)
    with pytest.raises(CommandError, match="kein Monat"):
        call_command("drop_audit_month", "2026-13", "--reason", REASON)
