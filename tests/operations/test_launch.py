"""What ``make run`` says when it cannot start, and its smaller parts."""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from goettingen_ecm.operations.local_stack import launch, messages
from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR, Layout
from goettingen_ecm.operations.local_stack.problems import StackError


def start(command: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "goettingen_ecm.operations.local_stack", command],
        env={**os.environ, "ECM_VAR_DIR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_taken_port_is_one_line_and_starts_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = start("run", tmp_path / "var", ECM_PORT=str(port))
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"Fehler: Port {port} ist belegt. Anderer Port: ECM_PORT={port + 1} make run"
    ]
    assert not Layout(tmp_path / "var").postgres_data.exists()


def test_second_start_in_the_same_folder_is_one_line(tmp_path: Path) -> None:
    with launch.single_instance(Layout(tmp_path)):
        result = start("run", tmp_path)
    assert result.returncode == 1
    assert result.stderr == f"Fehler: Die eAkte läuft schon mit den Daten in {tmp_path}.\n"


def test_unusable_var_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    result = start("servers", tmp_path / "var")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Fehler: ")


def test_too_little_disk_is_one_line(tmp_path: Path) -> None:
    launch.require_disk(tmp_path, needed=1)
    with pytest.raises(StackError, match="Zu wenig Platz"):
        launch.require_disk(tmp_path, needed=1 << 60)


def test_reset_demo_refuses_foreign_servers_and_real_data(tmp_path: Path) -> None:
    foreign = start("reset-demo", tmp_path / "var", DATABASE_URL="postgresql://x/y")
    assert foreign.returncode == 1
    assert "nicht DATABASE_URL" in foreign.stderr
    real = start("reset-demo", tmp_path / "var", ECM_DEMO="0", DATABASE_URL="", REDIS_URL="")
    assert real.returncode == 1
    assert "echte Akten" in real.stderr


def test_reset_demo_empties_database_and_folders(tmp_path: Path) -> None:
    var = tmp_path / "var"
    embedded = {"DATABASE_URL": "", "REDIS_URL": "", "ECM_DEMO": "1"}
    (var / "blobs" / "ab").mkdir(parents=True)
    (var / "blobs" / "ab" / "file").write_text("x", encoding="utf-8")
    result = start("reset-demo", var, **embedded)
    assert result.returncode == 0, result.stderr
    assert not (var / "blobs").exists()


def test_readiness_is_not_awaited_for_ever_after_a_stop() -> None:
    stopping = threading.Event()
    stopping.set()
    assert launch.wait_until_ready(1, stopping) is False
    assert launch.is_ready(1) is False


def test_fingerprint_changes_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a", encoding="utf-8")
    before = launch.fingerprint([tmp_path], [])
    assert launch.fingerprint([tmp_path], []) == before
    (tmp_path / "a.css").write_text("ab", encoding="utf-8")
    assert launch.fingerprint([tmp_path], []) != before


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("0", False), ("no", False)])
def test_demo_is_the_default_of_make_run(value: str, wanted: bool) -> None:
    assert launch.demo_wanted({}) is True
    assert launch.demo_wanted({"ECM_DEMO": value}) is wanted


def test_migrations_run_as_the_owner() -> None:
    environment = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner"}
    assert launch.as_owner(environment)["DATABASE_URL"] == "owner"
    assert launch.as_owner({"DATABASE_URL": "app"})["DATABASE_URL"] == "app"


def test_messages_are_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Akte"\nmsgstr "eAkte"\n',
        encoding="utf-8",
    )
    assert messages.compile_messages(tmp_path) == 1
    assert b"eAkte" in (folder / "django.mo").read_bytes()
    assert messages.compile_messages(tmp_path) == 0


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up script, pointed at a folder of its own."""
    path = PROJECT_DIR / "goettingen_ecm" / "operations" / "local_stack" / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("bootstrap", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


def test_old_python_is_told_which_one_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.check_python()
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    with pytest.raises(bootstrap.SetUpError, match=r"3\.11 .* gefunden: 3\.9\.2"):
        bootstrap.check_python()


def test_missing_ensurepip_is_told_with_its_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(bootstrap.SetUpError, match=r"python3\.\d+-venv fehlt"):
        bootstrap.check_python()


def test_full_disk_is_told_before_anything_is_installed(bootstrap: ModuleType) -> None:
    bootstrap.check_disk(1)
    with pytest.raises(bootstrap.SetUpError, match="Zu wenig Platz"):
        bootstrap.check_disk(1 << 60)


def test_lock_is_installed_again_only_when_it_changed(
    bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("", encoding="utf-8")
    assert not bootstrap.is_current("requirements.txt")
    bootstrap.make_environment()
    assert not bootstrap.is_current("requirements.txt")
    bootstrap.install_lock("requirements.txt")
    assert bootstrap.is_current("requirements.txt")
    lock.write_text("./missing.whl --hash=sha256:00\n", encoding="utf-8")
    assert not bootstrap.is_current("requirements.txt")
    with pytest.raises(bootstrap.SetUpError, match=r"pip install -r requirements\.txt"):
        bootstrap.install_lock("requirements.txt")
    assert "missing.whl" in capsys.readouterr().err
    assert not bootstrap.is_current("requirements.txt")
