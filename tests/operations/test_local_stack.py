"""The embedded servers: really started, killed and stopped in a folder of their own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from goettingen_ecm.operations.local_stack.layout import Layout
from goettingen_ecm.operations.local_stack.privileges import Runner
from goettingen_ecm.operations.local_stack.problems import StackError
from goettingen_ecm.operations.local_stack.stack import Stack

CONTRACT = {
    "ECM_VAR_DIR",
    "ECM_SECRET_KEY",
    "ECM_AUDIT_KEY",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
}
PRINT_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="nur als root")


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A var folder below pytest's own 0700 folder; its servers are stopped afterwards."""
    folder = tmp_path / "var"
    yield folder
    local_stack(folder, "stop")


def environment_for(folder: Path, **extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in CONTRACT}
    return {**kept, "ECM_VAR_DIR": str(folder), **extra}


def local_stack(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "goettingen_ecm.operations.local_stack", *arguments],
        env=environment_for(folder, **extra),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment_inside(folder: Path, **extra: str) -> dict[str, str]:
    result = local_stack(folder, "exec", "--", sys.executable, "-c", PRINT_ENVIRONMENT, **extra)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def stack_of(folder: Path) -> Stack:
    return Stack({}, Layout(folder))


def processes_below(folder: Path) -> list[psutil.Process]:
    """Living servers whose working folder or arguments lie in this var folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if any(str(folder) in word for word in words) and process.info["status"] != "zombie":
            found.append(process)
    return [process for process in found if process.pid != os.getpid()]


def postmaster_pid(folder: Path) -> int:
    text = (Layout(folder).postgres_data / "postmaster.pid").read_text(encoding="utf-8")
    return int(text.splitlines()[0])


def test_exec_hands_out_the_contract_and_stops_its_servers(var: Path) -> None:
    inside = environment_inside(var)
    assert set(inside) >= CONTRACT
    assert inside["DATABASE_URL"] != inside["DATABASE_OWNER_URL"]
    stack = stack_of(var)
    assert not stack.postgres.answers()
    assert not stack.valkey.answers()
    assert processes_below(var) == []


def test_keys_and_passwords_stay_the_same_and_private(var: Path) -> None:
    first, second = environment_inside(var), environment_inside(var)
    for name in ("ECM_SECRET_KEY", "ECM_AUDIT_KEY", "DATABASE_URL"):
        assert first[name] == second[name]
    assert len(first["ECM_SECRET_KEY"]) >= 50
    assert Layout(var).secrets_file.stat().st_mode & 0o777 == 0o600


def test_given_addresses_and_keys_are_left_alone(var: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://somebody@elsewhere/ecm",
        "REDIS_URL": "redis://elsewhere/0",
        "ECM_SECRET_KEY": "my own key",
    }
    inside = environment_inside(var, **given)
    assert {name: inside[name] for name in given} == given
    assert "DATABASE_OWNER_URL" not in inside
    assert not Layout(var).postgres_data.exists()


def test_exit_status_of_the_command_is_passed_on(var: Path) -> None:
    given = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x/0"}
    failing = local_stack(var, "exec", "--", sys.executable, "-c", "raise SystemExit(7)", **given)
    assert failing.returncode == 7
    missing = local_stack(var, "exec", "--", "no-such-program", **given)
    assert missing.returncode == 1
    assert missing.stderr.startswith("Fehler: no-such-program")


def test_roles_and_database_are_as_the_contract_says(var: Path) -> None:
    stack = stack_of(var)
    with stack.in_use() as addresses:
        with psycopg.connect(addresses["DATABASE_OWNER_URL"]) as owner:
            row = owner.execute(
                "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles "
                "WHERE rolname = current_user"
            ).fetchone()
            assert row == (False, True, True)
            for extension in ("pg_trgm", "unaccent", "btree_gin"):
                owner.execute(f"CREATE EXTENSION {extension}")
        with psycopg.connect(addresses["DATABASE_URL"]) as app:
            query = (
                "SELECT current_user, rolsuper OR rolcreatedb OR rolcreaterole, "
                "pg_catalog.pg_get_userbyid(datdba), pg_encoding_to_char(encoding) "
                "FROM pg_roles, pg_database WHERE rolname = current_user "
                "AND datname = current_database()"
            )
            assert app.execute(query).fetchone() == ("ecm_app", False, "ecm_owner", "UTF8")
            assert app.execute("SELECT upper('äöé'), lower('ÄÖÉ')").fetchone() == ("ÄÖÉ", "äöé")
            assert app.execute("SHOW listen_addresses").fetchone() == ("",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE public.intruder (id int)")


def test_wrong_password_is_refused(var: Path) -> None:
    stack = stack_of(var)
    with stack.in_use() as addresses:
        wrong = re.sub(r":[^:@/]+@", ":wrong@", addresses["DATABASE_URL"])
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_five_starts_at_once_make_one_server(var: Path) -> None:
    script = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.dbname)"
    command = ("exec", "--", sys.executable, "-c", script)
    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(lambda _n: local_stack(var, *command), range(5)))
    assert [(result.returncode, result.stdout) for result in results] == [(0, "ecm\n")] * 5
    assert processes_below(var) == []


def test_servers_outlive_an_exec_and_end_with_stop(var: Path) -> None:
    assert local_stack(var, "servers").returncode == 0
    before = postmaster_pid(var)
    environment_inside(var)
    assert postmaster_pid(var) == before
    assert stack_of(var).valkey.answers()
    assert local_stack(var, "stop").returncode == 0
    assert processes_below(var) == []


def test_the_first_to_leave_does_not_stop_the_others_servers(var: Path) -> None:
    first, second = stack_of(var), stack_of(var)
    with first.in_use():
        with second.in_use():
            pass
        assert first.postgres.answers()
        assert first.valkey.answers()
    assert not first.postgres.answers()


@pytest.mark.faults
def test_servers_come_back_after_kill_9_with_their_data(var: Path) -> None:
    stack = stack_of(var)
    stack.keep()
    with psycopg.connect(stack.postgres.url("ecm_owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with stack.valkey._client() as client:
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 5000)
        valkey_pid = client.info("server")["process_id"]
    os.kill(postmaster_pid(var), signal.SIGKILL)
    os.kill(valkey_pid, signal.SIGKILL)
    stack.ensure()
    with psycopg.connect(stack.postgres.url("ecm_app")) as connection:
        assert connection.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)
    with stack.valkey._client() as client:
        assert client.get("kept") == b"yes"


@pytest.mark.faults
def test_pid_file_of_another_program_does_not_block_the_start(var: Path) -> None:
    stack = stack_of(var)
    with stack.in_use():
        pass
    pid_file = stack.layout.postgres_data / "postmaster.pid"
    lines = [str(os.getpid()), str(stack.layout.postgres_data), "0", "5432", "", "", "", ""]
    stack.postgres._write_as_server(pid_file, "\n".join(lines))
    with stack.in_use():
        assert stack.postgres.answers()


def test_long_path_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    var = tmp_path / ("lang-" * 20) / "var"
    var.parent.mkdir()
    stack = stack_of(var)
    folder = stack.layout.socket_dir
    assert var not in folder.parents
    try:
        with stack.in_use() as addresses, psycopg.connect(addresses["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        stack.stop()
        folder.rmdir()


def test_data_of_another_postgresql_is_refused_in_one_line(var: Path) -> None:
    stack = stack_of(var)
    with stack.in_use():
        pass
    stack.postgres._write_as_server(stack.layout.postgres_data / "PG_VERSION", "9\n")
    result = local_stack(var, "servers")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "Daten von PostgreSQL 9" in result.stderr


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    runner = Runner(os.geteuid() + 1, os.getegid())
    (tmp_path / "taken").mkdir()
    with pytest.raises(StackError, match="gehört einem anderen Benutzer"):
        runner.own_folder(tmp_path / "taken")
    (tmp_path / "link").symlink_to(tmp_path / "taken")
    with pytest.raises(StackError, match="gehört einem anderen Benutzer"):
        Runner(os.geteuid(), os.getegid()).own_folder(tmp_path / "link")


@needs_root
def test_root_gives_up_its_rights_and_changes_no_parent(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in parents]
    stack = stack_of(closed / "var")
    try:
        with stack.in_use():
            process = psutil.Process(postmaster_pid(closed / "var"))
            assert process.uids().effective != 0
            assert process.gids().effective != 0
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            held = int(re.search(r"CapEff:\s*(\w+)", status).group(1), 16)  # type: ignore[union-attr]
            # CAP_DAC_OVERRIDE is bit 1, CAP_DAC_READ_SEARCH bit 2; nothing else is kept.
            assert held in (0b010, 0b100)
    finally:
        stack.stop()
    assert [(path.stat().st_mode, path.stat().st_uid) for path in parents] == before
