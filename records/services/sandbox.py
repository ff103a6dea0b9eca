"""The one sandbox of this process, made at first use."""

from functools import lru_cache

from records.content.sandbox import Sandbox


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """Opens hostile files in a child with limits; safe after fork and between threads."""
    return Sandbox()
