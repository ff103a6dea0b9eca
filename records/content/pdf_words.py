"""Text and words of a PDF page from one reading, so that hits in the text can be marked."""

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from records.content.results import PageWord

# pdfium puts this where it joined a word over a line end; the hyphen itself is gone.
_JOINED = "\ufffe"
_BAD = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff"
_UNWANTED = re.compile(f"[{_BAD}]")
_TOKEN = re.compile(f"[^\\s{_BAD}]+")
# "Haupt- und Nebenforderung", "E-Mail-Adresse": here the hyphen belongs to the word.
_CONJUNCTION = re.compile(r"(?:und|oder|bzw|sowie|beziehungsweise|noch|als)\b")
_LOOK_AHEAD = 20
_JOINT = re.compile(_JOINED)
_SPLIT_AT_JOINT = re.compile(f"(?<={_JOINED})")


def page_text(raw: str) -> str:
    """The text of a page as it is kept: line feeds, no control characters, words joined."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if _UNWANTED.search(text):
        text = _UNWANTED.sub(" ", text)
    if _JOINED in text:
        text = _JOINT.sub(lambda m: _rest_of_joint(text[m.end() : m.end() + _LOOK_AHEAD]), text)
    return text


def _spelled(token: str) -> Iterator[str]:
    """Parts of a token between joints, each with what the joint leaves behind."""
    parts = _SPLIT_AT_JOINT.split(token)
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        yield part.replace(_JOINED, _rest_of_joint(following) if part.endswith(_JOINED) else "")


def _rest_of_joint(following: str) -> str:
    if _CONJUNCTION.match(following):
        return "- "
    return "-" if following[:1].isupper() or following[:1].isdigit() else ""


def read_raw(text_page: Any) -> str:
    """The characters pdfium sees, one per UTF-16 unit pair; surrogates of broken fonts stay."""
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass")


def words_of(text_page: Any, raw: str) -> Iterator[PageWord]:
    """The words with boxes in PDF space (origin bottom left, before rotation)."""
    offsets = _utf16_offsets(raw)
    for token in _TOKEN.finditer(raw):
        start = token.start()
        parts = _SPLIT_AT_JOINT.split(token[0])
        for part, shown in zip(parts, _spelled(token[0]), strict=True):
            end = start + len(part.rstrip(_JOINED))
            if shown.strip():
                box = _box(text_page, offsets, start, end)
                yield PageWord(shown.strip(), *box, hyphenated=_goes_on(part, shown))
            start += len(part)


def _goes_on(part: str, shown: str) -> bool:
    return part.endswith(_JOINED) and not shown.endswith(" ")


def _utf16_offsets(raw: str) -> list[int] | None:
    """Offsets of characters in UTF-16 units, or None when they are the same."""
    if raw.isascii() or max(raw) <= "\uffff":
        return None
    offsets, at = [], 0
    for character in raw:
        offsets.append(at)
        at += 2 if character > "\uffff" else 1
    return [*offsets, at]


def _box(
    text_page: Any, offsets: list[int] | None, start: int, end: int
) -> tuple[float, float, float, float]:
    """Box around the characters from ``start`` to ``end``; zeros when the font draws nothing."""
    if offsets is not None:
        start, end = offsets[start], offsets[end]
    boxes = [_char_box(text_page, index) for index in range(start, end)]
    known = [box for box in boxes if box is not None]
    if not known:
        return 0.0, 0.0, 0.0, 0.0
    lefts, bottoms, rights, tops = zip(*known, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _char_box(text_page: Any, text_index: int) -> tuple[float, float, float, float] | None:
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, text_index)
    rect = pdfium.FS_RECTF()
    if index < 0 or not pdfium.FPDFText_GetLooseCharBox(text_page, index, rect):
        return None
    return rect.left, rect.bottom, rect.right, rect.top
