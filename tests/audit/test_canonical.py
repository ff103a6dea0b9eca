"""The canonical bytes: injective, complete, independent of the session's settings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.canonical import ENTRY_COLUMNS, ENTRY_SELECT, Seal, encode_entry
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.audit.recording import AuditRecord, record

PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.text(PLAIN, max_size=20)
BIGINT = st.integers(-(2**63), 2**63 - 1)
NAMES = st.from_regex(r"[a-z_äöü][a-z0-9_]{0,8}", fullmatch=True)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | BIGINT | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ROWS = st.tuples(*[st.none() | TEXT for _ in ENTRY_COLUMNS])
RECORDS = st.builds(
    AuditRecord,
    action=TEXT,
    actor_id=st.none() | BIGINT,
    on_behalf_of_id=st.none() | BIGINT,
    system=TEXT,
    operation_id=st.none() | BIGINT,
    object_type=TEXT,
    object_id=st.none() | BIGINT,
    object_uuid=st.none() | st.uuids(),
    fields=st.lists(NAMES, max_size=4),
    digests=st.dictionaries(TEXT, JSON_VALUES, max_size=3),
    purpose=TEXT,
    outcome=st.sampled_from(["ok", "refused"]),
    session_digest=st.none() | st.binary(max_size=20),
    channel=TEXT,
)
SESSIONS = (
    "SET TimeZone = 'UTC'",
    "SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German, DMY'; SET bytea_output = 'escape';"
    " SET extra_float_digits = -3; SET IntervalStyle = 'iso_8601'",
    "SET TimeZone = 'America/St_Johns'; SET DateStyle = 'Postgres, MDY'",
)


def decode(content: bytes) -> dict[str, str]:
    """An independent reader of the format, written from its description."""
    assert content.startswith(b"entry1;")
    rest, values = content.removeprefix(b"entry1;"), {}
    while rest:
        name, rest = rest.split(b"=", 1)
        length, rest = rest.split(b":", 1)
        value, rest = rest[: int(length)], rest[int(length) :]
        assert rest.startswith(b";")
        rest = rest[1:]
        values[name.decode()] = value.decode()
    return values


@given(ROWS)
def test_the_bytes_can_be_read_back_so_no_two_rows_share_them(row: Sequence[str | None]) -> None:
    present = {
        name: value for name, value in zip(ENTRY_COLUMNS, row, strict=True) if value is not None
    }
    assert decode(encode_entry(row)) == present


def test_every_column_of_the_table_is_covered() -> None:
    columns = {field.column for field in AuditEntry._meta.concrete_fields if field.column}
    assert set(ENTRY_COLUMNS) == columns


@pytest.mark.django_db
@given(RECORDS)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_session_does_not_change_the_bytes(wanted: AuditRecord) -> None:
    record([wanted])
    encoded = set()
    with connection.cursor() as cursor:
        for session in SESSIONS:
            cursor.execute(session)
            cursor.execute(
                f"SELECT {ENTRY_SELECT} FROM audit_auditentry e ORDER BY e.id DESC LIMIT 1"
            )
            encoded.add(encode_entry(cursor.fetchone()))
        cursor.execute("RESET ALL; SET TimeZone = 'UTC'")
    assert len(encoded) == 1
    assert decode(encoded.pop())["action"] == wanted.action


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seq", 8),
        ("entry_id", 12),
        ("txid", "101"),
        ("sealed_us", "1800000000000001"),
        ("month", "2026-04"),
        ("entry_hash", b"\x02" * 32),
    ],
)
def test_the_mac_of_a_seal_covers_every_part(name: str, value: Any) -> None:
    seal = Seal(7, 11, "100", "1800000000000000", "2026-03", b"\x01" * 32, b"")
    mac = seal.expected_mac(canonical.FIRST_MAC)
    assert replace(seal, **{name: value}).expected_mac(canonical.FIRST_MAC) != mac
    assert seal.expected_mac(b"\x09" * 32) != mac
    assert replace(seal, chain_mac=mac).expected_mac(canonical.FIRST_MAC) == mac


def test_another_key_makes_other_digests(settings: Any) -> None:
    row = ["1"] * len(ENTRY_COLUMNS)
    before = canonical.entry_hash(row)
    settings.AUDIT_KEY = "another key"
    assert canonical.entry_hash(row) != before
