"""A child may crash, hang, swell or lie: its neighbours in the batch never notice."""

import os
import signal
import threading
import time
from pathlib import Path

import pikepdf
import pytest

from records.content.child_process import SandboxSettings
from records.content.problems import Problem
from records.content.results import ContentUnreadable, InspectRequest, TextState
from records.content.sandbox import Sandbox, SandboxUnavailable
from tests.records.content.conftest import HOSTILE_CHILD


def batch_with(folder: Path, order: str, *, name: str = "order.txt") -> list[InspectRequest]:
    """Four harmless files and, in the middle, one that carries out ``order``."""
    requests = []
    for file_name, content in [
        ("one.txt", "eins"),
        ("two.txt", "zwei"),
        (name, f"{order}\nrest"),
        ("four.txt", "vier"),
        ("five.txt", "fünf"),
    ]:
        path = folder / file_name
        path.write_text(content)
        requests.append(InspectRequest(path, file_name))
    return requests


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ("SEGFAULT", Problem.CRASHED),
        ("COMPLAIN", Problem.CRASHED),
        ("LIE", Problem.CRASHED),
        ("SPIN", Problem.TIMEOUT),
        ("SLEEP", Problem.TIMEOUT),
        ("SWELL", Problem.BOMB),
    ],
)
def test_only_the_culprit_is_marked(
    hostile: Sandbox, tmp_path: Path, order: str, problem: Problem
) -> None:
    found = hostile.inspect_batch(batch_with(tmp_path, order), deadline_seconds=30)
    assert [one.problem for one in found] == [None, None, problem, None, None]
    assert [one.text for one in found if one.problem is None] == ["eins", "zwei", "vier", "fünf"]
    culprit = found[2]
    assert culprit.size == len(f"{order}\nrest")
    assert culprit.sniffed.mime == "text/plain"
    assert culprit.problem_text


def test_last_words_of_the_child_reach_the_operator(hostile: Sandbox, tmp_path: Path) -> None:
    found = hostile.inspect_batch(batch_with(tmp_path, "COMPLAIN"), deadline_seconds=30)
    assert found[2].detail.endswith("letzte Worte")


def test_a_file_that_cannot_even_be_identified_is_hashed(hostile: Sandbox, tmp_path: Path) -> None:
    requests = batch_with(tmp_path, "SEGFAULT", name="always.txt")
    culprit = hostile.inspect_batch(requests, deadline_seconds=30)[2]
    assert culprit.problem == Problem.CRASHED
    assert culprit.size == len("SEGFAULT\nrest")
    assert len(culprit.sha256) == 32


def test_noise_on_standard_output_does_not_disturb(hostile: Sandbox, tmp_path: Path) -> None:
    found = hostile.inspect_batch(batch_with(tmp_path, "PRINT"), deadline_seconds=30)
    assert [one.problem for one in found] == [None] * 5


def test_a_child_killed_from_outside_blames_nobody(hostile: Sandbox, tmp_path: Path) -> None:
    """kill -9 in mid-batch (operator, OOM killer): the file is tried again and is fine."""
    hostile.is_filtered()
    killer = threading.Timer(0.4, os.kill, [hostile.child_pid, signal.SIGKILL])
    killer.start()
    found = hostile.inspect_batch(batch_with(tmp_path, "NAP"), deadline_seconds=30)
    killer.join()
    assert [one.problem for one in found] == [None] * 5


class SoftTimeLimit(Exception):  # noqa: N818 - named as in Celery
    """As Celery raises it, in the middle of anything."""


def test_an_interrupted_request_leaves_no_late_answer(hostile: Sandbox, tmp_path: Path) -> None:
    hostile.is_filtered()
    old = signal.signal(signal.SIGALRM, _raise_soft_time_limit)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(SoftTimeLimit):
            hostile.inspect_batch(batch_with(tmp_path, "NAP"), deadline_seconds=30)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    found = hostile.inspect_batch(batch_with(tmp_path, "harmlos")[1:2], deadline_seconds=30)
    assert [one.text for one in found] == ["zwei"]


def _raise_soft_time_limit(_number: int, _frame: object) -> None:
    raise SoftTimeLimit


def test_a_child_that_cannot_start_is_no_files_fault(tmp_path: Path) -> None:
    with Sandbox(SandboxSettings(child_module="records.content.missing")) as sandbox:
        with pytest.raises(SandboxUnavailable, match="missing"):
            sandbox.inspect_batch(batch_with(tmp_path, "harmlos"), deadline_seconds=30)
        with pytest.raises(SandboxUnavailable):
            sandbox.page_sizes(tmp_path / "one.txt")


def test_an_idle_child_killed_from_outside_is_replaced(sandbox: Sandbox, tmp_path: Path) -> None:
    request = batch_with(tmp_path, "harmlos")[:1]
    sandbox.inspect_batch(request, deadline_seconds=30)
    old = sandbox.child_pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    time.sleep(0.1)
    assert sandbox.inspect_batch(request, deadline_seconds=30)[0].text == "eins"
    assert sandbox.child_pid != old


def test_deadline_leaves_the_rest_for_later(hostile: Sandbox, tmp_path: Path) -> None:
    started = time.monotonic()
    found = hostile.inspect_batch(batch_with(tmp_path, "SLEEP"), deadline_seconds=1.0)
    assert time.monotonic() - started < 2.0
    assert [one.reached for one in found] == [True, True, False, False, False]
    assert found[4].problem_text


def test_the_child_can_neither_write_nor_talk(tmp_path: Path) -> None:
    with Sandbox(SandboxSettings(child_module=HOSTILE_CHILD)) as sandbox:
        if not sandbox.is_filtered():
            pytest.skip("Systemaufruf-Filter (seccomp) fehlt")
        found = sandbox.inspect_batch(batch_with(tmp_path, "BREAKOUT"), deadline_seconds=30)
    assert found[2].detail == "OSError('possible: []')"


def test_missing_and_odd_paths_are_results(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    paths = [tmp_path / "missing.pdf", tmp_path, tmp_path / "pipe", Path("/dev/zero")]
    found = sandbox.inspect_batch([InspectRequest(p) for p in paths], deadline_seconds=30)
    assert [one.problem for one in found] == [Problem.BROKEN] * 4
    assert all("konnte nicht gelesen werden" in one.problem_text for one in found)


def recursive_pdf(path: Path, *, fan_out: int, depth: int) -> None:
    """Forms that draw forms that draw forms: ``fan_out ** depth`` texts from a few kB."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
        drawn = pdf.make_stream(b"BT /F 9 Tf (ha) Tj ET")
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        for _ in range(depth):
            drawn.Type, drawn.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            drawn.BBox, drawn.Resources = [0, 0, 600, 800], resources
            resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawn))
            drawn = pdf.make_stream(b"/X Do " * fan_out)
        page = pdf.add_blank_page(page_size=(600, 800))
        page.Contents, page.Resources = drawn, resources
        pdf.save(path)


def test_a_pdf_that_draws_forever_is_given_up(tmp_path: Path) -> None:
    """A real file against the real child: 30 ** 10 texts."""
    path = tmp_path / "recursive.pdf"
    recursive_pdf(path, fan_out=30, depth=10)
    harmless = tmp_path / "harmless.pdf"
    recursive_pdf(harmless, fan_out=2, depth=2)
    settings = SandboxSettings(cpu_seconds=2.0, wall_seconds=10.0)
    requests = [InspectRequest(p, p.name) for p in (harmless, path, harmless)]
    with Sandbox(settings) as sandbox:
        found = sandbox.inspect_batch(requests, deadline_seconds=60)
        with pytest.raises(ContentUnreadable) as refusal:
            sandbox.render_page(path, 1, 200)
    assert [one.text_state for one in (found[0], found[2])] == [TextState.OK, TextState.OK]
    assert found[1].problem in (Problem.TIMEOUT, Problem.CRASHED, Problem.BOMB)
    assert found[1].sniffed.mime == "application/pdf"
    assert refusal.value.problem in (Problem.TIMEOUT, Problem.CRASHED, Problem.BOMB)
