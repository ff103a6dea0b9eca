"""The electronic signatures of a document, each with what it means."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from records.content.signature_results import Finding
from records.selectors.documents import visible_document
from records.selectors.signatures import checked_files
from records.services import reading
from records.signature_desk import moment_of, signed_by, verdict


@require_GET
def document_signatures(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who, when, what it covers, what was changed, whom the certificate leads to."""
    document = visible_document(request.user, uuid)
    reading.record_document_read(request, document)
    files = [(file, [_shown(one) for one in file.findings]) for file in checked_files(document)]
    context = {"document": document, "files": files}
    return render(request, "records/document_signatures.html", context)


def _shown(found: Finding) -> dict[str, Any]:
    return {
        "found": found,
        "verdict": verdict(found),
        "by": signed_by(found),
        "claimed": moment_of(found.claimed_at),
        "stamped": moment_of(found.stamped_at),
        "valid_from": moment_of(found.valid_from),
        "valid_until": moment_of(found.valid_until),
    }
