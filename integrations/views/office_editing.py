"""Handing a document to Word or LibreOffice, a matter as a folder: pages that give out the address."""

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from integrations.webdav import listing, shares
from integrations.webdav.editors import can_edit, editors
from integrations.webdav.shares import PREFIX, find_share
from records import policies
from records.models import Document, Matter
from records.selectors.matters import visible_matter
from records.services.documents import require_open, require_open_matter
from records.views.changeable import changeable_document


@require_http_methods(["GET", "POST"])
@sensitive_variables("secret")
def edit_document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET explains; POST makes the address and opens the program."""
    document = changeable_document(request, uuid)
    if not can_edit(document.mime_type):
        raise IllegalState(
            _("Diese Datei lässt sich nicht in Word oder LibreOffice bearbeiten."),
            next_step=_("Laden Sie sie herunter und legen Sie Ihre Fassung danach ab."),
        )
    context: dict[str, object] = {"document": document}
    if request.method == "POST":
        secret = shares.share_document(request, document)
        context["editors"] = editors(document.mime_type, _address(request, secret, document))
    return render(request, "integrations/office_document.html", context)


def _address(request: HttpRequest, secret: str, document: Document) -> str:
    """The absolute address of the one document of a share, under the name it has there."""
    share = find_share(secret)
    names = listing.documents_of(share) if share is not None else {}
    [name] = names or [document.title]
    return request.build_absolute_uri(f"{PREFIX}{secret}/{quote(name)}")


@require_http_methods(["GET", "POST"])
@sensitive_variables("secret")
def open_folder(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A matter as a folder of the computer: GET explains, POST gives out the address."""
    matter = visible_matter(request.user, uuid)
    _require_filing(request, matter)
    context: dict[str, object] = {"matter": matter, "case_file": matter.case_file}
    if request.method == "POST":
        secret = shares.share_matter(request, matter)
        context["address"] = request.build_absolute_uri(f"{PREFIX}{secret}/")
    return render(request, "integrations/office_folder.html", context)


def _require_filing(request: HttpRequest, matter: Matter) -> None:
    if not policies.can_file_documents(person_of(request), matter.case_file):
        raise Forbidden(
            _("In dieser Akte dürfen Sie nichts ablegen."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    require_open(matter.case_file)
    require_open_matter(matter)
