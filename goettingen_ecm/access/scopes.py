"""Storing effective rights: equal sets become one row."""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence

from goettingen_ecm.access import epoch
from goettingen_ecm.access.models import AccessScope

Rights = tuple[tuple[int, ...], tuple[int, ...]]


def rights(allow: Iterable[int], deny: Iterable[int] = ()) -> Rights:
    """A normal form: sorted, without doubles."""
    return tuple(sorted(set(allow))), tuple(sorted(set(deny)))


def digest(wanted: Rights) -> bytes:
    """SHA-256 over both lists, length-prefixed so that moving an id between them changes it."""
    allow, deny = wanted
    packed = struct.pack(f">I{len(allow)}iI{len(deny)}i", len(allow), *allow, len(deny), *deny)
    return hashlib.sha256(packed).digest()


def scope_ids(wanted: Sequence[Rights]) -> Mapping[Rights, int]:
    """The scope of each set of rights; missing ones are made (and age the epoch)."""
    by_digest = {digest(one): one for one in wanted}
    found = _lookup(by_digest)
    missing = [key for key in by_digest if by_digest[key] not in found]
    if missing:
        AccessScope.objects.bulk_create(
            [
                AccessScope(allow=list(by_digest[k][0]), deny=list(by_digest[k][1]), digest=k)
                for k in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        epoch.advance()
        found = _lookup(by_digest)
    return found


def _lookup(by_digest: Mapping[bytes, Rights]) -> dict[Rights, int]:
    rows = AccessScope.objects.filter(digest__in=list(by_digest)).values_list("digest", "id")
    return {by_digest[bytes(key)]: pk for key, pk in rows}
