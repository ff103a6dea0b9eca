"""Bytes to text: BOM, UTF-8, UTF-16 without BOM, else Windows-1252, or no text at all."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tab, line feed, form feed, carriage return, escape are seen in honest text files.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_MAX_CONTROL_SHARE = 0.005


def decoded(data: bytes, *, cut: bool = False) -> str | None:
    """The text in ``data``, or None when it is binary. ``cut``: the end may be in mid-character."""
    if not data:
        return ""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "ignore" if cut else "replace")
    if (wide := _wide_encoding(data)) is not None:
        return data.decode(wide, "replace")
    if not _is_textual(data):
        return None
    return _utf8(data, cut) or data.decode("cp1252", "replace")


def _utf8(data: bytes, cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, not cut)
    except UnicodeDecodeError:
        return None


def _is_textual(data: bytes) -> bool:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return b"\0" not in data and controls <= len(data) * _MAX_CONTROL_SHARE


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 of western text shows as zeros in every second byte."""
    sample = data[: len(data) - len(data) % 2][:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    even, odd = sample[::2], sample[1::2]
    if even.count(0) == 0 and odd.count(0) > 0.9 * len(odd):
        return "utf-16-le"
    if odd.count(0) == 0 and even.count(0) > 0.9 * len(even):
        return "utf-16-be"
    return None
