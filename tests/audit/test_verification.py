"""What verification says about young, old and late rows, part of the chain, and its command."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.recording import record
from goettingen_ecm.audit.verification import run
from goettingen_ecm.audit.verification.findings import Ranges, span
from goettingen_ecm.audit.verification.run import verify
from goettingen_ecm.operations import clock
from tests.audit.conftest import build_protocol, entry
from tests.audit.sealed import seal_everything


def change(owner: str, entry_id: int) -> None:
    with connections[owner].cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", [entry_id])


def test_a_young_row_may_be_unsealed_an_old_one_may_not(committed: str) -> None:
    record([entry(1)])
    assert verify().findings == []
    with clock.fixed(clock.now() + timedelta(minutes=11)):
        found = verify().findings
    assert [(one.kind, one.first) for one in found] == [(FindingKind.ROW_UNSEALED, 1)]


def test_a_row_sealed_long_after_its_time_is_a_notice(committed: str) -> None:
    with clock.fixed(clock.now() - timedelta(days=2)):
        record([entry(1), entry(2)])
    seal_everything()
    report = verify()
    assert report.findings == []
    assert len(report.notices) == 1
    assert report.notices[0].startswith("2 Einträge wurden mehr als einen Tag nach ihrem Zeitpunkt")


def test_chunks_do_not_change_the_result(
    committed: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_protocol()
    change(owner, 100)
    whole = verify()
    monkeypatch.setattr(run, "CHUNK", 7)
    assert verify() == whole
    assert [one.first for one in whole.findings] == [100]


def test_since_looks_only_at_what_came_after_the_last_anchor_before(
    committed: str, owner: str
) -> None:
    build_protocol()
    change(owner, 10)
    since = datetime(2026, 6, 1, tzinfo=UTC)
    report = verify(since=since)
    assert report.findings == []
    assert report.seals == 80, "June and July"
    change(owner, 200)
    assert [one.first for one in verify(since=since).findings] == [200]
    assert [one.first for one in verify().findings] == [10, 200]


def test_neighbours_are_one_finding(committed: str, owner: str) -> None:
    build_protocol()
    for number in (50, 51, 52, 60):
        change(owner, number)
    found = [(one.first, one.last, one.text) for one in verify().findings]
    assert found == [
        (50, 52, "Eintrag 50 bis 52 (3) verändert."),
        (60, 60, "Eintrag 60 verändert."),
    ]


def run_command(*arguments: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=output)
    except SystemExit as ended:
        return int(ended.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_the_command_reports_in_german_and_ends_with_one_on_findings(
    committed: str, owner: str, store: AnchorStore
) -> None:
    call_command("seal_audit", stdout=StringIO())
    record([entry(1), entry(2)])
    output = StringIO()
    call_command("seal_audit", "--force", stdout=output)
    assert output.getvalue() == "2 Einträge versiegelt.\nAnker 1 geschrieben.\n"
    ending = "Geprüft: 2 Einträge, 2 Siegel, 1 Anker. "
    assert run_command() == (0, f"{ending}Keine Befunde.\n")
    change(owner, 2)
    status, text = run_command()
    assert status == 1
    assert text == (f"BEFUND Eintrag verändert: Eintrag 2 verändert.\n{ending}1 Befund.\n")


def test_the_command_speaks_json(committed: str, owner: str) -> None:
    record([entry(1)])
    seal_everything()
    write_anchor_if_due()
    change(owner, 1)
    status, text = run_command("--json", "--since", "2020-01-01")
    result = json.loads(text)
    assert (status, result["ok"], result["seals"]) == (1, False, 1)
    assert result["findings"] == [
        {
            "kind": "row_changed",
            "text": "Eintrag 1 verändert.",
            "first": 1,
            "last": 1,
            "month": None,
        }
    ]


def test_ranges_merge_neighbours_and_know_what_they_hold() -> None:
    ranges = Ranges()
    for number in (3, 4, 5, 9, 1):
        ranges.add(number)
    ranges.add(10, 12)
    assert list(ranges) == [(1, 1), (3, 5), (9, 9), (10, 12)]
    assert (ranges.count, ranges.last()) == (8, 12)
    assert 4 in ranges
    assert 6 not in ranges
    assert (span(7, 7), span(7, 9)) == ("7", "7 bis 9 (3)")


def test_the_anchor_vouches_for_a_removed_seal_so_the_next_one_is_still_judged(
    committed: str, owner: str
) -> None:
    build_protocol()
    with connections[owner].cursor() as cursor:
        cursor.execute("SELECT sealed FROM audit_auditanchor WHERE number = 3")
        anchored = cursor.fetchone()[0]
        cursor.execute("DELETE FROM audit_auditseal WHERE seq = %s", [anchored])
        cursor.execute(
            "UPDATE audit_auditseal SET sealed_at = now() WHERE seq = %s", [anchored + 1]
        )
    found = {(one.kind, one.first) for one in verify().findings}
    assert (FindingKind.SEAL_REMOVED, anchored) in found
    assert (FindingKind.SEAL_CHANGED, anchored + 1) in found


@pytest.mark.parametrize("txid", ["1", "900000000000000"])
def test_a_young_row_with_an_impossible_transaction_is_found_at_once(
    committed: str, owner: str, txid: str
) -> None:
    record([entry(1)])
    seal_everything()
    with connections[owner].cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (txid, recorded_at, action) VALUES (%s, now(), 'x')",
            [txid],
        )
    found = [(one.kind, one.first) for one in verify().findings]
    assert found == [(FindingKind.ROW_INSERTED, 2)]
