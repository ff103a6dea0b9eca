"""The search page."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.audit.recording import record_search
from records.selectors import search as selector
from records.selectors.facets import ALSO, CANCELLED
from records.views.tables import case_file_url

MOST_CHARS = 500


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Hits for ``q``; a number that is exactly one file opens it."""
    text = request.GET.get("q", "").strip()[:MOST_CHARS]
    if not text:
        return render(request, "records/search.html", {"text": ""})
    cancelled = request.GET.get(CANCELLED.word) == ALSO
    wish = selector.Wish(cancelled=cancelled, before=_before(request))
    result = selector.search(request.user, text, page=_page(request), wish=wish)
    _log(request, text, result.total)
    if result.opens_at_once:
        return redirect(case_file_url(result.exact[0]))
    context = {"text": text, "result": result, "cancelled": cancelled, "before": wish.before}
    return render(request, "records/search.html", context)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("seite", "1")
    return min(max(1, int(text)), 20) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _before(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("vor", ""))
    except ValueError:
        return None


def _log(request: HttpRequest, text: str, hits: int) -> None:
    record_search(
        text,
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=rights_of(request.user).circles,
        hits=hits,
    )
