"""The hits of a search as a file: what the person may see, newest first."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import list_export
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import Direction, DocumentStatus
from records.models import Document
from records.search_index import Found
from records.selectors.search import hits_for_export
from records.services.list_exports import record_search_export
from records.views.search import log_search
from records.views.search_address import SearchAddress, read

CHUNK = 1000


@require_GET
def export_hits(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All hits as CSV or ODS; too many or too slow is refused with what to do."""
    if kind not in ("csv", "ods"):
        raise Http404
    address = read(request.user, request.GET)
    found, rows = hits_for_export(request.user, address.text, address.wish)
    _refuse_parts(found)
    log_search(request, address.text, found.total)
    record_search_export(person_of(request), _filters(address))
    lines = (_line(one) for one in rows.iterator(chunk_size=CHUNK))
    if kind == "csv":
        return list_export.csv_response("treffer", _header(), lines)
    return list_export.ods_response("treffer", _("Treffer"), _header(), lines)


def _refuse_parts(found: Found) -> None:
    if found.unread is not None:
        raise IllegalState(
            _("Zwei Sekunden reichen nicht, um alle Treffer dieser Suche zu sammeln."),
            next_step=_("Geben Sie ein weiteres Wort an oder grenzen Sie das Datum ein."),
        )
    if found.total > list_export.ODS_ROWS:
        raise IllegalState(
            _("Mehr als 10.000 Treffer werden nicht ausgegeben."),
            next_step=_("Geben Sie ein weiteres Wort an oder grenzen Sie das Datum ein."),
        )


def _filters(address: SearchAddress) -> list[str]:
    """Which fields and filters were in force, without their values."""
    return sorted({*address.fields, *address.chosen, *filter(None, [address.scope])})


def _header() -> Sequence[str]:
    return (
        _("Aktenzeichen"),
        _("Akte"),
        _("Betreff"),
        _("Typ"),
        _("Richtung"),
        _("Datum"),
        _("Federführung"),
        _("Stand"),
    )


def _line(document: Document) -> Sequence[object]:
    case_file, kind = document.case_file, document.document_type
    return (
        case_file.aktenzeichen,
        case_file.title,
        document.title,
        kind.name if kind else "",
        Direction(document.direction).label,
        document.sort_date,
        case_file.lead_unit.name,
        DocumentStatus(document.status).label,
    )
