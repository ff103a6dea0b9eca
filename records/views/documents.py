"""Documents: the reader with page images and selectable text, originals, upload."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import CaseFileStatus
from records.content.sniffing import misnaming
from records.forms import UploadForm
from records.models import CaseFile, Component, Document, Matter
from records.selectors import case_files, documents
from records.selectors.comments import beside
from records.services import page_images, reading, uploads
from records.services.documents import require_open
from records.views import renditions, tables

PAGE_WIDTHS = (400, 1200, 1800)
# So many pages bring their text with them; the rest load it when they come into view.
TEXT_AT_ONCE = 3
# A longer document is read in portions; nobody scrolls 2,000 images on one page.
PAGES_SHOWN = 60


@dataclass(frozen=True, slots=True)
class PageView:
    """One page in the reader; ``text`` is its SVG layer or None while it is loaded later."""

    number: int
    label: str
    image_url: str
    text_url: str
    width: int
    height: int
    text: str | None


@dataclass(frozen=True, slots=True)
class PartView:
    """A component in the reader: its pages, or why there are none, and its original.

    ``note`` says when the file's name does not fit its content.
    """

    component: Component
    original_url: str
    pages: list[PageView]
    problem: str
    more_url: str = ""
    note: str = ""


@require_GET
def document_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The reader; as an htmx fragment it fills the right pane of the file page."""
    document = documents.visible_document(request.user, uuid)
    number = _number(request.GET.get("fassung", ""), document)
    components = documents.readable_components(document, number)
    reading.record_document_read(request, document)
    query = _query(request)
    older, newer = documents.neighbours(request.user, document)
    context = {
        "document": document,
        "number": number,
        "parts": [_part(document, c, query, _first(request, c)) for c in components],
        "older_url": _address(older, q=query) if older else "",
        "newer_url": _address(newer, q=query) if newer else "",
        "marks": tables.document_marks(document),
        "versions": list(documents.versions_of(document)) if document.version_number > 1 else [],
        "may_change": policies.can_change_document(request.user, document),
        "query": query,
        "comments": beside(request.user, document, number),
    }
    fragment = bool(request.htmx) and request.htmx.target == "lesen"  # type: ignore[attr-defined]
    template = "records/document_fragment.html" if fragment else "records/document_detail.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _query(request: HttpRequest) -> str:
    """The words to mark."""
    return request.GET.get("q", "").replace("\0", " ")[:500]


def _address(document: Document, **query: object) -> str:
    """The reader's address with the parameters that say something."""
    said = urlencode({name: value for name, value in query.items() if value not in ("", None)})
    return tables.document_url(document) + (f"?{said}" if said else "")


def _whole(text: str) -> int | None:
    """A number from an address; None for anything else and what no document reaches."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _number(text: str, document: Document) -> int:
    return _whole(text) or document.version_number


def _first(request: HttpRequest, component: Component) -> int:
    """The first page to show: ``ab`` counts in the part it names, the others begin anew."""
    if (_whole(request.GET.get("teil", "")) or 0) != component.position:
        return 1
    return max(1, _whole(request.GET.get("ab", "")) or 1)


def _part(document: Document, component: Component, query: str, first: int) -> PartView:
    address = [document.uuid, component.version.number, component.position]
    original = reverse("document-original", args=address)
    note = misnaming(component.blob.mime_type, component.file_name)
    blob = documents.viewed_blob(component)
    sizes = page_images.page_sizes(blob)
    if not sizes:
        return PartView(component, original, [], _why_unreadable(component), note=note)
    note = note or renditions.note_of(component)
    first = min(first, len(sizes))
    last = min(len(sizes), first + PAGES_SHOWN - 1)
    pages = [
        _page(document, component, n, sizes[n - 1], query, at_once=n < first + TEXT_AT_ONCE)
        for n in range(first, last + 1)
    ]
    more = _more(document, component, query, last)
    return PartView(component, original, pages, "", more, note)


def _more(document: Document, component: Component, query: str, last: int) -> str:
    if last >= (documents.viewed_blob(component).page_count or 0):
        return ""
    shown = component.version.number
    older = shown if shown != document.version_number else None
    part = component.position or None
    return _address(document, fassung=older, teil=part, ab=last + 1, q=query)


def _page(
    document: Document,
    component: Component,
    number: int,
    size: tuple[int, int],
    query: str,
    *,
    at_once: bool,
) -> PageView:
    address = [document.uuid, component.version.number, component.position, number]
    return PageView(
        number=number,
        label=_("%(name)s, Seite %(n)s") % {"name": component.file_name, "n": number},
        image_url=reverse("document-page", args=address),
        text_url=reverse("document-page-text", args=address)
        + (f"?{urlencode({'q': query})}" if query else ""),
        width=size[0],
        height=size[1],
        text=page_images.text_layer(documents.viewed_blob(component), number, query)
        if at_once
        else None,
    )


def _why_unreadable(component: Component) -> str:
    if component.blob.problem:
        return _("Die Datei ist %(problem)s.") % {
            "problem": tables.problem_text(component.blob.problem)
        }
    return renditions.why_missing(component) or _(
        "Für diesen Dateityp gibt es noch keine Ansicht im Browser."
    )


@require_GET
def page_image(
    request: HttpRequest, uuid: UUID, version: int, position: int, page: int
) -> HttpResponse:
    """One page as WebP; not logged, the document's opening is."""
    component = documents.readable_component(request.user, uuid, version, position)
    width = request.GET.get("breite", "1200")
    if width not in {str(w) for w in PAGE_WIDTHS}:
        raise Http404
    image = page_images.page_image(documents.viewed_blob(component), page, int(width))
    if image is None:
        raise Http404
    # Nothing for the browser's disk (Cache-Control: no-store, by the middleware).
    return HttpResponse(image, content_type="image/webp")


@require_GET
def page_text(
    request: HttpRequest, uuid: UUID, version: int, position: int, page: int
) -> HttpResponse:
    """The selectable text layer of one page with the hits of ``q`` marked."""
    component = documents.readable_component(request.user, uuid, version, position)
    blob = documents.viewed_blob(component)
    if not 1 <= page <= (blob.page_count or 0):
        raise Http404
    layer = page_images.text_layer(blob, page, _query(request))
    return HttpResponse(layer, content_type="text/html; charset=utf-8")


@require_GET
def original(request: HttpRequest, uuid: UUID, version: int, position: int) -> FileResponse:
    """The untouched file, always as a download and never as something a browser would run."""
    component = documents.readable_component(request.user, uuid, version, position)
    file = uploads.open_blob(component.blob)
    reading.record_original_taken(request, component.version.document)
    return FileResponse(
        file,
        as_attachment=True,
        filename=component.file_name,
        content_type="application/octet-stream",
    )


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File a document by hand."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if not policies.can_file_documents(request.user, case_file):
        raise Forbidden(
            _("In dieser Akte dürfen Sie nichts ablegen."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    require_open(case_file)
    wanted = request.GET.get("vorgang", "")
    matters = case_files.matters_of(request.user, case_file, wanted)
    chosen = _probable_matter(matters, wanted)
    form = UploadForm(
        request.POST or None, request.FILES or None, matters=matters, initial={"matter": chosen}
    )
    status = 200
    if request.method == "POST":
        if form.is_valid() and (filed := _filed(request, case_file, form)) is not None:
            _say_filed(request, filed)
            return redirect(tables.case_file_url(case_file))
        status = 422
    context = {"case_file": case_file, "form": form}
    return render(request, "records/document_upload.html", context, status=status)


def _probable_matter(matters: Iterable[Matter], shown: str) -> Matter | None:
    """The matter the person has come from, or the only open one: two clicks file a document."""
    taking = [one for one in matters if one.status == CaseFileStatus.ACTIVE]
    named = [one for one in taking if str(one.uuid) == shown]
    return (named or taking)[0] if named or len(taking) == 1 else None


def _filed(request: HttpRequest, case_file: CaseFile, form: UploadForm) -> Document | None:
    """The filed document; None when the file is not taken, with the reason at its field."""
    try:
        return uploads.file_upload(person_of(request), case_file, form.wish(), form.key())
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else "file", refusal.reason)
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
    return None


def _say_filed(request: HttpRequest, filed: Document) -> None:
    add_notice(
        request,
        _("„%(title)s“ liegt jetzt in der Akte.") % {"title": filed.title},
        link_url=tables.document_url(filed),
        link_label=_("Öffnen"),
    )
