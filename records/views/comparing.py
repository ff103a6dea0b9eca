"""Comparing two versions of a document: their words, and page beside page."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from records.models import Component, Document
from records.selectors import comparing, documents
from records.services import reading

TEXT, PAGES = "text", "seiten"


@dataclass(frozen=True, slots=True)
class PageSide:
    """One of the two page images; without ``url`` this version has no such page."""

    version: int
    url: str = ""


@require_GET
def compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """``alt`` and ``neu`` name the versions, ``ansicht`` is text or seiten, ``seite`` the page."""
    document = documents.visible_document(request.user, uuid)
    new = _whole(request, "neu", document.version_number)
    old = _whole(request, "alt", max(1, new - 1))
    before, after = (_main(document, number) for number in (old, new))
    reading.record_document_read(request, document)
    view = PAGES if request.GET.get("ansicht") == PAGES else TEXT
    context = {
        "document": document,
        "versions": list(documents.versions_of(document)),
        "old": old,
        "new": new,
        "view": view,
        "text_url": _address(document, old, new, ansicht=TEXT),
        "pages_url": _address(document, old, new, ansicht=PAGES),
    }
    add = _pages if view == PAGES else _text
    return render(
        request, "records/document_compare.html", context | add(request, document, before, after)
    )


def _whole(request: HttpRequest, name: str, default: int) -> int:
    """A number of the address; the default when it is missing or none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def _main(document: Document, number: int) -> Component:
    found = documents.readable_components(document, number)
    if not found:
        raise Http404
    return found[0]


def _address(document: Document, old: int, new: int, **more: object) -> str:
    query = urlencode({"alt": old, "neu": new, **more})
    return f"{reverse('document-compare', args=[document.uuid])}?{query}"


def _text(
    request: HttpRequest, document: Document, before: Component, after: Component
) -> dict[str, object]:
    old, new = comparing.readable_text(before), comparing.readable_text(after)
    passages = comparing.compare_texts(old, new)
    changed = any(one.kind != comparing.SAME for one in passages)
    return {"passages": passages, "changed": changed, "readable": bool(old or new)}


def _pages(
    request: HttpRequest, document: Document, before: Component, after: Component
) -> dict[str, object]:
    last = max(comparing.pages_of(before), comparing.pages_of(after))
    differing = comparing.differing_pages(before, after) if last else []
    first = differing[0] if differing else 1
    page = min(max(1, _whole(request, "seite", first)), max(last, 1))
    old, new = before.version.number, after.version.number

    def to(number: int | None) -> str:
        return _address(document, old, new, ansicht=PAGES, seite=number) if number else ""

    return {
        "page": page,
        "last": last,
        "differs": page in differing,
        "differing": differing,
        "limit": comparing.PAGES_COMPARED if last > comparing.PAGES_COMPARED else 0,
        "sides": [_side(document, before, page), _side(document, after, page)],
        "previous_url": to(page - 1) if page > 1 else "",
        "next_url": to(page + 1) if page < last else "",
        "previous_differing_url": to(max((n for n in differing if n < page), default=None)),
        "next_differing_url": to(min((n for n in differing if n > page), default=None)),
    }


def _side(document: Document, component: Component, page: int) -> PageSide:
    number = component.version.number
    if page > comparing.pages_of(component):
        return PageSide(number)
    address = [document.uuid, number, component.position, page]
    return PageSide(number, reverse("document-page", args=address))
