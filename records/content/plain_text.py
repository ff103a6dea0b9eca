"""Text of text files and markup. Nothing is fetched, no entity is expanded, no script run."""

import codecs
import re
from html.parser import HTMLParser

from records.content.decoding import decoded

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
_CHARSET_WITHIN = 2048
_BLANKS = re.compile(r"[ \t\xa0]+")
_EMPTY_LINES = re.compile(r"\n\s*\n+")
_INVISIBLE = {"script", "style", "template", "noscript"}
_INLINE = {"a", "abbr", "b", "big", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"}


def text_of_plain(data: bytes) -> str | None:
    """The text of a text file with line feeds, or None when it is binary."""
    text = decoded(data)
    return None if text is None else tidy(text)


def text_of_markup(data: bytes) -> str | None:
    """What a reader of HTML, SVG or XML would see, without tags; None when it is binary."""
    text = _decoded_markup(data)
    return None if text is None else visible(text)


def tidy(text: str) -> str:
    """Line feeds only, and no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub(" ", text) if _CONTROLS.search(text) else text


def _decoded_markup(data: bytes) -> str | None:
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    if declared is None or data.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return decoded(data)
    return decoded_as(data, declared[1].decode("ascii"))


def decoded_as(data: bytes, charset: str) -> str | None:
    """Decoded as declared if that encoding exists and fits, else as found."""
    try:
        if codecs.lookup(charset)._is_text_encoding:
            return data.decode(charset)
    except (LookupError, ValueError):
        pass
    return decoded(data)


class _Visible(HTMLParser):
    """Collects character data outside scripts and styles; blocks end lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _INVISIBLE
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in _INVISIBLE))
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def visible(markup: str) -> str:
    """What a reader of the markup would see: no tags, scripts or styles."""
    parser = _Visible()
    parser.feed(markup)
    parser.close()
    text = _BLANKS.sub(" ", tidy("".join(parser.parts)))
    return _EMPTY_LINES.sub("\n", text.replace("\n ", "\n")).strip()
