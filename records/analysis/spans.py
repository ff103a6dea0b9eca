"""Where each token of a text stands, in a few bytes: start distances and lengths."""

from array import array
from collections.abc import Sequence

SMALL, WIDE = b"\x01", b"\x04"


def encode_spans(spans: Sequence[tuple[int, int]]) -> bytes:
    """Character spans as distance from the last end and length; one byte each where that fits."""
    numbers: list[int] = []
    last = 0
    for start, end in spans:
        numbers += (start - last, end - start)
        last = end
    if all(number < 256 for number in numbers):
        return SMALL + bytes(numbers)
    return WIDE + array("I", numbers).tobytes()


def decode_spans(packed: bytes) -> list[tuple[int, int]]:
    """The character spans (start, end) again. Raises ValueError for foreign bytes."""
    if not packed:
        return []
    numbers: Sequence[int]
    if packed[:1] == SMALL:
        numbers = packed[1:]
    elif packed[:1] == WIDE:
        numbers = array("I", packed[1:])
    else:
        raise ValueError("unknown packing of spans")
    spans, last = [], 0
    for distance, length in zip(numbers[::2], numbers[1::2], strict=True):
        start = last + distance
        last = start + length
        spans.append((start, last))
    return spans
