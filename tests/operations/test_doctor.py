"""``manage.py doctor`` and the capability registry."""

import json
import socketserver
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from goettingen_ecm.operations import capabilities
from goettingen_ecm.operations.capabilities import Capability, Finding, program
from goettingen_ecm.operations.management.commands.doctor import lines

pytestmark = pytest.mark.django_db


def doctor(*arguments: str) -> tuple[int, str]:
    """Exit status and output."""
    output = StringIO()
    try:
        call_command("doctor", *arguments, stdout=output)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


@pytest.fixture
def own_audit_key(settings: Settings) -> None:
    settings.AUDIT_KEY = "eigener Schlüssel dieser Installation"


def test_doctor_names_every_capability_and_what_is_off(own_audit_key: None) -> None:
    status, text = doctor()
    values = json.loads(doctor("--json")[1])
    assert set(values) == set(capabilities.capabilities.names())
    for name, value in values.items():
        title = str(capabilities.capabilities.get(name).title)
        assert title in text
        assert (f"ohne: {value['off']}" in text) or value["available"]
    missing = [name for name, one in values.items() if one["required"] and not one["available"]]
    assert (status, missing) == (0, [])


def test_the_suite_runs_as_a_role_that_cannot_change_the_audit() -> None:
    found = capabilities.finding("audit_role")
    assert found.available, found.detail
    assert "ecm_app" in found.detail


def test_a_role_that_may_change_the_audit_is_found(settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_mine (id int)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
        schema = cursor.fetchone()[0]
        cursor.execute(f'SET LOCAL search_path = "{schema}"')
        found = capabilities.audit_role()
    assert not found.available
    assert "darf Protokolle ändern" in found.detail


def test_missing_required_capability_ends_with_status_1(settings: Settings) -> None:
    settings.AUDIT_KEY = ""
    status, text = doctor()
    assert status == 1
    assert "FEHLT Protokollschlüssel" in text


def test_lost_queue_is_told_but_is_no_failure(settings: Settings, own_audit_key: None) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, text = doctor()
    assert status == 0
    assert "aus   Redis/Valkey" in text
    assert "nichts geht verloren" in text


def test_demo_mode_is_told(settings: Settings) -> None:
    settings.DEMO = True
    assert not capabilities.is_available("demo_off")
    settings.DEMO = False
    assert capabilities.is_available("demo_off")


def test_demo_accounts_in_a_real_installation_are_found(settings: Settings) -> None:
    settings.DEMO = False
    assert capabilities.is_available("demo_accounts")
    get_user_model()._default_manager.create(username="brandt", is_demo=True)
    assert capabilities.finding("demo_accounts") == Finding(False, "1 Demo-Konten sind aktiv")
    settings.DEMO = True
    assert capabilities.is_available("demo_accounts")


def test_programs_are_asked_for_their_version(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("#!/bin/sh\necho version 7.3\necho more\n", encoding="utf-8")
    bad.write_text("#!/bin/sh\necho broken; exit 3\n", encoding="utf-8")
    good.chmod(0o755)
    bad.chmod(0o755)
    assert program(str(tmp_path / "none"), str(good))() == Finding(True, "version 7.3")
    assert program(str(bad))() == Finding(False, "broken")
    assert program("no-such-program")().available is False


def test_lines_say_what_is_off_and_why() -> None:
    capability = Capability("Sache", lambda: Finding(False, "fehlt hier"), "nichts geht")
    assert lines(capability, Finding(False, "fehlt hier")) == [
        "  aus   Sache: fehlt hier",
        "        ohne: nichts geht",
    ]
    assert lines(capability, Finding(True, "7")) == ["  ok    Sache: 7"]


class _Clamd(socketserver.StreamRequestHandler):
    """Answers clamd's VERSION command over a real socket, as the protocol says."""

    def handle(self) -> None:
        self.request.recv(100)
        self.request.sendall(b"ClamAV 1.4.6\n")


@pytest.fixture
def clamd_address() -> Iterator[str]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_virus_scanner_is_found_by_its_address(settings: Settings, clamd_address: str) -> None:
    settings.CLAMD_URL = ""
    assert capabilities.finding("clamd").detail == "ECM_CLAMD_URL ist nicht gesetzt"
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert not capabilities.is_available("clamd")
    settings.CLAMD_URL = clamd_address
    assert capabilities.finding("clamd") == Finding(True, "ClamAV 1.4.6")
