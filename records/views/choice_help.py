"""Suggestions below a text field for one of many entries or units; the form works without them."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from records.selectors.openable_entries import openable_entries
from records.selectors.units_by_text import units_by_text

LEAST_LETTERS = 2
SHOWN = 10


@require_GET
def entry_help(request: HttpRequest) -> HttpResponse:
    """Plan entries that take files; without htmx the plan itself."""
    text = _typed(request)
    found = openable_entries(text, []) if text else []
    return _options(request, [(one.code, one.title) for one in found[:SHOWN]])


@require_GET
def unit_help(request: HttpRequest) -> HttpResponse:
    """Units that exist today; units are no secret inside the house."""
    found = units_by_text(_typed(request))
    return _options(request, [(one.code, one.name) for one in found[:SHOWN]])


def _typed(request: HttpRequest) -> str:
    """The field's own value, whatever the form calls it; empty where it says too little."""
    values = [value.strip() for value in request.GET.values() if isinstance(value, str)]
    text = values[0] if values else ""
    is_htmx: bool = request.htmx  # type: ignore[attr-defined]
    return text if is_htmx and len(text) >= LEAST_LETTERS else ""


def _options(request: HttpRequest, options: Sequence[tuple[str, str]]) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("file-plan")
    response = render(request, "records/choice_help.html", {"options": options})
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response
