"""Locks of editors: of a document they are its Bearbeitungssperre, kept for all web processes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from wsgidav.lock_man.lock_manager import LockManager, normalize_lock_root, validate_lock
from wsgidav.util import is_child_uri

from goettingen_ecm.operations import clock
from integrations.webdav.answers import refusals_answered, require_not_held
from integrations.webdav.models import DavLock, DavShare
from integrations.webdav.shares import acting
from records.models import CheckOut, Document
from records.services import check_outs, working_copies

LONGEST_SECONDS = 3600
Lock = dict[str, Any]


class ShareLocks:
    """wsgidav's lock storage on the table of locks; paths on the wire begin with ``root``.

    A lock of a document is found from every share of the same person, and only while the person
    still has the document in work: who ends the work in the browser ends the editor's lock.
    """

    def __init__(self, share: DavShare, root: str, documents: "DocumentsByPath") -> None:
        self.share, self.root, self.documents = share, root, documents
        # One request asks for the locks of every file it lists.
        self._known: list[Lock] | None = None

    def open(self) -> None:
        """Nothing to open: the table is there."""

    def close(self) -> None:
        """Nothing to close."""

    def get(self, token: str) -> Lock | None:
        """A lock in force by its token."""
        row = self._valid(DavLock.objects.filter(token=token)).first()
        return self._lock(row) if row is not None else None

    def create(self, path: str, lock: Lock) -> Lock:
        """Write a lock; ``lock`` gets its token and the granted time, as wsgidav's storages do."""
        seconds = _seconds(lock["timeout"])
        lock |= {"root": path, "timeout": seconds}
        lock["expire"] = (clock.now() + timedelta(seconds=seconds)).timestamp()
        validate_lock(lock)
        self._known = None
        lock["token"] = f"opaquelocktoken:{uuid4()}"
        DavLock.objects.create(
            token=lock["token"],
            share=self.share,
            path=self._inner(path),
            document=self.documents.at(path),
            scope=lock["scope"],
            depth=lock["depth"],
            owner=lock["owner"][:4000],
            timeout=seconds,
            expires_at=clock.now() + timedelta(seconds=seconds),
        )
        return lock

    def refresh(self, token: str, *, timeout: float) -> Lock | None:
        """Count the time anew from now."""
        self._known = None
        seconds = _seconds(timeout)
        until = clock.now() + timedelta(seconds=seconds)
        DavLock.objects.filter(token=token).update(timeout=seconds, expires_at=until)
        return self.get(token)

    def delete(self, token: str) -> bool:
        """Remove a lock; False when there is none."""
        self._known = None
        return DavLock.objects.filter(token=token).delete()[0] > 0

    def get_lock_list(
        self, path: str, *, include_root: bool, include_children: bool, token_only: bool
    ) -> list[Lock] | list[str]:
        """Locks on exactly ``path``, below it, or both."""
        path = normalize_lock_root(path)
        if not (path == self.root or path.startswith(f"{self.root}/")):
            return []
        found = [
            lock for lock in self._all() if _wanted(lock, path, include_root, include_children)
        ]
        return [one["token"] for one in found] if token_only else found

    def forget(self) -> None:
        """Locks were ended past this storage: ask again."""
        self._known = None

    def _all(self) -> list[Lock]:
        mine = Q(share=self.share) | Q(
            document__isnull=False, share__user=self.share.user_id, document__in=self.documents.ids
        )
        if self._known is None:
            rows = self._valid(DavLock.objects.filter(mine))
            self._known = [self._lock(row) for row in rows]
        return [dict(lock) for lock in self._known]

    def _valid(self, rows: Any) -> Any:
        now = clock.now()
        in_work = CheckOut.objects.filter(holder=self.share.user_id, until__gt=now)
        still = Q(document=None) | Q(document__in=in_work.values("document"))
        return rows.filter(still, expires_at__gt=now, share__user=self.share.user_id)

    def _lock(self, row: DavLock) -> Lock:
        path = self.documents.path_of(row.document_id) if row.document_id else None
        return {
            "root": path or f"{self.root}{row.path}",
            "type": "write",
            "scope": row.scope,
            "depth": row.depth,
            "owner": bytes(row.owner),
            "timeout": row.timeout,
            "expire": row.expires_at.timestamp(),
            "principal": str(self.share.user_id),
            "token": row.token,
        }

    def _inner(self, path: str) -> str:
        return path.removeprefix(self.root)[:1000]


class DocumentsByPath:
    """Which documents a share shows, and under which address; the provider answers."""

    ids: list[int]

    def at(self, path: str) -> Document | None:
        """The document at an address."""
        raise NotImplementedError

    def path_of(self, document_id: int) -> str | None:
        """The address of a document; None when the share does not show it."""
        raise NotImplementedError


def _seconds(wanted: float) -> int:
    return LONGEST_SECONDS if wanted < 0 else max(1, min(LONGEST_SECONDS, int(wanted)))


def _wanted(lock: Lock, path: str, include_root: bool, include_children: bool) -> bool:
    if lock["root"] == path:
        return include_root
    return include_children and bool(is_child_uri(path, lock["root"]))


class ShareLockManager(LockManager):  # type: ignore[misc]
    """wsgidav's rules of locking; taking and giving back are those of the Bearbeitungssperre."""

    storage: ShareLocks

    def acquire(self, **wanted: Any) -> Lock:
        """Lock an address; a document is taken into work with it.

        Raises DAVError 423 (locked, or in work by another person), 403, 409.
        """
        document = self.storage.documents.at(wanted["url"])
        if document is None:
            return dict(super().acquire(**wanted))
        with refusals_answered(), transaction.atomic():
            made = _take(document, self.storage.share)
            lock = dict(super().acquire(**wanted))
            if made:
                DavLock.objects.filter(token=lock["token"]).update(made_check_out=True)
        return lock

    def release(self, token: str) -> None:
        """UNLOCK: what was saved becomes a Fassung, the document is free again."""
        row = DavLock.objects.select_related("share__user").filter(token=token).first()
        self.storage.forget()
        if row is not None:
            end_lock(row, is_draft=False)


def _take(document: Document, share: DavShare) -> bool:
    """Take a document into work unless the person has it already; True when it was free."""
    require_not_held(document, share.user_id)
    if _held(document.pk, share.user_id):
        return False
    check_outs.check_out([document.pk], acting(share, check_outs.CHECKED_OUT))
    return True


def _held(document_id: int, user_id: int) -> bool:
    rows = CheckOut.objects.filter(document=document_id, holder=user_id)
    return rows.filter(until__gt=clock.now()).exists()


def take_for_new(share: DavShare, path: str, document: Document) -> None:
    """A locked name has become a document: from now on the lock is that of the document."""
    locks = DavLock.objects.filter(share=share, path=path, expires_at__gt=clock.now())
    if locks.exists():
        check_outs.check_out([document.pk], acting(share, check_outs.CHECKED_OUT))
        locks.update(document=document, made_check_out=True)


def end_lock(row: DavLock, *, is_draft: bool) -> None:
    """Remove a lock; of a document also settle what was saved and give back what it had taken."""
    with transaction.atomic():
        row.delete()
        if row.document_id is None or not _held(row.document_id, row.share.user_id):
            return
        actor = acting(row.share, check_outs.RETURNED)
        working_copies.settle_or_keep(row.document_id, actor, is_draft=is_draft)
        if row.made_check_out:
            check_outs.give_back([row.document_id], actor)
