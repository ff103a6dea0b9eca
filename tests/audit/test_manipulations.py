"""A thousand random manipulations: each found, each named, nobody accused falsely."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.verification.findings import Report
from goettingen_ecm.audit.verification.run import verify
from tests.audit.attacks import Attack, Named, World
from tests.audit.attacks_on_seals import ATTACKS
from tests.audit.conftest import OWNER, PER_MONTH, build_protocol, clone, owner_alias

MONTHS = 6


@dataclass(frozen=True)
class Protocol:
    """The intact protocol and where its anchors lie."""

    anchors: Path
    entries: list[dict[str, Any]]
    seals: list[dict[str, Any]]


def _rows(query: str) -> list[dict[str, Any]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def protocol(
    django_db_setup: None,
    template_db: str,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Protocol]:
    folder = tmp_path_factory.mktemp("audit") / "anchors"
    with pytest.MonkeyPatch.context() as patch, clone(template_db, django_db_blocker, "attacked"):
        patch.setattr("django.conf.settings.AUDIT_ANCHOR_DIR", folder)
        build_protocol()
        with owner_alias():
            entries = _rows("SELECT * FROM audit_auditentry ORDER BY id")
            seals = _rows("SELECT * FROM audit_auditseal ORDER BY seq")
            yield Protocol(folder, entries, seals)


def attack(protocol: Protocol, manipulate: Attack, seed: int, folder: Path) -> tuple[World, Any]:
    """Manipulate inside a transaction, verify there, undo everything."""
    anchors = folder / str(seed)
    shutil.copytree(protocol.anchors, anchors)
    rng = random.Random(f"{manipulate.__name__} {seed}")
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        world = World(cursor, rng, protocol.entries, protocol.seals, anchors)
        named = manipulate(world)
        report = verify(using=OWNER, store=AnchorStore(anchors))
        transaction.set_rollback(True, using=OWNER)
    shutil.rmtree(anchors)
    return world, (named, report)


def complaint(world: World, named: list[Named], report: Report) -> str:
    """What is wrong with the report; empty when everything was found and nothing invented."""
    missed = [one for one in named if not one.is_in(report)]
    false = [one for one in report.findings if one.kind not in world.allowed]
    if not missed and not false:
        return ""
    return f"missed {missed}, false {false}, report {[one.text for one in report.findings]}"


def test_there_are_a_thousand_of_them() -> None:
    assert sum(ATTACKS.values()) == 1000


def test_the_intact_protocol_has_no_finding(protocol: Protocol) -> None:
    report = verify(using=OWNER, store=AnchorStore(protocol.anchors))
    assert (report.findings, report.notices) == ([], [])
    assert report.entries == report.seals == PER_MONTH * MONTHS == len(protocol.entries)
    assert report.anchors == 2 * MONTHS


@pytest.mark.parametrize("manipulate", ATTACKS, ids=lambda one: one.__name__)
def test_every_manipulation_is_found_and_named(
    protocol: Protocol, manipulate: Attack, tmp_path: Path
) -> None:
    complaints = {}
    for seed in range(ATTACKS[manipulate]):
        world, (named, report) = attack(protocol, manipulate, seed, tmp_path)
        assert named, "an attack that expects nothing proves nothing"
        if text := complaint(world, named, report):
            complaints[seed] = text
    assert complaints == {}


def test_the_report_is_the_same_after_all_attacks(protocol: Protocol) -> None:
    """Every attack was undone; what was found was its own doing."""
    assert verify(using=OWNER, store=AnchorStore(protocol.anchors)).findings == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_auditentry RENAME purpose TO reason",
        "ALTER TABLE audit_auditentry ALTER channel TYPE varchar",
        "ALTER TABLE audit_auditentry RENAME TO was_audit;"
        " CREATE VIEW audit_auditentry AS SELECT * FROM was_audit",
        "DROP TABLE audit_auditseal",
        "DROP TABLE audit_auditanchor",
    ],
)
def test_a_table_that_is_not_ours_is_named_before_it_is_believed(
    protocol: Protocol, statement: str
) -> None:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(statement)
        report = verify(using=OWNER, store=AnchorStore(protocol.anchors))
        transaction.set_rollback(True, using=OWNER)
    assert [one.kind for one in report.findings] == [FindingKind.STRUCTURE]
