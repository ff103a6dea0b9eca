"""The document of an address, when the person may change it now."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import Forbidden
from records import policies
from records.models import Document
from records.selectors.documents import lock_of, visible_document
from records.services.documents import change_refusal, require_open
from records.services.locks import locked_by_another


def changeable_document(
    request: HttpRequest, uuid: UUID, *, despite_lock: bool = False
) -> Document:
    """Raises Http404, Forbidden, IllegalState (file closed, final, in work by another person)."""
    document = visible_document(request.user, uuid)
    require_filing(request, document)
    if (refusal := change_refusal(document, by_person=True)) is not None:
        raise refusal
    lock = lock_of(document)
    if lock is not None and lock.holder_id != request.user.pk and not despite_lock:
        raise locked_by_another(document, lock)
    return document


def require_filing(request: HttpRequest, document: Document) -> None:
    """Raises Forbidden for who may not file in the file, IllegalState for a closed file."""
    if not policies.can_file_documents(request.user, document.case_file):
        raise Forbidden(
            _("Dieses Dokument dürfen Sie nicht ändern."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    require_open(document.case_file)
