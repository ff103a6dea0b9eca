"""Reads index.json of a delivery as a stream: constant memory, one entry at a time.

A broken entry is reported and the next one follows; a file that is not JSON raises one error.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import ijson
import jsonschema_rs
from ijson.common import ObjectBuilder

from integrations.formats.errors import (
    DeliveryUnreadable,
    FieldError,
    HeaderFault,
    SyntaxFault,
    field_error,
)
from integrations.formats.record import DeliveryHeader, NeutralRecord
from integrations.formats.schema import ENTRIES, record_from_wire

SCHEMAS = {"1.0": Path(__file__).with_name("delivery-1.0.json")}
CURRENT = "1.0"

MAX_DEPTH = 16
MAX_ENTRY_BYTES = 4 * 1024 * 1024
MAX_ERRORS_PER_ENTRY = 20
BUFFER_BYTES = 64 * 1024
UTF8_MARK = b"\xef\xbb\xbf"

Event = tuple[str, Any]


def read_header(path: Path) -> DeliveryHeader:
    """The head of the index at ``path``, after one pass over the whole file.

    The pass proves that the file is complete JSON, counts the entries and takes the SHA-256.
    Raises SyntaxFault or HeaderFault (both DeliveryUnreadable), OSError if it cannot be opened.
    """
    source = _Source(path)
    header: dict[str, Any] = {}
    count = -1
    for name, value in _top_level(source, build_entries=False):
        if name == ENTRIES:
            count = max(count, 0) + value
        else:
            header[name] = value
    _check_header(header, count)
    return DeliveryHeader(
        schema_version=header["schemaVersion"],
        system=header["verfahren"],
        mandant=header["mandant"],
        delivery_id=header["lieferungId"],
        created_at=datetime.fromisoformat(header["erstelltAm"]),
        created_by=header.get("erstelltVon", ""),
        entry_count=count,
        sha256=source.digest.digest(),
    )


def iter_entries(path: Path) -> Iterator[tuple[int, dict[str, Any], list[FieldError]]]:
    """(position from 1, the entry as delivered, its faults) for every entry, in order.

    An entry without faults can be given to ``to_record``. Raises SyntaxFault where the file ends
    or is no longer JSON; entries before that place have been given out already, so read the
    header (which reads to the end) first.
    """
    position = 0
    for name, value in _top_level(_Source(path), build_entries=True):
        if name == ENTRIES:
            position += 1
            yield _judged(position, value)


def to_record(entry: dict[str, Any]) -> NeutralRecord:
    """The entry with English names and typed values; only for entries without faults."""
    return record_from_wire(entry)


def check_entry(entry: dict[str, Any], prefix: str = "") -> list[FieldError]:
    """Faults of one entry against the schema and against itself; an empty list is a valid one."""
    validator = _entry_validator()
    if validator.is_valid(entry):
        return _contradictions(entry, prefix)
    errors = []
    for error in validator.iter_errors(entry):
        errors.append(field_error(error, prefix))
        if len(errors) == MAX_ERRORS_PER_ENTRY:
            break
    return errors


def _judged(position: int, value: Any) -> tuple[int, dict[str, Any], list[FieldError]]:
    prefix = f"{ENTRIES}[{position}]"
    if not isinstance(value, dict):
        fault = FieldError(prefix, "Der Eintrag ist kein Objekt mit benannten Angaben.")
        return position, {"wert": _storable(value, prefix, [])}, [fault]
    faults: list[FieldError] = []
    entry = _storable(value, prefix, faults)
    return position, entry, faults or check_entry(entry, prefix)


def _storable(value: Any, path: str, faults: list[FieldError]) -> Any:
    """Plain JSON values that a database can hold: no NUL characters, no Decimal, no infinity."""
    if isinstance(value, str):
        if "\x00" in value:
            faults.append(FieldError(path, "Der Text enthält ein Nullzeichen."))
            return value.replace("\x00", "\ufffd")
        return value
    if isinstance(value, dict):
        return {
            _storable(name, path, faults): _storable(inner, f"{path}.{name}", faults)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_storable(one, f"{path}[{i}]", faults) for i, one in enumerate(value, 1)]
    if isinstance(value, Decimal):
        return _number(value, path, faults)
    return value


def _number(value: Decimal, path: str, faults: list[FieldError]) -> float:
    number = float(value)
    if math.isinf(number):
        faults.append(FieldError(path, "Die Zahl ist zu groß."))
        return 0.0
    return number


def _contradictions(entry: dict[str, Any], prefix: str) -> list[FieldError]:
    """What the schema language cannot say."""
    faults = []
    names = [one["name"] for one in entry.get("dateien", ())]
    if len(set(names)) != len(names):
        faults.append(FieldError(f"{prefix}.dateien", "Ein Dateiname kommt mehrfach vor."))
    for part in ("akte", "vorgang"):
        keys = [pair["name"] for pair in entry.get(part, {}).get("schluessel", ())]
        if len(set(keys)) != len(keys):
            reason = "Ein Schlüsselname kommt mehrfach vor."
            faults.append(FieldError(f"{prefix}.{part}.schluessel", reason))
    if _ends_before_start(entry.get("vorgang", {})):
        reason = "Das Ende des Zeitraums liegt vor seinem Beginn."
        faults.append(FieldError(f"{prefix}.vorgang.zeitraumBis", reason))
    return faults


def _ends_before_start(matter: dict[str, Any]) -> bool:
    start, end = matter.get("zeitraumVon"), matter.get("zeitraumBis")
    return bool(start and end and date.fromisoformat(end) < date.fromisoformat(start))


def _check_header(header: dict[str, Any], entry_count: int) -> None:
    version = header.get("schemaVersion")
    if version is not None and version not in SCHEMAS:
        known = ", ".join(SCHEMAS)
        raise HeaderFault(
            f"index.json: schemaVersion {version!r} ist hier nicht bekannt ({known})."
        )
    errors = [field_error(error, "") for error in _header_validator().iter_errors(header)]
    if entry_count < 0:
        errors.append(FieldError(ENTRIES, f"Die Pflichtangabe „{ENTRIES}“ fehlt."))
    if errors:
        raise HeaderFault("; ".join(str(error) for error in errors), errors)


class _Source:
    """The bytes of the index for the parser: hashed, without byte order mark, bounded per entry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.digest = hashlib.sha256()
        self.since_entry = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> "_Source":
        self._file = self.path.open("rb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, size: int = -1) -> bytes:
        if self._file is None or size == 0:
            return b""
        first = self._file.tell() == 0
        data = self._file.read(size)
        self.digest.update(data)
        self.since_entry += len(data)
        if self.since_entry > MAX_ENTRY_BYTES:
            raise SyntaxFault(
                f"{self.path.name}: Ein Eintrag ist größer als {MAX_ENTRY_BYTES // 1024} kB."
            )
        return data.removeprefix(UTF8_MARK) if first else data


def _top_level(source: _Source, *, build_entries: bool) -> Iterator[tuple[str, Any]]:
    """(field, value) of the outermost object; ``eintraege`` comes once per entry.

    Without ``build_entries`` it comes once, with the number of entries as its value.
    """
    with source:
        events = _events(source)
        if next(events, ("", None))[0] != "start_map":
            raise SyntaxFault(f"{source.path.name}: Der Index beginnt nicht mit einem Objekt.")
        for kind, value in events:
            if kind != "map_key":
                continue
            if value != ENTRIES:
                yield value, _value(next(events), events)
            elif build_entries:
                yield from ((ENTRIES, entry) for entry in _elements(source, events))
            else:
                yield ENTRIES, _count_elements(source, events)


def _events(source: _Source) -> Iterator[Event]:
    """Parser events with the nesting bounded: the parser itself would eat all memory."""
    depth = 0
    try:
        for kind, value in ijson.basic_parse(source, buf_size=BUFFER_BYTES):
            if kind in ("start_map", "start_array"):
                depth += 1
                if depth > MAX_DEPTH:
                    raise SyntaxFault(f"{source.path.name}: zu tief verschachtelt.")
            elif kind in ("end_map", "end_array"):
                depth -= 1
            yield kind, value
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise SyntaxFault(
            f"{source.path.name} ist abgeschnitten oder kein gültiges JSON: {_parser_says(error)}"
        ) from error


def _parser_says(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return str(text).strip().splitlines()[0] if str(text).strip() else type(error).__name__


def _value(first: Event, events: Iterator[Event]) -> Any:
    """Build the value that begins with ``first``."""
    if first[0] not in ("start_map", "start_array"):
        return first[1]
    builder = ObjectBuilder()
    builder.event(*first)
    depth = 1
    for kind, value in events:
        builder.event(kind, value)
        if kind in ("start_map", "start_array"):
            depth += 1
        elif kind in ("end_map", "end_array"):
            depth -= 1
            if depth == 0:
                break
    return builder.value


def _elements(source: _Source, events: Iterator[Event]) -> Iterator[Any]:
    _expect_array(source, events)
    for event in events:
        if event[0] == "end_array":
            return
        source.since_entry = 0
        yield _value(event, events)


def _count_elements(source: _Source, events: Iterator[Event]) -> int:
    _expect_array(source, events)
    count = depth = 0
    for kind, _ in events:
        if kind in ("start_map", "start_array"):
            count += depth == 0
            depth += 1
        elif kind in ("end_map", "end_array"):
            if depth == 0:
                break
            depth -= 1
        else:
            count += depth == 0
        if depth == 0:
            source.since_entry = 0
    return count


def _expect_array(source: _Source, events: Iterator[Event]) -> None:
    if next(events, ("", None))[0] != "start_array":
        raise HeaderFault(f"{source.path.name}: „{ENTRIES}“ ist keine Liste.")


def schema(version: str = CURRENT) -> dict[str, Any]:
    """The JSON Schema of a format version."""
    loaded: dict[str, Any] = json.loads(SCHEMAS[version].read_text(encoding="utf-8"))
    return loaded


def _validator(part: str, **further: bool) -> jsonschema_rs.Draft202012Validator:
    whole = schema()
    head = {"$schema": whole["$schema"], "$defs": whole["$defs"], "$ref": f"#/$defs/{part}"}
    return jsonschema_rs.Draft202012Validator(head | further, validate_formats=True)


@cache
def _entry_validator() -> jsonschema_rs.Draft202012Validator:
    return _validator("eintrag")


@cache
def _header_validator() -> jsonschema_rs.Draft202012Validator:
    return _validator("kopf", unevaluatedProperties=False)


__all__ = [
    "DeliveryUnreadable",
    "FieldError",
    "check_entry",
    "iter_entries",
    "read_header",
    "schema",
    "to_record",
]
