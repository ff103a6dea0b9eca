"""Anchors: when they are written, what survives a crash, a lost folder, a restore."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from goettingen_ecm.audit import anchors as anchor_files
from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.anchors import NO_MAC, AnchorStore
from goettingen_ecm.audit.choices import AnchorKind, FindingKind
from goettingen_ecm.audit.models import AuditAnchor, AuditEntry, AuditSeal
from goettingen_ecm.audit.recording import record
from goettingen_ecm.audit.retention import declare_restore
from goettingen_ecm.audit.verification.run import verify
from goettingen_ecm.operations import clock
from tests.audit.conftest import entry
from tests.audit.sealed import seal_everything


def write(count: int) -> None:
    record([entry(number) for number in range(count)])
    seal_everything()


def numbers(store: AnchorStore) -> list[int]:
    return [line.anchor.number for line in store.lines() if line.anchor]


def kinds() -> list[FindingKind]:
    return [one.kind for one in verify().findings]


def test_an_anchor_holds_count_head_months_and_its_predecessor(
    committed: str, store: AnchorStore
) -> None:
    write(3)
    first = write_anchor_if_due()
    write(2)
    second = write_anchor_if_due(force=True)
    assert first and second
    assert (first.number, first.sealed, first.previous) == (1, 3, NO_MAC)
    assert (second.number, second.sealed, second.previous) == (2, 5, first.mac)
    assert second.head == bytes(AuditSeal.objects.get(seq=5).chain_mac).hex()
    assert second.months == {f"{clock.now():%Y-%m}": 2}
    assert [line.anchor for line in store.lines()] == [first, second]
    assert AuditAnchor.objects.count() == 2


def test_anchors_come_when_something_changed_and_a_minute_apart(
    committed: str, store: AnchorStore
) -> None:
    start = clock.now()
    assert write_anchor_if_due() is None, "nothing sealed"
    write(1)
    with clock.fixed(start):
        assert write_anchor_if_due()
    write(1)
    with clock.fixed(start + timedelta(seconds=59)):
        assert write_anchor_if_due() is None, "too early"
    with clock.fixed(start + timedelta(seconds=60)):
        assert write_anchor_if_due()
    with clock.fixed(start + timedelta(hours=1)):
        assert write_anchor_if_due() is None, "nothing new"
    assert numbers(store) == [1, 2]


def test_files_are_filled_one_after_the_other(
    committed: str, store: AnchorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchor_files, "PER_FILE", 2)
    for _ in range(5):
        write(1)
        write_anchor_if_due(force=True)
    names = [path.name for path in sorted(store.folder.iterdir())]
    assert names == [f"anchors-{first:010d}.jsonl" for first in (1, 3, 5)]
    assert numbers(store) == [1, 2, 3, 4, 5]
    assert verify().findings == []


def test_a_line_torn_by_a_power_cut_does_not_swallow_the_next(
    committed: str, store: AnchorStore
) -> None:
    write(1)
    write_anchor_if_due(force=True)
    path = next(store.folder.iterdir())
    path.write_bytes(path.read_bytes() + b'{"number": 2, "wri')
    write(1)
    assert write_anchor_if_due(force=True)
    report = verify()
    assert report.findings == []
    assert report.notices == [f"Unlesbare Ankerzeile ({path.name}, Zeile 2)."]
    assert numbers(store) == [1, 2]


def test_a_crash_between_file_and_register_is_healed_and_no_finding(
    committed: str, store: AnchorStore, owner: str
) -> None:
    write(1)
    write_anchor_if_due(force=True)
    with connections[owner].cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditanchor")
    assert verify().findings == []
    write(1)
    second = write_anchor_if_due(force=True)
    assert second and second.number == 2
    assert list(AuditAnchor.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert verify().findings == []


def test_when_the_file_cannot_be_written_the_register_does_not_claim_it(
    committed: str, store: AnchorStore
) -> None:
    write(1)
    store.folder.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(OSError, match="anchors"):
        write_anchor_if_due()
    assert not AuditAnchor.objects.exists()
    assert AuditSeal.objects.count() == 1, "sealing is not undone"


def test_a_lost_folder_is_named_and_the_chain_of_anchors_goes_on(
    committed: str, store: AnchorStore
) -> None:
    write(1)
    first = write_anchor_if_due(force=True)
    next(store.folder.iterdir()).unlink()
    write(1)
    second = write_anchor_if_due(force=True)
    assert first and second
    assert (second.number, second.previous) == (2, first.mac)
    findings = verify().findings
    assert [(one.kind, one.first) for one in findings] == [(FindingKind.ANCHOR_REMOVED, 1)]


def _as_after_an_old_backup(owner: str, kept: int) -> None:
    """What a restored backup looks like: rows, seals and register end earlier than the files."""
    with connections[owner].cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_auditentry WHERE id IN"
            " (SELECT entry_id FROM audit_auditseal WHERE seq > %s)",
            [kept],
        )
        cursor.execute("DELETE FROM audit_auditseal WHERE seq > %s", [kept])
        cursor.execute("DELETE FROM audit_auditanchor WHERE sealed > %s", [kept])


def test_after_a_restore_the_loss_is_found_until_it_is_declared(
    committed: str, store: AnchorStore, owner: str
) -> None:
    for count in (3, 3, 3):
        write(count)
        write_anchor_if_due(force=True)
    _as_after_an_old_backup(owner, kept=4)
    assert kinds() == [FindingKind.TAIL_CUT]
    write(1)
    assert write_anchor_if_due(force=True) is None, "no anchor may cover the loss up"
    assert FindingKind.TAIL_CUT in kinds()
    anchor = declare_restore("Plattenschaden, Sicherung von gestern")
    assert (anchor.kind, anchor.number, anchor.sealed) == (AnchorKind.RESTORE, 4, 5)
    assert verify().findings == []
    write(9)
    assert write_anchor_if_due(force=True)
    assert verify().findings == []
    assert AuditEntry.objects.filter(action="audit.restore.declared").count() == 1


def test_an_undeclared_loss_is_still_found_when_the_chain_grew_past_it(
    committed: str, store: AnchorStore, owner: str
) -> None:
    for count in (3, 3):
        write(count)
        write_anchor_if_due(force=True)
    _as_after_an_old_backup(owner, kept=3)
    write(20)
    write_anchor_if_due(force=True)
    found = [(one.kind, one.first) for one in verify().findings]
    assert found == [(FindingKind.CHAIN_RECOMPUTED, 6)]


def test_seals_no_anchor_covers_are_a_finding_once_they_are_old(
    committed: str, store: AnchorStore
) -> None:
    write(2)
    assert verify().findings == []
    with clock.fixed(clock.now() + timedelta(minutes=11)):
        found = [(one.kind, one.first, one.last) for one in verify().findings]
    assert found == [(FindingKind.ANCHOR_REMOVED, 1, 2)]


def test_an_anchor_signed_with_another_key_is_not_believed(
    committed: str, store: AnchorStore, settings: Any
) -> None:
    write(2)
    settings.AUDIT_KEY, ours = "another key", settings.AUDIT_KEY
    write_anchor_if_due(force=True)
    settings.AUDIT_KEY = ours
    assert FindingKind.ANCHOR_CHANGED in kinds()
    assert store.last() is None


def test_an_absent_folder_holds_no_anchor(tmp_path: Path) -> None:
    store = AnchorStore(tmp_path / "absent")
    assert list(store.lines()) == []
    assert store.last() is None


def test_two_chains_of_anchors_do_not_pass_for_one(committed: str, store: AnchorStore) -> None:
    """As when two folders of anchors were mixed: each line is signed, together they are wrong."""
    write(1)
    first = write_anchor_if_due(force=True)
    assert first
    fork = replace(first, number=2, previous="ab" * 32, months={}, mac="")
    store.append(replace(fork, mac=fork.signature()))
    found = [(one.kind, one.first, one.text) for one in verify().findings]
    text = "Anker 2 schließt nicht an seinen Vorgänger an."
    assert found == [(FindingKind.ANCHOR_CHANGED, 2, text)]
