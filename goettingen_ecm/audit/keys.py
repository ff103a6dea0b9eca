"""Keys derived from AUDIT_KEY, one per use, so that no digest can stand in for another."""

import hmac
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ENTRY, CHAIN, ANCHOR, SESSION, QUERY = "entry", "chain", "anchor", "session", "query"


def key_for(use: str) -> bytes:
    """The 32-byte key of one use. Raises ImproperlyConfigured when AUDIT_KEY is not set."""
    if not settings.AUDIT_KEY:
        raise ImproperlyConfigured("AUDIT_KEY (ECM_AUDIT_KEY) is not set")
    return _derive(settings.AUDIT_KEY, use)


@lru_cache(maxsize=32)
def _derive(secret: str, use: str) -> bytes:
    return hmac.digest(secret.encode(), f"goettingen-ecm audit v1 {use}".encode(), "sha256")


def digest(use: str, content: bytes) -> bytes:
    """HMAC-SHA256 of ``content`` under the key of ``use`` (32 bytes)."""
    return hmac.digest(key_for(use), content, "sha256")
