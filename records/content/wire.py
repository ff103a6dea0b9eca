"""Frames between parent and child: lengths, JSON, bytes. JSON because the child may be hostile."""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from records.content.mail_results import Mail, MailHead, MailPart
from records.content.problems import Problem
from records.content.results import Family, Inspection, Sniffed, TextState

HEADER = struct.Struct(">II")
# Far above what limits allow a child to answer; a longer frame is a lie.
MAX_FRAME = 128 * 1024 * 1024


class ProtocolError(Exception):
    """The child answered something that is no answer."""


def encode(message: Mapping[str, Any], binary: bytes = b"") -> bytes:
    """One frame: header with both lengths, the message as JSON, raw bytes."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return HEADER.pack(len(body), len(binary)) + body + binary


def lengths(header: bytes) -> tuple[int, int]:
    """Lengths of message and bytes. Raises ProtocolError when they are absurd."""
    body, binary = HEADER.unpack(header)
    if body + binary > MAX_FRAME:
        raise ProtocolError(f"frame of {body + binary} bytes")
    return body, binary


def decode(body: bytes) -> dict[str, Any]:
    """The message of a frame. Raises ProtocolError when it is none."""
    try:
        message = json.loads(body)
    except ValueError as error:
        raise ProtocolError("no JSON") from error
    if not isinstance(message, dict):
        raise ProtocolError("no object")
    return message


def pack_inspection(found: Inspection) -> dict[str, Any]:
    """An inspection as plain values."""
    # By hand: dataclasses.asdict copies deeply, which showed in the time per document.
    values = {name: getattr(found, name) for name in Inspection.__slots__}
    sniffed = {name: getattr(found.sniffed, name) for name in Sniffed.__slots__}
    return values | {"sha256": found.sha256.hex(), "sniffed": sniffed}


def unpack_inspection(values: Mapping[str, Any]) -> Inspection:
    """The inspection in a message. Raises ProtocolError when something does not fit."""
    try:
        return Inspection(
            sha256=_digest(values["sha256"]),
            size=int(values["size"]),
            sniffed=_unpack_sniffed(values["sniffed"]),
            page_count=None if values["page_count"] is None else int(values["page_count"]),
            problem=None if values["problem"] is None else Problem(values["problem"]),
            problem_text=clean(values["problem_text"]),
            text=clean(values["text"]),
            text_state=TextState(values["text_state"]),
            has_text_layer=bool(values["has_text_layer"]),
            text_truncated=bool(values["text_truncated"]),
            detail=clean(values["detail"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"no inspection: {error!r}") from error


def _unpack_sniffed(values: Mapping[str, Any]) -> Sniffed:
    return Sniffed(
        mime=clean(values["mime"]),
        extension=clean(values["extension"]),
        family=Family(values["family"]),
        declared_mismatch=bool(values["declared_mismatch"]),
        has_macros=bool(values["has_macros"]),
    )


def _digest(value: str) -> bytes:
    digest = bytes.fromhex(value)
    # Empty when the file could not be read.
    if len(digest) not in (0, 32):
        raise ValueError("no SHA-256")
    return digest


def pack_mail(mail: Mail) -> tuple[dict[str, Any], bytes]:
    """A mail as plain values and the bytes of its attachments one behind the other."""
    head = {name: getattr(mail.head, name) for name in MailHead.__slots__}
    head["sent_at"] = mail.head.sent_at.isoformat() if mail.head.sent_at else ""
    parts = [{"name": one.name, "size": len(one.data)} for one in mail.parts]
    values = {"head": head, "body": mail.body, "parts": parts, "inside": mail.inside}
    return values, b"".join(one.data for one in mail.parts)


def unpack_mail(values: Mapping[str, Any], data: bytes) -> Mail:
    """The mail in a message. Raises KeyError, TypeError, ValueError when something does not fit."""
    parts = []
    rest = memoryview(data)
    for one in values["parts"]:
        size = int(one["size"])
        if not 0 <= size <= len(rest):
            raise ValueError("attachments do not fit")
        parts.append(MailPart(clean(one["name"]), bytes(rest[:size])))
        rest = rest[size:]
    inside = tuple(clean(name) for name in values["inside"])
    return Mail(_unpack_head(values["head"]), clean(values["body"]), parts, inside)


def _unpack_head(values: Mapping[str, Any]) -> MailHead:
    said = {name: clean(values[name]) for name in ("message_id", "sender", "receivers", "copies")}
    moment = datetime.fromisoformat(values["sent_at"]) if values["sent_at"] else None
    ids = tuple(clean(one) for one in values["refers_to"])
    return MailHead(**said, refers_to=ids, subject=clean(values["subject"]), sent_at=moment)


def clean(text: str) -> str:
    """Text the database can keep: no NUL, no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "") if "\0" in text else text
