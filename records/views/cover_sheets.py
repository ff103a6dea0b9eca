"""The cover sheet of a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from records.selectors import case_files
from records.services import reading
from records.services.cover_sheets import cover_sheet


@require_GET
def case_file_cover_sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The PDF, shown by the browser to be printed."""
    case_file = case_files.visible_case_file(request.user, uuid)
    reading.record_file_opened(request, case_file)
    answer = HttpResponse(cover_sheet(case_file), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="Deckblatt.pdf"'
    return answer
