"""The scanner against a real clamd with one signature of our own, and against none."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.content.clamav import Scanner, ScanState

SIGNATURE = "ECM.Test.Signature:0:*:45434d2d544553542d5649525553\n"  # "ECM-TEST-VIRUS"
CONFIG = """
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
Foreground yes
StreamMaxLength 1M
TemporaryDirectory {folder}
"""


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Addresses (unix, tcp) of a running clamd."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("clamd ist nicht installiert")
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(SIGNATURE)
    port = _free_port()
    config = folder / "clamd.conf"
    config.write_text(CONFIG.format(folder=folder, port=port))
    server = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL)
    unix = f"unix://{folder}/clamd.sock"
    _wait_for(Scanner(unix))
    yield unix, f"tcp://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(scanner: Scanner) -> None:
    until = time.monotonic() + 60
    while scanner.version() is None:
        assert time.monotonic() < until, "clamd does not answer"
        time.sleep(0.1)


@pytest.mark.parametrize("kind", [0, 1], ids=["unix", "tcp"])
def test_found_and_clean(clamd: tuple[str, str], tmp_path: Path, kind: int) -> None:
    scanner = Scanner(clamd[kind])
    (tmp_path / "sauber.txt").write_bytes(b"Guten Tag" * 50_000)
    (tmp_path / "virus.txt").write_bytes(b"x" * 300_000 + b"ECM-TEST-VIRUS")
    clean, found = scanner.scan(tmp_path / "sauber.txt"), scanner.scan(tmp_path / "virus.txt")
    assert (clean.state, clean.is_checked) == (ScanState.CLEAN, True)
    assert (found.state, found.is_checked) == (ScanState.FOUND, True)
    assert found.name.startswith("ECM.Test.Signature")
    assert found.name in found.text
    assert "ClamAV" in (scanner.version() or "")


def test_beyond_the_servers_limit(clamd: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "lang.bin").write_bytes(bytes(5_000_000))
    for url in clamd:
        verdict = Scanner(url).scan(tmp_path / "lang.bin")
        assert verdict.state is ScanState.TOO_LARGE
        assert "zu groß" in verdict.text
        assert not verdict.is_checked


def test_without_a_scanner(tmp_path: Path) -> None:
    verdict = Scanner("").scan(tmp_path / "missing")
    assert verdict.state is ScanState.OFF
    assert "kein Virenscanner" in verdict.text
    assert Scanner("").version() is None


def test_unreachable_scanners_do_not_hold_up(tmp_path: Path) -> None:
    """A port where nobody answers costs one time-out, then nothing for a while."""
    (tmp_path / "a.txt").write_text("x")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        port = silent.getsockname()[1]
        scanner = Scanner(f"tcp://127.0.0.1:{port}", connect_seconds=0.5, answer_seconds=0.5)
        started = time.monotonic()
        verdicts = [scanner.scan(tmp_path / "a.txt") for _ in range(100)]
    assert time.monotonic() - started < 2
    assert {verdict.state for verdict in verdicts} == {ScanState.UNREACHABLE}
    assert "nicht erreichbar" in verdicts[0].text
    assert verdicts[0].detail


@pytest.mark.parametrize("url", ["unix:///does/not/exist", "tcp://127.0.0.1:1"])
def test_refused_connections_are_said(tmp_path: Path, url: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert Scanner(url).scan(tmp_path / "a.txt").state is ScanState.UNREACHABLE
    assert Scanner(url).version() is None


@pytest.mark.parametrize("url", ["http://host", "tcp://", "unix:", "clamd"])
def test_wrong_addresses_are_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="ECM_CLAMD_URL"):
        Scanner(url)
