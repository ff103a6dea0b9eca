"""The child as a process: forks, threads, death of the parent, memory, recycling."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from records.content.child_process import SandboxSettings
from records.content.limits import MIB
from records.content.problems import Problem
from records.content.results import InspectRequest
from records.content.sandbox import Sandbox
from records.content.standing_back import NICE, SESSION_NICE

NAMES = ["Bescheid Müller & Söhne – Übersicht.txt", "日本語.txt", "a\nb 'c\".txt", "emoji 🗂️.txt"]


def written(folder: Path, name: str = "text.txt", content: str = "Guten Tag") -> InspectRequest:
    path = folder / name
    path.write_text(content)
    return InspectRequest(path, name)


def test_names_of_any_kind_are_read(sandbox: Sandbox, tmp_path: Path) -> None:
    requests = [written(tmp_path, name) for name in NAMES]
    raw = os.fsencode(tmp_path) + b"/f\xfcr.txt"
    Path(os.fsdecode(raw)).write_text("Guten Tag")
    requests.append(InspectRequest(Path(os.fsdecode(raw)), "für.txt"))
    found = sandbox.inspect_batch(requests, deadline_seconds=30)
    assert [one.text for one in found] == ["Guten Tag"] * 5


def test_an_empty_batch_starts_nothing() -> None:
    with Sandbox() as sandbox:
        assert sandbox.inspect_batch([], deadline_seconds=1) == []
        assert sandbox.child_pid is None


def test_batches_larger_than_a_message_are_complete(sandbox: Sandbox, tmp_path: Path) -> None:
    request = written(tmp_path)
    found = sandbox.inspect_batch([request] * 1_201, deadline_seconds=60)
    assert len(found) == 1_201
    assert {one.text for one in found} == {"Guten Tag"}


def test_threads_share_a_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    requests = [written(tmp_path, f"{n}.txt", f"Text {n}") for n in range(40)]

    def texts(number: int) -> list[str]:
        part = requests[number * 10 : number * 10 + 10]
        return [one.text for one in sandbox.inspect_batch(part, deadline_seconds=60)]

    with ThreadPoolExecutor(4) as pool:
        found = [text for part in pool.map(texts, range(4)) for text in part]
    assert found == [f"Text {n}" for n in range(40)]


def test_a_thread_that_ends_takes_no_child_along(tmp_path: Path) -> None:
    """PR_SET_PDEATHSIG follows threads, so only the main thread's child uses it."""
    request = written(tmp_path)
    with Sandbox() as sandbox:
        starter = threading.Thread(target=sandbox.is_filtered)
        starter.start()
        starter.join()
        time.sleep(0.2)
        pid = sandbox.child_pid
        assert sandbox.inspect_batch([request], deadline_seconds=30)[0].text == "Guten Tag"
        assert sandbox.child_pid == pid


def test_a_fork_gets_a_child_of_its_own(tmp_path: Path) -> None:
    """As gunicorn and Celery do: the parent's child goes on, also with the lock held at the fork."""
    request = written(tmp_path)
    with Sandbox() as sandbox:
        sandbox.inspect_batch([request], deadline_seconds=30)
        own = sandbox.child_pid
        with sandbox._lock:
            status = _in_fork(sandbox, request, own)
        assert os.waitstatus_to_exitcode(status) == 0
        assert sandbox.inspect_batch([request], deadline_seconds=30)[0].text == "Guten Tag"
        assert sandbox.child_pid == own


def _in_fork(sandbox: Sandbox, request: InspectRequest, parents: int | None) -> int:
    pid = os.fork()
    if pid == 0:
        found = sandbox.inspect_batch([request], deadline_seconds=30)
        fine = found[0].text == "Guten Tag" and sandbox.child_pid != parents
        sandbox.close()
        os._exit(0 if fine else 1)
    return os.waitpid(pid, 0)[1]


SCRIPT = """
import os, sys, threading
from pathlib import Path
from records.content.results import InspectRequest
from records.content.sandbox import Sandbox
sandbox = Sandbox()
def use():
    sandbox.inspect_batch([InspectRequest(Path(sys.argv[1]))], deadline_seconds=30)
    print(sandbox.child_pid, flush=True)
if sys.argv[2] == "thread":
    thread = threading.Thread(target=use); thread.start(); thread.join()
else:
    use()
sys.stdin.read()
"""


@pytest.mark.parametrize("started_in", ["main", "thread"])
def test_the_child_goes_when_its_parent_is_killed(tmp_path: Path, started_in: str) -> None:
    request = written(tmp_path)
    root = Path(__file__).resolve().parents[3]
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(request.path), started_in],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def test_the_child_sees_no_secrets(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECM_SECRET_KEY", "geheim")
    sandbox.close()
    sandbox.is_filtered()
    assert "ECM_SECRET_KEY" not in psutil.Process(sandbox.child_pid).environ()


def test_memory_stays_flat_over_2000_files(test_data: Path) -> None:
    paths = sorted((test_data / "forms").rglob("*.pdf"), key=lambda path: path.stat().st_size)[:40]
    requests = [InspectRequest(path, path.name) for path in paths] * 5
    with Sandbox() as sandbox:
        sandbox.inspect_batch(requests, deadline_seconds=60)
        process = psutil.Process(sandbox.child_pid)
        before = process.memory_info().rss
        for _ in range(2_000 // len(requests)):
            sandbox.inspect_batch(requests, deadline_seconds=60)
        assert psutil.Process(sandbox.child_pid) == process
        assert process.memory_info().rss - before < 12 * MIB


def test_a_worn_child_is_replaced_between_batches(tmp_path: Path) -> None:
    request = written(tmp_path)
    with Sandbox(SandboxSettings(recycle_after=3)) as sandbox:
        sandbox.is_filtered()
        first = sandbox.child_pid
        sandbox.inspect_batch([request] * 2, deadline_seconds=30)
        assert sandbox.child_pid == first
        sandbox.inspect_batch([request] * 2, deadline_seconds=30)
        assert sandbox.child_pid is None
        found = sandbox.inspect_batch([request], deadline_seconds=30)
        assert (found[0].problem, sandbox.child_pid != first) == (None, True)


def test_files_beyond_the_limit_are_hashed_and_named_only(tmp_path: Path) -> None:
    path = tmp_path / "riesig.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(600 * MIB)
    with Sandbox() as sandbox:
        found = sandbox.inspect_batch([InspectRequest(path, path.name)], deadline_seconds=60)[0]
    assert (found.problem, found.size) == (Problem.TOO_LARGE, 600 * MIB)
    assert found.sniffed.extension == "pdf"
    assert "600 MB" in found.problem_text


@pytest.mark.skipif(not SESSION_NICE.exists(), reason="Kernel ohne Autogruppen")
def test_work_in_the_background_and_its_sandbox_give_way(tmp_path: Path) -> None:
    """As a Celery worker: a session of its own, forked processes that start sandboxes."""
    program = f"""
import os
from pathlib import Path
from records.content.results import InspectRequest
from records.content.sandbox import Sandbox
from records.content.standing_back import stand_back

if os.fork():
    os.wait()
    raise SystemExit
stand_back()
with Sandbox() as sandbox:
    sandbox.inspect_batch([InspectRequest(Path({str(written(tmp_path).path)!r}), "a.txt")],
                          deadline_seconds=30)
    for process in (os.getpid(), sandbox.child_pid):
        print(Path(f"/proc/{{process}}/autogroup").read_text().split()[-1],
              os.getpriority(os.PRIO_PROCESS, process))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60,
        start_new_session=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [f"{NICE} {NICE}"] * 2, done.stderr
