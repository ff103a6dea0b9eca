"""Zugangsschlüssel: made once, kept as a digest, looked up by it."""

import hashlib
import secrets
from datetime import date

from django.db import transaction

from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from integrations.rest.models import ApiToken

PREFIX = "ecm_"
"""So that a secret found in a log or a mail is known for what it is."""
MADE, REVOKED = "integrations.api_token.made", "integrations.api_token.revoked"


def digest_of(secret: str) -> bytes:
    """What is kept. The secret has 256 random bits: a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def make_token(
    user: User, name: str, *, valid_until: date, may_write: bool, maker: User
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can be told a second time.

    Raises InvalidInput for a person's account and a day that is over.
    """
    if not user.is_technical or not user.is_active:
        raise InvalidInput(
            "Zugangsschlüssel gibt es nur für aktive technische Kennungen.", field="user"
        )
    if valid_until < clock.today():
        raise InvalidInput("Der Tag „gilt bis“ liegt in der Vergangenheit.", field="valid_until")
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        operation = begin(MADE, Acting(actor_id=maker.pk))
        token = ApiToken.objects.create(
            name=name,
            user=user,
            secret_digest=digest_of(secret),
            may_write=may_write,
            created_by=maker,
            created_at=clock.now(),
            valid_until=valid_until,
        )
        _record(token, operation)
    return token, secret


def revoke(token: ApiToken, actor: User) -> None:
    """Closes the token for good. Raises IllegalState when it is closed already."""
    with transaction.atomic():
        found = ApiToken.objects.select_for_update().get(pk=token.pk)
        if found.revoked_at is not None:
            raise IllegalState("Dieser Zugangsschlüssel ist schon gesperrt.")
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        _record(found, begin(REVOKED, Acting(actor_id=actor.pk)))


def token_in_force(secret: str) -> ApiToken | None:
    """The token of a secret, with its user; None for unknown, closed and expired alike."""
    if not secret.startswith(PREFIX):
        return None
    rows = ApiToken.objects.select_related("user").filter(secret_digest=digest_of(secret))
    found, today = rows.first(), clock.today()
    if found is None or not found.is_in_force(today) or not found.user.is_active:
        return None
    if found.last_used_on != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
    return found


def _record(token: ApiToken, operation: Operation) -> None:
    entry = AuditRecord.of(
        operation,
        operation.verb,
        object_type=ApiToken._meta.label_lower,
        object_id=token.pk,
        object_uuid=token.uuid,
        channel="admin",
    )
    record([entry])
