"""How much of a file is looked at before it counts as too much. Passed in, never read from settings."""

from dataclasses import asdict, dataclass
from pathlib import Path

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one inspection; bytes, characters, pixels and CPU seconds.

    Files beyond a bound are kept and explained, never opened further.
    """

    file_bytes: int = 512 * MIB
    text_chars: int = 4_000_000
    text_pages: int = 5_000
    text_cpu_seconds: float = 6.0
    pdf_pages: int = 20_000
    # A0 scanned at 400 dpi has 245 million pixels.
    bitmap_pixels: int = 400_000_000
    decode_pixels: int = 250_000_000
    render_pixels: int = 16_000_000
    render_width: int = 4_000
    # WebP ends at 16,383.
    render_side: int = 16_000
    inflated_stream_bytes: int = 512 * MIB
    zip_entries: int = 20_000
    zip_total_bytes: int = 4 * GIB
    zip_ratio: int = 200
    zip_ratio_from_bytes: int = 100 * MIB
    zip_depth: int = 3
    mail_parts: int = 200
    # All attachments of a mail leave the child in one frame.
    mail_bytes: int = 100 * MIB
    mail_chars: int = 400_000

    def as_dict(self) -> dict[str, int | float]:
        """The bounds as they travel to the child."""
        return asdict(self)


# Hashing and scanning large files takes honest time.
_BYTES_PER_SECOND = 50 * MIB


def extra_seconds(path: Path) -> float:
    """Seconds a file may take beyond the usual because of its size; 0 when it is not there."""
    try:
        return path.stat().st_size / _BYTES_PER_SECOND
    except OSError:
        return 0.0
