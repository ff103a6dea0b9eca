"""Files that grow when opened: decided from sizes they declare and short probes, never by opening.

What slips through (filters hidden behind references, recursive drawing) ends at the limits of the
child process.
"""

import io
import mmap
import re
import struct
import zipfile
import zlib
from typing import IO

from records.content.containers import ZIP_ERRORS
from records.content.limits import Limits

Buffer = bytes | mmap.mmap
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_END_SEARCH = 22 + 65_535
_CENTRAL_ENTRY = 46
_NESTED_BYTES = 8 * 1024 * 1024
_NESTED_MAX = 32
_ARCHIVE_NAMES = (".zip", ".jar", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")

_WIDTH = re.compile(rb"/Width\s+(\d{3,9})\b")
_HEIGHT = re.compile(rb"/Height\s+(\d{3,9})\b")
_CHAINED = re.compile(rb"/Filter\s*\[\s*/(?:Fl|LZW)[A-Za-z]*\s*/(?:Fl|LZW)")
_STREAM = re.compile(rb"stream\r?\n")
_IMAGE = re.compile(rb"/Subtype\s*/Image")
# zlib grows at most 1:1032, so what is shorter than this cannot reach the bound.
_ZLIB_RATIO = 1032
_PROBE = 64 * 1024
_DICTIONARY = 2048
_SCAN = 256 * 1024 * 1024


def zip_bomb(file: IO[bytes], size: int, limits: Limits, depth: int = 1) -> str | None:
    """Why this ZIP is a bomb (German), or None. Reads central directories only.

    ``file`` is left at an arbitrary position. Damaged archives are no bombs.
    """
    if _declared_entries(file, size) > limits.zip_entries:
        return f"mehr als {limits.zip_entries} Einträge"
    try:
        with zipfile.ZipFile(file) as archive:
            return _judge(archive, size, limits) or _nested(archive, limits, depth)
    except ZIP_ERRORS:
        return None


def _declared_entries(file: IO[bytes], size: int) -> int:
    """Declared count, or a quarter of what fits into the declared directory: both may lie.

    A quarter, because names make honest entries longer than the shortest possible one.
    """
    file.seek(max(0, size - _END_SEARCH))
    tail = file.read(_END_SEARCH)
    count = length = 0
    if (at := tail.rfind(_END)) >= 0 and len(tail) - at >= 22:
        count, length = struct.unpack_from("<HI", tail, at + 10)
    if (at := tail.rfind(_END64)) >= 0 and len(tail) - at >= 56:
        count, length = struct.unpack_from("<QQ", tail, at + 32)
    by_length = min(length, size) // (_CENTRAL_ENTRY + 1) // 4
    # 0xFFFF alone only points to the ZIP64 record.
    return max(count if count != 0xFFFF else 0, by_length)


def _judge(archive: zipfile.ZipFile, size: int, limits: Limits) -> str | None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > limits.zip_entries:
        return f"mehr als {limits.zip_entries} Einträge"
    if unpacked > limits.zip_total_bytes:
        return f"entpackt {unpacked // 1024**2} MB"
    if unpacked > limits.zip_ratio_from_bytes and unpacked > limits.zip_ratio * max(size, 1):
        return f"Packverhältnis 1:{unpacked // max(size, 1)}"
    return "sich überlappende Einträge" if packed > size else None


def _nested(archive: zipfile.ZipFile, limits: Limits, depth: int) -> str | None:
    inner = [e for e in archive.infolist() if e.filename.lower().endswith(_ARCHIVE_NAMES)]
    if inner and depth >= limits.zip_depth:
        return f"mehr als {limits.zip_depth} Archive ineinander"
    for entry in inner[:_NESTED_MAX]:
        if entry.flag_bits & 1 or entry.file_size > _NESTED_BYTES:
            continue
        with archive.open(entry) as part:
            data = part.read(_NESTED_BYTES)
        if (reason := zip_bomb(io.BytesIO(data), len(data), limits, depth + 1)) is not None:
            return reason
    return None


def pdf_bomb(data: Buffer, limits: Limits) -> str | None:
    """Why this PDF is a bomb (German), or None: giant bitmaps, streams that inflate too far.

    Stream dictionaries are never inside object streams, so they can be read from the raw bytes.
    """
    end = min(len(data), _SCAN)
    return _giant_bitmap(data, end, limits) or _inflating_stream(data, end, limits)


def _giant_bitmap(data: Buffer, end: int, limits: Limits) -> str | None:
    for match in _WIDTH.finditer(data, 0, end):
        around = slice(max(0, match.start() - 400), match.end() + 400)
        heights = [int(found[1]) for found in _HEIGHT.finditer(data[around])]
        pixels = int(match[1]) * min(heights, default=0)
        if pixels > limits.bitmap_pixels:
            return f"Bild mit {pixels // 1_000_000} Millionen Bildpunkten"
    return None


def _inflating_stream(data: Buffer, end: int, limits: Limits) -> str | None:
    if _CHAINED.search(data, 0, end) is None and end * _ZLIB_RATIO < limits.inflated_stream_bytes:
        return None
    for match in _STREAM.finditer(data, 0, end):
        dictionary = data[max(0, match.start() - _DICTIONARY) : match.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        if b"/Fl" not in dictionary or _IMAGE.search(dictionary):
            continue
        if _inflated_size(data, match.end(), end, dictionary) > limits.inflated_stream_bytes:
            return "stark verdichteter Datenstrom"
    return None


def _inflated_size(data: Buffer, start: int, end: int, dictionary: bytes) -> int:
    """Estimate from the stream's first 64 kB; a chain of two filters is inflated twice."""
    stop = data.find(b"endstream", start, end)
    length = (stop if stop >= 0 else end) - start
    grown, ratio = _probe(data[start : start + min(length, _PROBE)])
    estimate = length * ratio
    if _CHAINED.search(dictionary) and grown:
        estimate *= max(1.0, _probe(grown[:_PROBE])[1])
    return int(estimate)


def _probe(packed: bytes) -> tuple[bytes, float]:
    inflating = zlib.decompressobj()
    try:
        grown = inflating.decompress(packed, 2 * _ZLIB_RATIO * 1024)
    except zlib.error:
        return b"", 0.0
    used = len(packed) - len(inflating.unconsumed_tail) - len(inflating.unused_data)
    return grown, len(grown) / max(used, 1)
