"""Opening files nobody vouches for, in a child that may crash, hang or swell without harm here."""

import base64
import hashlib
import logging
import os
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from records.content import wire
from records.content.child_process import ChildLost, ChildProcess, Ending, SandboxSettings
from records.content.limits import extra_seconds
from records.content.mail_results import Mail
from records.content.problems import NOT_REACHED_TEXT, Problem, explain
from records.content.results import (
    UNKNOWN_TYPE,
    ContentUnreadable,
    Inspection,
    InspectRequest,
    PageImage,
    PageSize,
    PageWord,
    PageWords,
)
from records.content.signature_results import Finding, finding_in

log = logging.getLogger(__name__)
_STRIKES = 2
_IDENTIFY_SECONDS = 20.0
_HASH_CHUNK = 1 << 20
# Larger batches are split so that a single message stays small; one round trip each.
_MAX_BATCH = 500


class SandboxUnavailable(OSError):  # noqa: N818 - a state of the machine, not of a file
    """No child can be started: nothing is known about any file."""


class Sandbox:
    """One child, started at the first request and again whenever it was lost.

    Thread-safe: requests wait for each other, so give imports and readers a sandbox each. A fork
    (gunicorn, Celery) starts without a child and makes its own.
    """

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self._settings = settings or SandboxSettings()
        self._lock = threading.Lock()
        self._running: ChildProcess | None = None
        _sandboxes.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next request starts another."""
        with self._lock:
            if self._running is not None:
                self._running.close()
                self._running = None

    @property
    def child_pid(self) -> int | None:
        """Process id of the running child, if any."""
        return self._running.pid if self._running is not None else None

    def is_filtered(self) -> bool:
        """Whether the kernel's system-call filter is in force (for ``manage.py doctor``)."""
        with self._lock:
            return self._child().filtered

    def inspect_batch(
        self, requests: Sequence[InspectRequest], *, deadline_seconds: float
    ) -> list[Inspection]:
        """One result per request, in order; never an exception because of a file.

        A file that loses two children comes back as CRASHED or TIMEOUT. What the deadline left
        over has ``reached`` False. Raises SandboxUnavailable when no child can be started at all.
        """
        return _Batch(self, requests, time.monotonic() + deadline_seconds).run()

    def render_page(self, path: Path, page_no: int, width_px: int, fmt: str = "webp") -> PageImage:
        """A page (from 1) as webp, png or jpeg, at most ``width_px`` wide.

        ``auto`` takes what suits the page best; ``PageImage.mime`` says which it was. Raises ContentUnreadable with the reason in German.
        """
        message = {"op": "render", "page_no": page_no, "width_px": width_px, "fmt": fmt}
        if fmt not in ("auto", "webp", "png", "jpeg"):
            raise ValueError(f"unknown picture format {fmt!r}")
        answer, data = self._ask_page(path, message)
        with _plausible():
            size = int(answer["width"]), int(answer["height"])
            return PageImage(data, *size, str(answer["mime"]))

    def page_words(self, path: Path, page_no: int) -> PageWords:
        """The words of a page (from 1) with their places. Raises ContentUnreadable."""
        answer, _data = self._ask_page(path, {"op": "words", "page_no": page_no})
        with _plausible():
            words = [_word(values) for values in answer["words"]]
            return PageWords(float(answer["width_pt"]), float(answer["height_pt"]), words)

    def page_codes(self, path: Path, page_no: int) -> list[str]:
        """What QR codes and barcodes on a page (from 1) say. Raises ContentUnreadable."""
        answer, _data = self._ask_page(path, {"op": "codes", "page_no": page_no})
        with _plausible():
            return [wire.clean(one) for one in answer["codes"]]

    def page_sizes(self, path: Path) -> list[PageSize]:
        """Sizes of all pages as displayed. Raises ContentUnreadable."""
        answer, _data = self._ask_page(path, {"op": "sizes"})
        with _plausible():
            return [PageSize(float(width), float(height)) for width, height in answer["sizes"]]

    def open_mail(self, path: Path, mime: str) -> Mail:
        """Head, body and attachments of a mail. Raises ContentUnreadable with the reason."""
        answer, data = self._ask_page(path, {"op": "mail", "mime": mime})
        with _plausible():
            return wire.unpack_mail(answer, data)

    def check_signatures(self, path: Path, mime: str, anchors: Sequence[bytes]) -> list[Finding]:
        """What is known about each signature of a PDF or a mail; ``anchors`` are trusted.

        Raises ContentUnreadable with the reason.
        """
        told = [base64.b64encode(one).decode() for one in anchors]
        message = {"op": "signatures", "mime": mime, "anchors": told}
        answer, _data = self._ask_page(path, message)
        with _plausible():
            return [finding_in(one) for one in answer["signatures"]]

    def bindable_pages(self, path: Path) -> int:
        """Pages the file gives when bound, found by copying them. Raises ContentUnreadable."""
        answer, _data = self._ask_page(path, {"op": "count"})
        with _plausible():
            return int(answer["pages"])

    def bind(self, path: Path, order: Mapping[str, Any]) -> bytes:
        """One numbered PDF, see ``binding.bind``; ``path`` is its largest part. Raises
        ContentUnreadable."""
        _answer, data = self._ask_page(path, {"op": "bind", **order})
        return data

    def _ask_page(self, path: Path, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            answer, data = self._ask(dict(message) | {"path": str(path)}, path)
        except ChildLost as lost:
            problem = _problem_of(lost)
            log.warning("%s: child lost (%s): %s", path, lost.ending.value, lost)
            raise ContentUnreadable(problem, explain(problem)) from lost
        if "problem" in answer:
            with _plausible():
                problem, detail = Problem(answer["problem"]), str(answer["detail"])
            raise ContentUnreadable(problem, explain(problem, detail))
        return answer, data

    def _ask(self, message: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], bytes]:
        until = time.monotonic() + self._settings.wall_seconds + extra_seconds(path)
        with self._exchange() as child:
            child.send(message, until)
            answer, data = child.receive(until)
            self._recycle_if(answer)
            return answer, data

    def _inspect_once(
        self, requests: Sequence[InspectRequest], deadline: float, *, only_identify: bool = False
    ) -> tuple[list[Inspection], ChildLost | None]:
        """Results until the child was lost; the request after them is the suspect."""
        found: list[Inspection] = []
        try:
            with self._exchange() as child:
                child.send(_batch_message(requests, only_identify=only_identify), deadline)
                for request in requests:
                    answer, _data = child.receive(self._item_deadline(request, deadline))
                    found.append(_inspection_in(answer))
                self._recycle_if(answer)
        except ChildLost as lost:
            return found, lost
        return found, None

    @contextmanager
    def _exchange(self) -> Iterator[ChildProcess]:
        """The child for one request and its answers.

        Whatever interrupts it (a lost child, Celery's soft time limit, Ctrl-C), the child goes:
        a late answer must never be taken for the next one's.
        """
        with self._lock:
            child = self._child()
            complete = False
            try:
                yield child
                complete = True
            finally:
                if not complete:
                    self._running = None
                    child.kill()

    def _item_deadline(self, request: InspectRequest, deadline: float) -> float:
        allowed = self._settings.wall_seconds + extra_seconds(request.path)
        return min(deadline, time.monotonic() + allowed)

    def _child(self) -> ChildProcess:
        """The running child, or a new one. Called with the lock held."""
        running = self._running
        if running is not None and not running.is_alive():
            log.info("idle child %s ended, starting another", running.pid)
            running.close()
            running = None
        if running is None:
            self._running = None
            self._running = running = _started(self._settings)
        return running

    def _recycle_if(self, answer: Mapping[str, Any]) -> None:
        if answer.get("recycle") and self._running is not None:
            self._running.close()
            self._running = None

    def _forget(self) -> None:
        """In a forked process: the child belongs to the parent, the lock may be held there."""
        self._lock = threading.Lock()
        if self._running is not None:
            self._running.disown()
            self._running = None


class _Batch:
    """Works off a batch; suspects are tried once more alone, so nobody pays for a neighbour."""

    def __init__(
        self, sandbox: Sandbox, requests: Sequence[InspectRequest], deadline: float
    ) -> None:
        self._sandbox = sandbox
        self._requests = requests
        self._deadline = deadline
        self._found: list[Inspection] = []

    def run(self) -> list[Inspection]:
        while len(self._found) < len(self._requests):
            if time.monotonic() >= self._deadline:
                self._found += [_not_reached(r) for r in self._rest()]
                break
            self._advance()
        return self._found

    def _rest(self) -> Sequence[InspectRequest]:
        return self._requests[len(self._found) :]

    def _advance(self) -> None:
        found, lost = self._sandbox._inspect_once(self._rest()[:_MAX_BATCH], self._deadline)
        self._found += found
        if lost is not None and not self._is_over(lost):
            self._found.append(self._suspect(self._rest()[0], lost))

    def _is_over(self, lost: ChildLost) -> bool:
        return lost.ending is Ending.TOO_SLOW and time.monotonic() >= self._deadline

    def _suspect(self, request: InspectRequest, lost: ChildLost) -> Inspection:
        strikes = 1
        while lost.ending is not Ending.CPU_USED_UP and strikes < _STRIKES:
            log.warning("%s: child lost (%s): %s", request.path, lost.ending.value, lost)
            found, again = self._sandbox._inspect_once([request], self._deadline)
            if again is None:
                return found[0]
            if self._is_over(again):
                return _not_reached(request)
            lost, strikes = again, strikes + 1
        log.warning("%s: given up (%s): %s", request.path, lost.ending.value, lost)
        return self._given_up(request, lost)

    def _given_up(self, request: InspectRequest, lost: ChildLost) -> Inspection:
        """Hash and type at least, found out without opening the content any further."""
        until = time.monotonic() + _IDENTIFY_SECONDS + extra_seconds(request.path)
        found, failed = self._sandbox._inspect_once([request], until, only_identify=True)
        known = found[0] if failed is None else _hashed(request)
        problem = _problem_of(lost)
        return replace(known, problem=problem, problem_text=explain(problem), detail=str(lost))


def _batch_message(requests: Sequence[InspectRequest], *, only_identify: bool) -> dict[str, Any]:
    items = [
        {"path": str(one.path), "name": one.declared_name, "mime": one.declared_mime}
        for one in requests
    ]
    return {"op": "inspect", "items": items, "only_identify": only_identify}


def _started(settings: SandboxSettings) -> ChildProcess:
    try:
        return ChildProcess(settings)
    except ChildLost as lost:
        raise SandboxUnavailable(f"{settings.child_module}: {lost}") from lost


def _inspection_in(answer: Mapping[str, Any]) -> Inspection:
    try:
        return wire.unpack_inspection(answer["inspection"])
    except (wire.ProtocolError, KeyError) as error:
        raise ChildLost(Ending.CRASHED, repr(error)) from error


@contextmanager
def _plausible() -> Iterator[None]:
    """An answer that makes no sense comes from a child that a file took over."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise ContentUnreadable(Problem.CRASHED, explain(Problem.CRASHED)) from error


def _word(values: Mapping[str, Any]) -> PageWord:
    x0, y0, x1, y1 = (float(values[name]) for name in ("x0", "y0", "x1", "y1"))
    return PageWord(wire.clean(values["text"]), x0, y0, x1, y1, bool(values["hyphenated"]))


def _problem_of(lost: ChildLost) -> Problem:
    return Problem.CRASHED if lost.ending is Ending.CRASHED else Problem.TIMEOUT


def _not_reached(request: InspectRequest) -> Inspection:
    return Inspection(
        b"",
        0,
        UNKNOWN_TYPE,
        problem=Problem.TIMEOUT,
        problem_text=NOT_REACHED_TEXT,
        reached=False,
        detail=str(request.path),
    )


def _hashed(request: InspectRequest) -> Inspection:
    """Hash and size taken here: reading bytes is harmless, understanding them is not."""
    if not request.path.is_file():
        return Inspection(b"", 0, UNKNOWN_TYPE)
    digest, size = hashlib.sha256(), 0
    with suppress(OSError), request.path.open("rb") as file:
        while chunk := file.read(_HASH_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Inspection(digest.digest(), size, UNKNOWN_TYPE)


_sandboxes: "weakref.WeakSet[Sandbox]" = weakref.WeakSet()


def _forget_children() -> None:
    for sandbox in list(_sandboxes):
        sandbox._forget()


os.register_at_fork(after_in_child=_forget_children)
