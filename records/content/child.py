"""The process that opens hostile files: ``python -m records.content.child SETTINGS``.

Reads frames (``wire``) from standard input until it ends, answers on standard output. Started and
ended by ``records.content.child_process``; imports no Django, so it starts in a tenth of a second.
"""

import base64
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from records.content import mails, wire
from records.content.confinement import allow_cpu, confine, die_with_parent, resident_bytes
from records.content.inspector import inspect
from records.content.limits import Limits, extra_seconds
from records.content.mail_results import Mail
from records.content.page_images import PageReader
from records.content.problems import UNREADABLE_TEXT, Problem, explain
from records.content.results import UNKNOWN_TYPE, ContentUnreadable, Inspection, InspectRequest
from records.content.standing_back import give_session_own_niceness

Message = Mapping[str, Any]
Inspector = Callable[..., Inspection]


class Child:
    """Answers requests one after the other until its input ends."""

    def __init__(self, settings: Message, inspector: Inspector = inspect) -> None:
        self._limits = Limits(**settings["limits"])
        self._cpu_seconds = float(settings["cpu_seconds"])
        self._recycle_after = int(settings["recycle_after"])
        self._recycle_bytes = int(settings["recycle_bytes"])
        self._reader = PageReader(self._limits)
        self._inspector = inspector
        self._answered = 0
        self._input, self._output = _private_pipes()

    def serve(self, *, filtered: bool) -> None:
        """Say hello, then answer until the parent closes the pipe."""
        self._send({"ready": True, "filtered": filtered})
        while (header := self._read(wire.HEADER.size)) is not None:
            body, _binary = wire.lengths(header)
            self._answer(wire.decode(self._read(body) or b""))

    def _answer(self, message: Message) -> None:
        if message["op"] == "inspect":
            self._answer_batch(message)
        else:
            allow_cpu(self._cpu_seconds)
            self._answer_page(message)

    def _answer_batch(self, message: Message) -> None:
        items = message["items"]
        for index, item in enumerate(items):
            request = InspectRequest(Path(item["path"]), item["name"], item["mime"])
            allow_cpu(self._cpu_seconds + extra_seconds(request.path))
            found = self._inspect(request, only_identify=message["only_identify"])
            last = index == len(items) - 1
            answer = {"index": index, "inspection": wire.pack_inspection(found)}
            self._send(answer | {"recycle": self._is_worn() if last else False})

    def _inspect(self, request: InspectRequest, *, only_identify: bool) -> Inspection:
        self._answered += 1
        try:
            return self._inspector(request, self._limits, only_identify=only_identify)
        except OSError as error:
            nothing = Inspection(b"", 0, UNKNOWN_TYPE, problem=Problem.BROKEN)
            return replace(nothing, problem_text=UNREADABLE_TEXT, detail=repr(error))
        except MemoryError:
            known = inspect(request, self._limits, only_identify=True)
            text = explain(Problem.BOMB, "Arbeitsspeicher")
            return replace(known, problem=Problem.BOMB, problem_text=text, detail="MemoryError")

    def _answer_page(self, message: Message) -> None:
        self._answered += 1
        try:
            answer, data = self._page(message)
        except ContentUnreadable as error:
            answer, data = {"problem": error.problem, "detail": str(error)}, b""
        except MemoryError:
            answer, data = {"problem": Problem.BOMB, "detail": "MemoryError"}, b""
        except OSError as error:
            answer, data = {"problem": Problem.BROKEN, "detail": repr(error)}, b""
        self._send(answer | {"recycle": self._is_worn()}, data)

    def _page(self, message: Message) -> tuple[dict[str, Any], bytes]:
        path = Path(message["path"])
        match message["op"]:
            case "render":
                image = self._reader.render(
                    path, message["page_no"], message["width_px"], message["fmt"]
                )
                size = {"width": image.width, "height": image.height, "mime": image.mime}
                return size, image.data
            case "words":
                return asdict(self._reader.words(path, message["page_no"])), b""
            case "codes":
                return {"codes": self._reader.codes(path, message["page_no"])}, b""
            case "sizes":
                sizes = self._reader.sizes(path)
                return {"sizes": [(size.width_pt, size.height_pt) for size in sizes]}, b""
            case "mail":
                return self._mail(path, message["mime"])
            case "count" | "bind":
                return self._bound(path, message)
            case "signatures":
                return self._signatures(path, message["mime"], message["anchors"])
            case other:
                raise wire.ProtocolError(f"unknown request {other!r}")

    def _bound(self, path: Path, message: Message) -> tuple[dict[str, Any], bytes]:
        from records.content import binding  # pypdf would double the start of every child

        if message["op"] == "count":
            return {"pages": binding.page_count(path, self._limits)}, b""
        return {}, binding.bind(message, self._limits)

    def _mail(self, path: Path, mime: str) -> tuple[dict[str, Any], bytes]:
        if path.stat().st_size > self._limits.file_bytes:
            raise ContentUnreadable(Problem.TOO_LARGE, f"{path.stat().st_size >> 20} MB")
        try:
            mail = mails.opened(path.read_bytes(), mime)
            parts = mails.bounded_parts(mail, self._limits)
        except mails.MAIL_ERRORS as error:
            raise ContentUnreadable(Problem.BROKEN, repr(error)) from error
        body = mail.body[: self._limits.mail_chars]
        return wire.pack_mail(Mail(mail.head, body, parts, mail.inside))

    def _signatures(
        self, path: Path, mime: str, anchors: list[str]
    ) -> tuple[dict[str, Any], bytes]:
        # Half a second and 40 MB, which most children never need.
        from records.content import signatures

        if path.stat().st_size > self._limits.file_bytes:
            raise ContentUnreadable(Problem.TOO_LARGE, f"{path.stat().st_size >> 20} MB")
        trusted = [base64.b64decode(one) for one in anchors]
        found = signatures.check(path.read_bytes(), mime, trusted)
        return {"signatures": [one.as_json() for one in found]}, b""

    def _is_worn(self) -> bool:
        """Whether a fresh process should take over: many files seen, or memory not given back."""
        return self._answered >= self._recycle_after or resident_bytes() > self._recycle_bytes

    def _read(self, length: int) -> bytes | None:
        parts: list[bytes] = []
        while length:
            part = os.read(self._input, min(length, 1 << 20))
            if not part:
                return None
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _send(self, message: Message, data: bytes = b"") -> None:
        frame = memoryview(wire.encode(message, data))
        while frame:
            frame = frame[os.write(self._output, frame) :]


def _private_pipes() -> tuple[int, int]:
    """The pipes on descriptors of their own: nothing a library prints reaches the parent."""
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return reading, writing


def run(inspector: Inspector = inspect) -> None:
    """Confine this process, then serve. Settings are the JSON object in the first argument."""
    settings = json.loads(sys.argv[1])
    if settings["die_with"]:
        die_with_parent(int(settings["die_with"]))
    # What a worker hands out in the background stays in the background.
    give_session_own_niceness()
    child = Child(settings, inspector)
    child.serve(filtered=confine(int(settings["memory_bytes"])))


if __name__ == "__main__":
    run()
