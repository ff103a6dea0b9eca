"""The PDF of an Akteneinsicht: every page numbered, every document a bookmark, no silent gap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from records import blob_store
from records.choices import BlobStorage, ComponentKind
from records.content.child_process import SandboxSettings
from records.content.problems import Problem, explain
from records.content.results import ContentUnreadable
from records.content.sandbox import Sandbox
from records.models import Blob, Component, Inspection, InspectionDocument, Rendition
from records.services.inspection_sheets import (
    Line,
    row_rectangle,
    sheet_count,
    sheets,
)

# A thousand pages take seconds; scans of many megabytes some more.
BINDING = SandboxSettings(cpu_seconds=240.0, wall_seconds=420.0, recycle_after=1)
DRAWABLE = ("application/pdf", "image/")


@dataclass(slots=True)
class Sheet:
    """One file of a document: where it lies and its pages, or why a placeholder stands there."""

    path: Path | None
    pages: int
    title: str = ""
    problem: str = ""


@dataclass(slots=True)
class Bound:
    """A document and its files in the order of the PDF."""

    row: InspectionDocument
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return sum(one.pages for one in self.sheets)


@lru_cache(maxsize=1)
def _binder() -> Sandbox:
    return Sandbox(BINDING)


def bind_inspection(inspection: Inspection) -> tuple[bytes, int]:
    """The PDF and its number of Blätter; places and gaps are noted on its rows.

    Raises ContentUnreadable when it cannot be made as a whole.
    """
    rows = list(inspection.documents.select_related("document").order_by("position"))
    bound = [_bound(row) for row in rows if not row.withheld]
    withheld = [Line(_named(row), row.reason) for row in rows if row.withheld]
    front = 1 + sheet_count(len(bound)) + sheet_count(len(withheld))
    at = front
    for one in bound:
        one.row.first_page, one.row.page_count = at + 1, one.pages
        one.row.gaps = [sheet.problem for sheet in one.sheets if sheet.problem]
        at += one.pages
    InspectionDocument.objects.bulk_update(
        [one.row for one in bound], ["first_page", "page_count", "gaps"], batch_size=500
    )
    return _pdf(inspection, bound, withheld, front), at


def _pdf(
    inspection: Inspection, bound: Sequence[Bound], withheld: Sequence[Line], front: int
) -> bytes:
    contents = [Line(_named(one.row), str(one.row.first_page)) for one in bound]
    gaps = [sheet for one in bound for sheet in one.sheets if sheet.path is None]
    own = sheets(inspection, contents, withheld, [Line(g.title, g.problem) for g in gaps])
    staged = blob_store.stage_chunks([own])
    try:
        order = {
            "parts": _parts(staged.path, bound, front),
            "number": inspection.case_file.aktenzeichen,
            "title": f"{_('Akteneinsicht')} {inspection.case_file.aktenzeichen}",
            "bookmarks": [
                (_("Deckblatt"), 0),
                (_("Inhaltsverzeichnis"), 1),
                *((one.row.document.title[:200], (one.row.first_page or 1) - 1) for one in bound),
            ],
            "links": [
                (sheet_count(row + 1), (one.row.first_page or 1) - 1, row_rectangle(row))
                for row, one in enumerate(bound)
            ],
        }
        return _binder().bind(staged.path, order)
    finally:
        blob_store.discard([staged])


def _parts(own: Path, bound: Sequence[Bound], front: int) -> list[tuple[str, int | None, int]]:
    """The own sheets first; each placeholder comes from behind them to its place."""
    parts: list[tuple[str, int | None, int]] = [(str(own), 0, front)]
    gap = front
    for sheet in (sheet for one in bound for sheet in one.sheets):
        if sheet.path is None:
            parts.append((str(own), gap, 1))
            gap += 1
        else:
            parts.append((str(sheet.path), None, sheet.pages))
    return parts


def _named(row: InspectionDocument) -> str:
    return f"{german.short_date(row.document.sort_date)} {row.document.title}"


def _bound(row: InspectionDocument) -> Bound:
    found = Bound(row)
    components = list(
        Component.objects.filter(
            version__document=row.document_id, version__number=row.version_number
        )
        .select_related("blob")
        .order_by("position")
    )
    for one in components:
        if one.kind in (ComponentKind.MAIN, ComponentKind.ATTACHMENT):
            found.sheets.append(_sheet(one))
    if not found.sheets:
        found.sheets.append(Sheet(None, 1, row.document.title, _("Es liegt keine Datei vor.")))
    return found


def _sheet(component: Component) -> Sheet:
    blob, problem = _drawable(component.blob)
    if blob is None:
        return Sheet(None, 1, component.file_name, problem)
    path = blob_store.path_of(bytes(blob.sha256))
    try:
        return Sheet(path, _counter().bindable_pages(path))
    except ContentUnreadable as unreadable:
        return Sheet(None, 1, component.file_name, explain(unreadable.problem))


@lru_cache(maxsize=1)
def _counter() -> Sandbox:
    return Sandbox()


def _drawable(blob: Blob) -> tuple[Blob | None, str]:
    """What can be drawn of a content: itself or its Darstellung; else why not."""
    if blob.problem:
        return None, _explained(blob.problem)
    if blob.storage == BlobStorage.FILES and blob.mime_type.startswith(DRAWABLE):
        return blob, ""
    rendition = Rendition.objects.filter(source=blob).select_related("pdf").first()
    if rendition is None:
        kind = blob.mime_type or _("unbekannt")
        said = _("Dateien dieser Art (%(kind)s) lassen sich nicht als Seiten zeigen.")
        return None, said % {"kind": kind}
    if rendition.pdf is None:
        return None, _("Aus der Datei ließ sich (noch) keine Darstellung erzeugen.")
    return rendition.pdf, ""


def _explained(code: str) -> str:
    """The German sentence of a problem kept with a blob."""
    known = {str(one) for one in Problem}
    return explain(Problem(code)) if code in known else _("Die Datei lässt sich nicht öffnen.")
