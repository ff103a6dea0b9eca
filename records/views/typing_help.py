"""Lines below a search field while somebody types; the search itself works without them."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from records.selectors.typing_help import TypingHelp
from records.selectors.typing_help import typing_help as selector

# Nobody types so fast; a script that walks through all beginnings does.
ANSWERS_A_MINUTE = 120
MINUTE = 60


@require_GET
def typing_help(request: HttpRequest) -> HttpResponse:
    """Options for the listbox, for htmx; anybody else gets the search of these words."""
    words = request.GET.get("q", "")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('search')}?{urlencode({'q': words})}")
    found = TypingHelp() if _too_many(request) else selector(request.user, words)
    response = render(request, "records/typing_help.html", {"found": found})
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def throttle_key(user_id: int | None) -> str:
    """Where the cache counts a person's answers of a minute."""
    return f"typing-help:{user_id}"


def _too_many(request: HttpRequest) -> bool:
    key = throttle_key(request.user.pk)
    return not cache.add(key, 1, MINUTE) and cache.incr(key) > ANSWERS_A_MINUTE
