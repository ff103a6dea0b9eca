"""The benchmark runs and cleans up; its figures are judged by people, not by the suite."""

import json
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

FIGURES = {
    "record_cpu_ms_per_row",
    "record_ms_per_row",
    "audit_entries_per_second",
    "record_one_ms_median",
    "read_ms_median",
    "read_ms_p95",
    "repeated_read_ms_p95",
    "sealed_per_second",
    "idle_seal_ms",
    "verified_per_second",
}


def test_bench_audit_prints_one_json_object_and_leaves_nothing(committed: str) -> None:
    output = StringIO()
    call_command("bench_audit", "--rows", "600", stdout=output)
    result = json.loads(output.getvalue())
    assert result["bench"] == "audit"
    assert set(result["figures"]) == FIGURES
    assert all(value > 0 for value in result["figures"].values())
    assert result["conditions"]["rows"] == 600
    assert "audit_bench" not in connections.databases
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname LIKE 'ecm_bench_audit%'"
        )
        assert found.fetchall() == []


def test_bench_audit_asks_for_the_owner() -> None:
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("bench_audit", "--database-url", "")
