"""What editors left behind: locks nobody renewed, scratch areas of addresses that ended."""

from datetime import timedelta

from django.db.models import Q

from goettingen_ecm.operations import clock
from integrations.webdav import locks, scratch
from integrations.webdav.models import DavLock, DavShare

# An editor whose computer sleeps renews late.
GRACE = timedelta(minutes=10)
KEPT = timedelta(days=7)
BATCH = 200


def tidy() -> int:
    """End expired locks (what was saved becomes a draft) and forget old shares; how many of both."""
    now = clock.now()
    closed = Q(share__until__lt=now) | Q(share__ended_at__lt=now)
    expired = DavLock.objects.filter(Q(expires_at__lt=now - GRACE) | closed)
    rows = list(expired.select_related("share__user").order_by("id")[:BATCH])
    for row in rows:
        locks.end_lock(row, is_draft=True)
    return len(rows) + _forget_shares()


def _forget_shares() -> int:
    limit = clock.now() - KEPT
    old = list(DavShare.objects.filter(Q(until__lt=limit) | Q(ended_at__lt=limit))[:BATCH])
    for share in old:
        scratch.remove_folder(share)
        share.delete()
    return len(old)
