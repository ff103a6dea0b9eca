"""New versions by upload, older ones restored."""

import uuid as uuids
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records.document_forms import VersionForm
from records.models import Document, DocumentVersion
from records.selectors.documents import lock_of, versions_of
from records.services.versions import restore_version, upload_version
from records.views.changeable import changeable_document
from records.views.tables import document_url


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new version from the browser; also how a document is given back after work."""
    document = changeable_document(request, uuid)
    own = lock_of(document) is not None
    if request.method == "GET":
        return _page(request, document, VersionForm(document=document, own_lock=own))
    form = VersionForm(request.POST, request.FILES, document=document, own_lock=own)
    if not form.is_valid():
        return _page(request, document, form, status=422)
    try:
        changed = upload_version(person_of(request), document, form.wish(), form.key())
    except LostUpdate:
        return _ask(request, uuid)
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else "file", refusal.reason)
        return _page(request, document, form, status=422)
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
        return _page(request, document, form, status=409)
    _say_new(request, changed, before=form.cleaned_data["base_number"])
    return redirect(document_url(document))


def _page(
    request: HttpRequest,
    document: Document,
    form: VersionForm,
    newer: DocumentVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"document": document, "form": form, "newer": newer}
    return render(request, "records/document_version_new.html", context, status=status)


def _ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Somebody else filed a version meanwhile: the form now stands on that one."""
    current = changeable_document(request, uuid)
    form = VersionForm(
        document=current,
        own_lock=lock_of(current) is not None,
        initial={"comment": request.POST.get("comment", "")[:300]},
    )
    return _page(request, current, form, versions_of(current).first(), status=409)


def _say_new(request: HttpRequest, document: Document, before: int) -> None:
    back = reverse("document-version-restore", args=[document.uuid, before])
    text = _("Fassung %(n)s ist abgelegt.") % {"n": document.version_number}
    add_notice(request, text, undo_url=back)


@require_POST
def restore(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """An older version becomes the newest again; without ``stand`` on whatever is newest now."""
    document = changeable_document(request, uuid)
    shown = request.POST.get("stand", "")
    base = int(shown) if shown.isascii() and shown.isdigit() else document.version_number
    key = request.POST.get("schluessel", "")[:64] or uuids.uuid4().hex
    changed = restore_version(person_of(request), document, number, base, key)
    text = _("Fassung %(old)s gilt wieder, jetzt als Fassung %(n)s.")
    back = reverse("document-version-restore", args=[document.uuid, base])
    add_notice(request, text % {"old": number, "n": changed.version_number}, undo_url=back)
    return redirect(document_url(document))
