"""Secret addresses: made, found again by their digest, ended."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden
from integrations.webdav.models import DavShare
from records import policies
from records.models import Document, Matter
from records.services.actor import Actor, person
from records.services.auditing import record_changes
from records.services.documents import lock_for_change, require_changeable, require_open

OPENED = "integrations.webdav.opened"
PREFIX = "/dav/"
SESSION_MARK = "office_mark"


def share_document(request: HttpRequest, document: Document) -> str:
    """A secret for editing one document; returned once, only its digest is kept.

    Raises IllegalState (in work by another person, final, file closed), Forbidden.
    """
    actor = person(person_of(request), OPENED)
    with transaction.atomic():
        locked = lock_for_change([document.pk], actor)[document.pk]
        require_changeable(locked, actor)
        secret = _open(request, document=document)
        record_changes(OPENED, [document], actor)
    return secret


def share_matter(request: HttpRequest, matter: Matter) -> str:
    """A secret for a matter as a folder; writable where the person may file.

    Raises IllegalState (file closed), Forbidden.
    """
    actor = person(person_of(request), OPENED)
    if not policies.can_file_documents(person_of(request), matter.case_file):
        raise Forbidden(_("In dieser Akte dürfen Sie nichts ablegen."))
    require_open(matter.case_file)
    with transaction.atomic():
        secret = _open(request, matter=matter)
        record_changes(OPENED, [matter], actor)
    return secret


def _open(request: HttpRequest, **thing: Any) -> str:
    secret, now = secrets.token_urlsafe(32), clock.now()
    DavShare.objects.create(
        token_digest=digest_of(secret),
        user=person_of(request),
        session_mark=request.session.setdefault(SESSION_MARK, str(uuid4())),
        created_at=now,
        until=now + timedelta(hours=settings.WEBDAV_SHARE_HOURS),
        **thing,
    )
    return secret


def digest_of(secret: str) -> bytes:
    """Plain SHA-256: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def find_share(secret: str) -> DavShare | None:
    """The open share of a secret, of a person who may still log in."""
    rows = DavShare.objects.select_related("user", "document", "matter__case_file")
    share = rows.filter(token_digest=digest_of(secret)).first()
    if share is None or not share.is_open(clock.now()) or not share.user.is_active:
        return None
    return share


def end_shares_of(marks: Sequence[str]) -> None:
    """The addresses made in these logins are answered no more."""
    open_ones = DavShare.objects.filter(session_mark__in=marks, ended_at=None)
    open_ones.update(ended_at=clock.now())


def acting(share: DavShare, verb: str) -> Actor:
    """The person of a share, for a service."""
    return person(share.user, verb)


def _logged_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Who logs out ends the addresses, too; the lock of an idle browser does not.

    Who works in Word for an hour must be able to save; that lock acts before any view is found.
    """
    mark = request.session.get(SESSION_MARK) if request.resolver_match is not None else None
    if mark:
        end_shares_of([mark])


def register() -> None:
    """Called once when the app is ready."""
    user_logged_out.connect(_logged_out, dispatch_uid="integrations.webdav.shares")
