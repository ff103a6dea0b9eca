"""Partitions, privileges of the application role, the tasks beat calls."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction

from goettingen_ecm.audit import tasks
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.models import AuditEntry, AuditReadMark
from goettingen_ecm.audit.partitions import create_partitions
from goettingen_ecm.audit.recording import ReadObject, record, record_read
from goettingen_ecm.audit.verification.run import verify
from goettingen_ecm.operations import clock
from tests.audit.conftest import entry
from tests.audit.sealed import seal_everything

RELATIONS = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname LIKE 'audit\\_%%' AND c.relkind IN ('r', 'p')
"""
FORBIDDEN = (
    "UPDATE {} SET {} = NULL",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} ADD COLUMN more int",
    "CREATE RULE silent AS ON INSERT TO {} DO INSTEAD NOTHING",
)
# What the application may do beyond reading, by table.
WRITABLE = ("audit_auditseal", "audit_auditanchor", "audit_auditreadmark")


def relations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(RELATIONS)
        return [row[0] for row in cursor.fetchall()]


def refused(statement: str) -> bool:
    """True when PostgreSQL itself denies the statement to the application role."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.mark.django_db
def test_the_application_role_cannot_change_or_remove_audit() -> None:
    tables = relations()
    assert len(tables) >= 9, "entries, five or more partitions, seals, anchors, marks"
    record([entry(1)])
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT attname FROM pg_attribute WHERE attnum = 2 AND attrelid = '{table}'::regclass"
            )
            column = cursor.fetchone()[0]
        for statement in FORBIDDEN:
            assert refused(statement.format(table, column)), (table, statement)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["id", "txid"])
def test_the_application_role_cannot_choose_number_or_transaction(column: str) -> None:
    assert refused(
        f"INSERT INTO audit_auditentry ({column}, recorded_at, action) OVERRIDING SYSTEM VALUE"
        " VALUES ('5', now(), 'x')"
    )


@pytest.mark.django_db
def test_the_application_role_writes_entries_through_the_parent_only() -> None:
    for table in relations():
        allowed = table in WRITABLE or table == "audit_auditentry"
        if not allowed:
            assert refused(f"INSERT INTO {table} (recorded_at, action) VALUES (now(), 'x')")
            assert refused(f"SELECT 1 FROM {table}")


@pytest.mark.django_db
def test_other_roles_have_no_part_in_audit() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p WHERE p.proname LIKE 'audit\\_%%'"
            " AND has_function_privilege('public', p.oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) AS a"
            " WHERE c.relname LIKE 'audit\\_%%' AND a.grantee = 0"
        )
        assert cursor.fetchall() == []


def partition_of(found: AuditEntry) -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM audit_auditentry WHERE id = %s", [found.id]
        )
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_partitions_are_there_for_this_month_and_three_more() -> None:
    names = set(relations())
    month = clock.now().date().replace(day=1)
    for _ in range(4):
        assert f"audit_auditentry_{month:%Y_%m}" in names
        month = (month + timedelta(days=32)).replace(day=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        (datetime(2031, 1, 31, 23, 59, 59, 999999, tzinfo=UTC), "audit_auditentry_2031_01"),
        (datetime(2031, 2, 1, tzinfo=UTC), "audit_auditentry_2031_02"),
        (datetime(2031, 3, 1, tzinfo=UTC), "audit_auditentry_other"),
        (datetime(1999, 12, 31, tzinfo=UTC), "audit_auditentry_other"),
    ],
)
def test_an_entry_finds_its_month_and_never_fails_without_one(
    moment: datetime, partition: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Europe/Berlin'")
    assert create_partitions(first=date(2031, 1, 17), months=2) == 2
    assert create_partitions(first=date(2031, 1, 17), months=2) == 0
    with clock.fixed(moment):
        record([entry(1)])
    assert partition_of(AuditEntry.objects.get()) == partition


def test_rows_caught_by_the_default_partition_move_and_stay_proven(
    committed: str, store: AnchorStore
) -> None:
    with clock.fixed(datetime(2031, 5, 31, 23, 30, tzinfo=UTC)):
        record([entry(1), entry(2)])
        seal_everything()
    with clock.fixed(datetime(2031, 6, 1, tzinfo=UTC)):
        record([entry(3)])
        seal_everything()
    assert create_partitions(first=date(2031, 5, 1), months=1) == 1
    places = [partition_of(one) for one in AuditEntry.objects.order_by("id")]
    assert places == ["audit_auditentry_2031_05"] * 2 + ["audit_auditentry_other"]
    assert verify().findings == []
    for table in relations():
        if table.startswith("audit_auditentry_"):
            assert refused(f"DELETE FROM {table}"), "new partitions are protected as well"


def test_numbers_go_on_across_partitions(committed: str) -> None:
    create_partitions(first=date(2031, 1, 1), months=2)
    for month in (1, 2, 3):
        with clock.fixed(datetime(2031, month, 5, tzinfo=UTC)):
            record([entry(month)])
    assert list(AuditEntry.objects.order_by("id").values_list("id", flat=True)) == [1, 2, 3]


def test_the_tasks_of_beat_seal_anchor_and_prepare(committed: str, store: AnchorStore) -> None:
    record([entry(1)])
    with clock.fixed(clock.now() - timedelta(days=4)):
        record_read("tests.read", ReadObject("x", 1), actor_id=1, session_key="s")
    assert tasks.seal_audit() == 2
    assert store.last() is not None
    with clock.fixed(clock.now() + timedelta(days=70)):
        assert tasks.create_partitions() >= 2
    assert not AuditReadMark.objects.exists()


@pytest.mark.django_db
def test_the_command_makes_partitions_ahead() -> None:
    output = StringIO()
    call_command("create_audit_partitions", "--ahead", "5", stdout=output)
    assert output.getvalue() == "2 Partitionen angelegt.\n"


def test_beat_knows_the_tasks_by_their_names(settings: object) -> None:
    scheduled = {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}  # type: ignore[attr-defined]
    assert {tasks.seal_audit.name, tasks.create_partitions.name} <= scheduled
