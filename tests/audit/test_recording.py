"""Writing entries: one statement, nothing personal, reads once per session-hour."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from goettingen_ecm.audit.models import AuditEntry, AuditReadMark
from goettingen_ecm.audit.partitions import prune_read_marks
from goettingen_ecm.audit.recording import (
    AuditRecord,
    ReadObject,
    query_digest,
    record,
    record_read,
    record_reads,
    record_search,
    session_digest,
)
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from tests.audit.conftest import entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=UTC)


def test_every_column_arrives_as_given() -> None:
    wanted = entry(30)
    with clock.fixed(NOON):
        record([wanted])
    found = AuditEntry.objects.get()
    for name in AuditRecord.__dataclass_fields__:
        value = getattr(found, name)
        if name == "session_digest":
            value = value and bytes(value)
        assert value == getattr(wanted, name), name
    assert found.recorded_at == NOON


def test_a_thousand_entries_are_one_transaction_and_one_moment() -> None:
    record([entry(number) for number in range(1000)])
    rows = set(AuditEntry.objects.values_list("txid", "recorded_at"))
    assert AuditEntry.objects.count() == 1000
    assert len(rows) == 1


def test_an_entry_vanishes_with_its_rolled_back_transaction() -> None:
    with transaction.atomic():
        record([entry(1)])
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_nothing_to_write_writes_nothing() -> None:
    record([])
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("value", ["Müller, Erika", "title=Neu", "1984-02-01", ""])
def test_a_value_is_refused_as_a_field_name(value: str) -> None:
    with pytest.raises(ValueError, match="never values"):
        record([AuditRecord("tests.changed", fields=["title", value])])
    assert not AuditEntry.objects.exists()


def test_names_inside_business_data_are_field_names() -> None:
    record([AuditRecord("tests.changed", fields=["business_data.kassenzeichen"])])
    assert AuditEntry.objects.get().fields == ["business_data.kassenzeichen"]


def test_a_record_of_an_operation_carries_who_acted() -> None:
    acting = Acting(actor_id=5, on_behalf_of_id=6, system="OPEN/PROSOZ")
    operation = begin("tests.filed", acting)
    record([AuditRecord.of(operation, "tests.filed", object_type="records.document", object_id=9)])
    found = AuditEntry.objects.get()
    who = (found.actor_id, found.on_behalf_of_id, found.system, found.operation_id, found.object_id)
    assert who == (5, 6, "OPEN/PROSOZ", operation.pk, 9)


def read(moment: datetime = NOON, **changes: Any) -> bool:
    values: dict[str, Any] = {"actor_id": 5, "session_key": "abc"} | changes
    one = values.pop("one", ReadObject("records.document", 77, UUID(int=77)))
    with clock.fixed(moment):
        return record_read("tests.read", one, **values)


def test_a_read_is_logged_once_per_person_object_and_session_hour() -> None:
    assert read()
    assert not read(NOON + timedelta(minutes=49))
    assert AuditEntry.objects.count() == 1
    assert read(NOON + timedelta(minutes=50)), "the next hour"
    assert read(session_key="other session")
    assert read(actor_id=6)
    assert read(one=ReadObject("records.document", 78))
    assert read(one=ReadObject("records.case_file", 77))
    assert AuditEntry.objects.count() == 6


def test_a_logged_read_says_who_what_and_why() -> None:
    read(on_behalf_of_id=8, operation_id=3, purpose="Vertretung")
    found = AuditEntry.objects.get()
    assert (found.action, found.actor_id, found.on_behalf_of_id) == ("tests.read", 5, 8)
    assert (found.object_type, found.object_id) == ("records.document", 77)
    assert (found.object_uuid, found.operation_id) == (UUID(int=77), 3)
    assert (found.purpose, found.channel, found.recorded_at) == ("Vertretung", "web", NOON)
    assert bytes(found.session_digest or b"") == session_digest("abc")


def test_many_reads_are_judged_one_by_one() -> None:
    objects = [ReadObject("records.document", number, uuid4()) for number in (1, 2, 2, 3)]
    with clock.fixed(NOON):
        assert record_reads("tests.read", objects[:1], actor_id=5, session_key="s") == 1
        assert record_reads("tests.read", objects, actor_id=5, session_key="s") == 2
    ids = AuditEntry.objects.order_by("object_id").values_list("object_id", flat=True)
    assert list(ids) == [1, 2, 3]


def test_a_rolled_back_read_can_be_logged_again() -> None:
    with transaction.atomic():
        assert read()
        transaction.set_rollback(True)
    assert read()


def test_old_read_marks_are_forgotten_and_young_ones_kept() -> None:
    now = clock.now()
    read(now - timedelta(days=3))
    read(now)
    assert prune_read_marks() == 1
    assert AuditReadMark.objects.get().hour > now - timedelta(hours=1)
    assert AuditEntry.objects.count() == 2


def test_a_search_in_protected_circles_keeps_no_words() -> None:
    circles = ["sozial", "owi"]
    assert record_search("  Müller  ERIKA", actor_id=5, session_key="s", circles=circles, hits=3)
    found = AuditEntry.objects.get()
    assert found.digests == {
        "query": query_digest("müller erika"),
        "hits": 3,
        "circles": ["owi", "sozial"],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM audit_auditentry e")
        assert "rika" not in cursor.fetchone()[0].lower()


def test_a_search_outside_protected_circles_is_not_logged() -> None:
    assert not record_search("Kita", actor_id=5, session_key="s", circles=[], hits=3)
    assert not AuditEntry.objects.exists()


def test_session_and_query_digests_differ_for_different_input() -> None:
    assert session_digest("a") != session_digest("b")
    assert query_digest("a b") == query_digest("A  b") != query_digest("ab")
