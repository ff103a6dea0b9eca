"""Where each lexeme of a text stands, in a compact form that is stored beside the text.

Layout (native little-endian arrays): a header of counts, then gap and length of every token in
turn, then for each lexeme the number of its tokens, the tokens' indexes lexeme by lexeme, and at
last the lexemes themselves, each between NUL bytes. Numbers take 1, 2 or 4 bytes as they need.
All of it is deflated, which PostgreSQL's own compression of values does to half the effect; what
was stored before that is read as it is. Looking up a lexeme scans the names and decodes only its own tokens.
"""

import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from struct import Struct

# 1 and 4 were the first byte of an earlier form.
LAYOUT = 2
# Level 1 of 9: three hundredths longer than level 6 in two thirds of the time.
_DEFLATE_LEVEL = 1
# The first byte of deflated bytes (RFC 1950, window of 32 kB).
_DEFLATED = 0x78
# layout, width of gaps and lengths, width of counts, width of token indexes, tokens, lexemes
_HEADER = Struct("<BBBBII")
_CODES = {1: "B", 2: "H", 4: "I"}


def pack(lengths: Sequence[int], places: Mapping[str, Sequence[int]]) -> bytes:
    """``lengths``: gap, token, gap, token … in characters; ``places``: token indexes by lexeme."""
    spans, spans_width = _array(lengths)
    counts, counts_width = _array(list(map(len, places.values())))
    tokens, tokens_width = _array(list(chain.from_iterable(places.values())))
    header = _HEADER.pack(
        LAYOUT, spans_width, counts_width, tokens_width, len(spans) // 2, len(counts)
    )
    names = "\0".join(("", *places, "")).encode()
    return zlib.compress(b"".join((header, spans, counts, tokens, names)), _DEFLATE_LEVEL)


def _array(numbers: Sequence[int]) -> tuple[bytes, int]:
    try:
        return bytes(numbers), 1
    except ValueError:
        pass
    try:
        return array("H", numbers).tobytes(), 2
    except OverflowError:
        return array("I", numbers).tobytes(), 4


def _inflated(packed: bytes) -> bytes:
    return zlib.decompress(packed) if packed[:1] == bytes([_DEFLATED]) else packed


class Offsets:
    """The packed places of a text's lexemes, read on demand."""

    def __init__(self, packed: bytes) -> None:
        """Bytes of another layout hold no places: no marks until the text is analysed again."""
        packed = _inflated(packed)
        known = len(packed) >= _HEADER.size and packed[0] == LAYOUT
        self._packed = packed if known else _inflated(pack([], {}))
        header = _HEADER.unpack_from(self._packed)
        tokens, lexemes = int(header[4]), int(header[5])
        self._spans_width, self._counts_width, self._tokens_width = map(int, header[1:4])
        self._counts_at = _HEADER.size + 2 * tokens * self._spans_width
        self._tokens_at = self._counts_at + lexemes * self._counts_width

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of every token in characters of the text."""
        numbers = self._read(_HEADER.size, self._counts_at, self._spans_width)
        edges = list(accumulate(numbers))
        return list(zip(edges[::2], edges[1::2], strict=True))

    def tokens(self, lexeme: str) -> list[int]:
        """Indexes into ``spans`` of the tokens that have this lexeme."""
        place = self._packed.find(f"\0{lexeme}\0".encode(), self._names_at)
        return self._tokens_of(place) if lexeme and place >= 0 else []

    def tokens_beginning(self, prefix: str) -> list[int]:
        """Indexes of the tokens with a lexeme that begins with ``prefix``."""
        found: set[int] = set()
        wanted = f"\0{prefix}".encode()
        place = self._packed.find(wanted, self._names_at) if prefix else -1
        while place >= 0:
            found.update(self._tokens_of(place))
            place = self._packed.find(wanted, place + 1)
        return sorted(found)

    def places(self, lexemes: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """Character spans of each lexeme that occurs."""
        found = {lexeme: [self.spans[i] for i in self.tokens(lexeme)] for lexeme in lexemes}
        return {lexeme: spans for lexeme, spans in found.items() if spans}

    @cached_property
    def _counts(self) -> Sequence[int]:
        return self._read(self._counts_at, self._tokens_at, self._counts_width)

    @cached_property
    def _names_at(self) -> int:
        return self._tokens_at + sum(self._counts) * self._tokens_width

    def _tokens_of(self, place: int) -> list[int]:
        ordinal = self._packed.count(b"\0", self._names_at, place)
        start = self._tokens_at + sum(self._counts[:ordinal]) * self._tokens_width
        end = start + self._counts[ordinal] * self._tokens_width
        return list(self._read(start, end, self._tokens_width))

    def _read(self, start: int, end: int, width: int) -> Sequence[int]:
        return array(_CODES[width], self._packed[start:end])


def offsets_from_bytes(packed: bytes) -> Offsets:
    """The places of a text's lexemes as they are stored beside it."""
    return Offsets(packed)
