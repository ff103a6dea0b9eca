"""A protocol of its own to attack: months, seals, anchors, and the owner's connection."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.partitions import create_partitions
from goettingen_ecm.audit.recording import AuditRecord, record, session_digest
from goettingen_ecm.operations import clock
from tests.audit.sealed import seal_everything
from tests.conftest import clone_of, drop, owner_url, point_django_at

OWNER = "audit_owner"
MONTHS = [datetime(2026, month, 3, 8, tzinfo=UTC) for month in (3, 4, 5, 6, 7)]
# No partition is made for this month: the default partition holds it.
CAUGHT = datetime(2025, 12, 5, 8, tzinfo=UTC)
PER_MONTH = 40
EMPTY = (
    "TRUNCATE audit_auditentry, audit_auditseal, audit_auditanchor, audit_auditreadmark"
    " RESTART IDENTITY"
)


@contextmanager
def owner_alias() -> Iterator[str]:
    """A second Django alias on the same database, with the owner's rights."""
    login = conninfo_to_dict(settings.DATABASE_OWNER_URL)
    options = dict(settings.DATABASES["default"])
    options |= {"USER": login["user"], "PASSWORD": login.get("password", "")}
    connections.databases[OWNER] = options
    try:
        yield OWNER
    finally:
        connections[OWNER].close()
        del connections[OWNER]
        del connections.databases[OWNER]


@contextmanager
def clone(template: str, blocker: object, suffix: str) -> Iterator[str]:
    shared = settings.DATABASES["default"]["NAME"]
    name = f"test_ecm_{os.getpid()}_{suffix}"
    clone_of(template, name)
    with blocker.unblock():  # type: ignore[attr-defined]
        point_django_at(name)
        try:
            yield name
        finally:
            point_django_at(shared)
    drop(name)


@pytest.fixture
def store(settings: object, tmp_path: Path) -> AnchorStore:
    """An empty anchor folder, also used by code that asks the settings."""
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"  # type: ignore[attr-defined]
    return AnchorStore()


@pytest.fixture(scope="module")
def audit_database(
    django_db_setup: None, template_db: str, django_db_blocker: object
) -> Iterator[str]:
    """One clone for a module: dropping a database costs a checkpoint."""
    with clone(template_db, django_db_blocker, "audit") as name:
        yield name


@pytest.fixture
def committed(audit_database: str, store: AnchorStore) -> str:
    """An empty protocol with real commits and its own anchors."""
    with psycopg.connect(owner_url(audit_database), autocommit=True) as connection:
        connection.execute(EMPTY)
    return audit_database


@pytest.fixture
def owner(committed: str) -> Iterator[str]:
    """Alias of the owner's connection to ``committed``."""
    with owner_alias() as alias:
        yield alias


def entry(number: int) -> AuditRecord:
    """A record with something in every column, some of them absent in some rows."""
    return AuditRecord(
        action=f"tests.action_{number % 3}",
        actor_id=number if number % 4 else None,
        on_behalf_of_id=7 if number % 5 == 0 else None,
        system="" if number % 4 else "OPEN/PROSOZ",
        operation_id=1000 + number,
        object_type="records.document",
        object_id=number % 11,
        object_uuid=UUID(int=number) if number % 2 else None,
        fields=["title", "sort_date"][: number % 3],
        digests={"sha256": f"{number:064x}"} if number % 3 else {},
        purpose="§ 67a SGB X" if number % 6 == 0 else "",
        session_digest=session_digest(str(number)) if number % 2 else None,
        channel="web" if number % 4 else "connector",
    )


def record_many(first: int, count: int, moment: datetime) -> None:
    with clock.fixed(moment):
        record([entry(number) for number in range(first, first + count)])


def build_protocol() -> None:
    """Six months, three transactions and two anchors each."""
    create_partitions(first=MONTHS[0].date(), months=len(MONTHS))
    number = 0
    for month in (CAUGHT, *MONTHS):
        for day, count in ((3, 14), (11, 13), (25, 13)):
            moment = month.replace(day=day)
            record_many(number, count, moment)
            number += count
            with clock.fixed(moment):
                seal_everything()
                if day != 11:
                    write_anchor_if_due(force=True)
