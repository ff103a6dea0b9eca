"""Querverweise on the pages of files and documents: panel, menu, names and addresses."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import actions
from records.actions import Action
from records.models import CaseFile, Document, Matter
from records.panels import FilePanel, file_panels
from records.selectors import cross_references
from records.selectors.cross_references import Listed, Thing


def thing_url(thing: Thing) -> str:
    """The page of a file or document; of a matter its file's with the matter chosen."""
    if isinstance(thing, Document):
        return reverse("document", args=[thing.uuid])
    if isinstance(thing, Matter):
        return f"{reverse('case-file', args=[thing.case_file.uuid])}?vorgang={thing.uuid}"
    return reverse("case-file", args=[thing.uuid])


def references_url(thing: Thing) -> str:
    """The page of its references."""
    name = {CaseFile: "case-file", Matter: "matter", Document: "document"}[type(thing)]
    return reverse(f"{name}-references", args=[thing.uuid])


def thing_title(thing: Thing) -> str:
    """``50.10-2026-000417 Ahlers``, or the title with the number of the file."""
    if isinstance(thing, CaseFile):
        return f"{thing.aktenzeichen} {thing.title}"
    return f"{thing.title} ({thing.case_file.aktenzeichen})"


def thing_icon(thing: Thing) -> str:
    return {CaseFile: "folder", Matter: "matter", Document: "document"}[type(thing)]


def file_panel(request: HttpRequest, case_file: CaseFile) -> FilePanel | None:
    """References of the file and of the matter chosen in its tree; none without any."""
    rows = cross_references.references_of(request.user, case_file, matter=_chosen(request))
    if not rows:
        return None
    context: dict[str, object] = {"rows": rows, "all_url": references_url(case_file)}
    return FilePanel(_("Querverweise"), "records/file_cross_references.html", context)


def _chosen(request: HttpRequest) -> UUID | None:
    """The matter the address names."""
    try:
        return UUID(request.GET.get("vorgang", ""))
    except ValueError:
        return None


def document_rows(request: HttpRequest, document: Document) -> list[Listed]:
    """References of a document."""
    return cross_references.references_of(request.user, document)


def file_actions(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    if not cross_references.may_refer(request.user, case_file):
        return []
    chosen = _chosen(request)
    url = reverse("matter-references", args=[chosen]) if chosen else references_url(case_file)
    return [Action(_("Querverweis anlegen"), url, "link", key="q")]


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    if not cross_references.may_refer(request.user, document.case_file):
        return []
    return [Action(_("Querverweis anlegen"), references_url(document), "link", key="q")]


def register() -> None:
    """Called once when the app is ready."""
    actions.file_actions.register("records.cross_references", file_actions, order=40)
    actions.document_actions.register("records.cross_references", document_actions, order=40)
    file_panels.register("records.cross_references", file_panel, order=30)
