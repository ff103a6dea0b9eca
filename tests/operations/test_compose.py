"""docker-compose.yml: valid by the schema, and our services' commands and health checks really run.

There is no Docker engine here: the images of others (PostgreSQL, Valkey, ClamAV) are not run, only
our image's commands, with the environment the file gives them, outside of a container.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR, Layout
from goettingen_ecm.operations.local_stack.postgres import SUPERUSER, binary
from goettingen_ecm.operations.local_stack.stack import Stack
from tests.operations.compose_file import TEXT, interpolate, validate

OURS = ("migrate", "web", "worker", "quick", "beat")
REQUIRED = sorted(set(re.findall(r"\$\{(\w+):\?", TEXT)))
HOST = "eakte.musterstadt.example"
BREAKAGES = {
    "unknown key": ("read_only: true", "read_onlyy: true"),
    "unknown condition": ("condition: service_healthy", "condition: service_well"),
    "no duration": ("interval: 10s", "interval: often"),
    "undefined volume": ("- data:/data", "- elsewhere:/data"),
    "undefined config": ("source: roles", "source: unknown"),
}


def values() -> dict[str, str]:
    generated = {name: secrets.token_urlsafe(48) for name in REQUIRED}
    return generated | {"ECM_HOSTS": HOST, "ECM_SITE_ADDRESS": f"https://{HOST}"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return validate(interpolate(TEXT, values()))


def test_file_is_valid_and_has_the_promised_services(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "db", "redis", "clamav"}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_validation_refuses_a_broken_file(breakage: str) -> None:
    right, wrong = BREAKAGES[breakage]
    text = interpolate(TEXT, values())
    assert right in text
    with pytest.raises(ValueError, match=r"."):
        validate(text.replace(right, wrong))


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_secret_stops_the_start(missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        interpolate(TEXT, values() | {missing: ""})


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    """Every variable that carries a secret differs as soon as the environment differs."""
    other = validate(interpolate(TEXT, values()))
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|URL|AUTH", variable) and variable != "ECM_CLAMD_URL":
                assert value != other["services"][name]["environment"][variable], variable


def test_every_service_waits_for_existing_ones_and_has_a_health_check(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services)
        assert ("healthcheck" in service) is (name != "migrate")
    for name in ("web", "worker", "quick", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_our_services_run_with_the_least_rights(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["user"] == "10001:10001"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    published = [port for one in compose["services"].values() for port in one.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


def test_only_migrate_gets_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    for name in OURS:
        environment = compose["services"][name]["environment"]
        assert ("ecm_owner" in environment["DATABASE_URL"]) is (name == "migrate")
        assert "DATABASE_OWNER_URL" not in environment


def test_image_has_every_file_the_commands_name() -> None:
    ignored = (PROJECT_DIR / ".dockerignore").read_text(encoding="utf-8").split()
    for path in ("manage.py", "goettingen_ecm/operations/probe.py", "requirements.txt"):
        assert (PROJECT_DIR / path).exists()
        assert path.split("/")[0] not in ignored
    assert {".env", ".git", "var", ".venv"} <= set(ignored)


def test_roles_script_makes_an_app_role_that_owns_nothing(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    stack = Stack({}, Layout(tmp_path / "var"))
    with stack.in_use():
        with psycopg.connect(stack.postgres.url(SUPERUSER, "postgres"), autocommit=True) as admin:
            for statement in ("DROP DATABASE ecm", "DROP ROLE ecm_owner", "DROP ROLE ecm_app"):
                admin.execute(statement)
            admin.execute("CREATE DATABASE ecm")
        environment = {
            "PATH": f"{binary('psql').parent}:{os.environ['PATH']}",
            "PGHOST": str(stack.layout.socket_dir),
            "PGPASSWORD": stack.secrets.superuser,
            "ECM_OWNER_PASSWORD": stack.secrets.owner,
            "ECM_APP_PASSWORD": stack.secrets.app,
        }
        script = compose["configs"]["roles"]["content"]
        subprocess.run(["sh", "-c", script], env=environment, check=True, capture_output=True)
        with psycopg.connect(stack.postgres.url("ecm_owner")) as owner:
            owner.execute("CREATE EXTENSION pg_trgm")
            owner.execute("CREATE TABLE kept (id int)")
        with psycopg.connect(stack.postgres.url("ecm_app")) as app:
            assert app.execute("SELECT current_user").fetchone() == ("ecm_app",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DROP TABLE kept")


class Machine:
    """What stands in for the containers: one var folder, one port, the suite's own servers."""

    def __init__(self, folder: Path, compose: dict[str, Any]) -> None:
        self.folder, self.compose = folder, compose
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def environment(self, name: str) -> dict[str, str]:
        """The file's environment; only the addresses and folders of this machine differ."""
        given = dict(self.compose["services"][name]["environment"])
        database = "DATABASE_OWNER_URL" if name == "migrate" else "DATABASE_URL"
        here = {
            "DATABASE_URL": os.environ[database],
            "REDIS_URL": os.environ["REDIS_URL"],
            "ECM_VAR_DIR": str(self.folder),
            "ECM_DROP_DIR": str(self.folder / "drop"),
            "ECM_AUDIT_ANCHOR_DIR": str(self.folder / "anchors"),
            "ECM_HEARTBEAT_DIR": str(self.folder / "alive"),
        }
        assert set(here) <= set(given)
        image = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ECM_STATIC_DIR": str(self.folder / "static"),
            "ECM_BIND": f"0.0.0.0:{self.port}",
            "PYTHONUNBUFFERED": "1",
        }
        return {**image, **given, **here}

    def command(self, name: str) -> list[str]:
        words = [str(word) for word in self.compose["services"][name]["command"]]
        local = {"0.0.0.0:8000": f"127.0.0.1:{self.port}", "/tmp/": f"{self.folder}/"}
        for theirs, ours in local.items():
            words = [word.replace(theirs, ours) for word in words]
        return words

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=PROJECT_DIR,
            env=self.environment(name),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def health(self, name: str) -> subprocess.CompletedProcess[str]:
        kind, *command = self.compose["services"][name]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run(name, command)


@pytest.fixture
def machine(tmp_path: Path, committed_db: str, compose: dict[str, Any]) -> Iterator[Machine]:
    for folder in ("drop", "anchors", "blobs", "static"):
        (tmp_path / folder).mkdir()
    yield Machine(tmp_path, compose)
    shutil.rmtree(tmp_path / "static")


def test_migrate_runs_once_and_ends(machine: Machine) -> None:
    result = machine.run("migrate", machine.command("migrate"))
    assert result.returncode == 0, result.stderr


@pytest.mark.faults
@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_service_becomes_healthy_and_unhealthy_when_it_is_gone(machine: Machine, name: str) -> None:
    before = machine.health(name)
    assert before.returncode == 1, before.stdout
    log = (machine.folder / "log").open("w")
    process = subprocess.Popen(
        machine.command(name),
        cwd=PROJECT_DIR,
        env=machine.environment(name),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while machine.health(name).returncode != 0:
            text = (machine.folder / "log").read_text(encoding="utf-8")
            assert process.poll() is None and time.monotonic() < deadline, text
            time.sleep(0.5)
        if name == "web":
            assert_plain_http_is_sent_to_https(machine.port)
    finally:
        process.terminate()
        assert process.wait(60) == 0
        log.close()
    if name == "web":
        assert machine.health(name).returncode == 1
    else:
        trace = machine.folder / "alive" / name
        os.utime(trace, (time.time() - 300, time.time() - 300))
        assert "still" in machine.health(name).stdout


def test_image_build_step_collects_the_static_files(machine: Machine) -> None:
    """The Dockerfile's own command, with the environment it has while the image is built."""
    command = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    dockerfile = (PROJECT_DIR / "Dockerfile").read_text(encoding="utf-8")
    assert " ".join(command[1:]) in dockerfile
    environment = {
        "PATH": machine.environment("web")["PATH"],
        "ECM_DEMO": "0",
        "ECM_STATIC_DIR": str(machine.folder / "static"),
    }
    subprocess.run(command, cwd=PROJECT_DIR, env=environment, check=True, timeout=180)
    assert (machine.folder / "static" / "staticfiles.json").exists()


def assert_plain_http_is_sent_to_https(port: int) -> None:
    """The health check was answered over plain http, pages are not."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": HOST})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(_NoRedirect).open(request, timeout=10)
    assert refused.value.code == 301
    assert refused.value.headers["Location"] == f"https://{HOST}/"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None
