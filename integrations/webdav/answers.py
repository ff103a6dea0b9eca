"""Refusals of services as answers of WebDAV."""

from collections.abc import Iterator
from contextlib import contextmanager

from wsgidav.dav_error import (
    HTTP_CONFLICT,
    HTTP_FORBIDDEN,
    HTTP_LOCKED,
    HTTP_UNPROCESSABLE_ENTITY,
    DAVError,
)

from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, Refusal
from records.models import Document
from records.services.locks import locks_in_force


@contextmanager
def refusals_answered() -> Iterator[None]:
    """Raises DAVError with the status editors understand and the reason in German."""
    try:
        yield
    except Refusal as refusal:
        raise DAVError(_status(refusal), f"{refusal.reason} {refusal.next_step}".strip()) from None


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, Forbidden):
        return int(HTTP_FORBIDDEN)
    return int(HTTP_UNPROCESSABLE_ENTITY if isinstance(refusal, InvalidInput) else HTTP_CONFLICT)


def require_not_held(document: Document, user_id: int) -> None:
    """Raises 423 while another person works on the document: editors then offer to read only."""
    lock = locks_in_force([document]).get(document.pk)
    if lock is not None and lock.holder_id != user_id:
        raise DAVError(HTTP_LOCKED, f"In Bearbeitung durch {lock.holder}")
