"""The search page and its filters."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.audit.recording import record_search
from records.analysis import parse_query
from records.saved_searches_desk import saved_searches
from records.selectors import search as selector
from records.selectors.did_you_mean import better_words
from records.selectors.search_facets import SearchFacets, count_facets, names_of
from records.views.search_address import FACETS, SearchAddress, chips, read
from records.views.tables import case_file_url


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Hits for the address's words; a number that is exactly one file opens it."""
    address = read(request.user, request.GET)
    context: dict[str, Any] = {"address": address, "text": address.words}
    if not address.text:
        context["saved"] = saved_searches(request.user)
        return render(request, "records/search.html", context)
    result = selector.search(request.user, address.text, page=address.page, wish=address.wish)
    log_search(request, address.text, result.total)
    if result.opens_at_once:
        return redirect(case_file_url(result.exact[0]))
    context |= {"result": result, "links": _links(address, result)}
    context["chosen"] = chips(address, names_of(address.limits))
    context["meant"] = _meant(address, result)
    return render(request, "records/search.html", context)


def _meant(address: SearchAddress, result: selector.SearchResult) -> dict[str, str] | None:
    """The search with its misspelt words mended, and where it leads."""
    further = address.text.removeprefix(address.words)
    words = better_words(address.user, address.words, result, address.wish, further=further)
    return {"words": words, "url": address.with_words(q=words)} if words else None


@require_GET
def search_facets(request: HttpRequest) -> HttpResponse:
    """What the hits can be narrowed by: a fragment of the search page, or a page of its own."""
    address = read(request.user, request.GET)
    fragment = bool(request.htmx)  # type: ignore[attr-defined]
    counted = count_facets(request.user, parse_query(address.text), address.wish)
    if not fragment:
        log_search(request, address.text, counted.total)
    context = {
        "address": address,
        "counted": counted,
        "groups": _groups(address, counted),
        "back_url": reverse("search") + address.with_words(),
    }
    template = "records/search_facets.html" if fragment else "records/search_facets_page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def log_search(request: HttpRequest, text: str, hits: int) -> None:
    """Searches inside a protected circle leave an entry."""
    record_search(
        text,
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=rights_of(request.user).circles,
        hits=hits,
    )


def _links(address: SearchAddress, result: selector.SearchResult) -> dict[str, str]:
    """Where the page leads, all with the search as it is."""
    place = {"vor": address.before} if address.before else {}
    return {
        "facets": reverse("search-facets") + address.with_words(**place),
        "from_start": address.with_words(),
        "older": address.with_words(vor=result.older_than),
        "previous": address.with_words(seite=result.page - 1, **place),
        "next": address.with_words(seite=result.page + 1, **place),
        "csv": reverse("search-export", args=["csv"]) + address.with_words(),
        "ods": reverse("search-export", args=["ods"]) + address.with_words(),
        "reset": address.with_words(**dict.fromkeys(FACETS, "")),
    }


def _groups(address: SearchAddress, counted: SearchFacets) -> list[dict[str, Any]]:
    """Filters that leave a choice; a branch of the plan can be narrowed level by level."""
    return [
        {
            "label": label,
            "chips": [
                {
                    "label": choice.name,
                    "url": reverse("search") + address.with_words(**{word: choice.value}),
                    "count": choice.count,
                }
                for choice in counted.choices.get(word, ())
            ],
        }
        for word, label in FACETS.items()
        if counted.choices.get(word) and (word == "zweig" or word not in address.chosen)
    ]
