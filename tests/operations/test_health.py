"""The pages a load balancer asks: states only, without login, and honest."""

import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from goettingen_ecm.operations import health

LIVENESS, READINESS = "/gesundheit/lebt", "/gesundheit/bereit"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _migrations_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_alive_needs_neither_login_nor_database(client: Client) -> None:
    answer = client.get(LIVENESS)
    assert (answer.status_code, answer.json()) == (200, {"lebt": True})


@pytest.mark.django_db
def test_ready_names_every_part(client: Client) -> None:
    answer = client.get(READINESS)
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "bereit": True,
        "datenbank": "ok",
        "migrationen": "ok",
        "ablage": "ok",
        "warteschlange": "ok",
    }
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_lost_redis_limits_but_does_not_take_the_pages_away(
    client: Client, settings: Settings
) -> None:
    settings.REDIS_URL = NOWHERE
    answer = client.get(READINESS)
    assert answer.status_code == 200
    assert answer.json()["warteschlange"] == "eingeschränkt"


def test_a_lost_database_is_503(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_db_blocker: pytest.FixtureRequest
) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
        answer = client.get(READINESS)
        connection.close()
    assert answer.status_code == 503
    assert answer.json()["bereit"] is False
    assert answer.json()["datenbank"] == "fehlt"
    assert answer.json()["migrationen"] == "fehlt"


def test_a_missing_migration_is_503(client: Client, committed_db: str) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'operations'")
    answer = client.get(READINESS)
    assert answer.status_code == 503
    assert answer.json()["migrationen"] == "fehlt"


@pytest.mark.django_db
def test_a_store_that_is_no_folder_is_503(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    settings.BLOB_DIR = tmp_path / "file"
    assert client.get(READINESS).json()["ablage"] == "fehlt"


@pytest.mark.parametrize("address", [LIVENESS, READINESS])
def test_only_reading_is_answered(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
