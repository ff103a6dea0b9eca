"""Cover, Inhaltsverzeichnis, list of what is held back and placeholders of an Akteneinsicht."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from records.models import Inspection

SOURCE = Path(__file__).with_name("inspection_sheets.typ")
# Rows of one sheet and where they stand, as inspection_sheets.typ sets them (points).
ROWS = 28
LEFT, RIGHT, FIRST_ROW_TOP, ROW_HEIGHT = 60.0, 545.0, 702.0, 22.0
TITLE_CHARS = 78
# The strip below carries the number and moves nothing: rows keep their place.


@dataclass(frozen=True, slots=True)
class Line:
    """A document of the contents with its first Blatt (from 1), or one held back and why."""

    title: str
    value: str


def sheet_count(rows: int) -> int:
    """How many sheets a list of so many rows takes."""
    return -(-rows // ROWS)


def row_rectangle(row: int) -> tuple[float, float, float, float]:
    """Where row ``row`` (from 0) of its list stands on its sheet, from the lower left."""
    top = FIRST_ROW_TOP - (row % ROWS) * ROW_HEIGHT
    return LEFT, top - ROW_HEIGHT, RIGHT, top


def sheets(
    inspection: Inspection,
    contents: Sequence[Line],
    withheld: Sequence[Line],
    gaps: Sequence[Line],
) -> bytes:
    """The PDF: one cover, the lists, one sheet per gap, in this order."""
    facts = json.dumps(_facts(inspection, contents, withheld, gaps))
    made = _compiler().compile(format="pdf", sys_inputs={"facts": facts})
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def _facts(
    inspection: Inspection,
    contents: Sequence[Line],
    withheld: Sequence[Line],
    gaps: Sequence[Line],
) -> dict[str, object]:
    case_file = inspection.case_file
    return {
        "city": settings.CITY_NAME,
        "heading": _("Akteneinsicht"),
        "number": case_file.aktenzeichen,
        "title": case_file.title,
        "rows": [
            (_("Einsicht für"), inspection.requester),
            (_("Grundlage"), inspection.ground),
            (_("beantragt am"), german.short_date(inspection.requested_on)),
            (_("Federführung"), str(case_file.lead_unit)),
            (_("Umfang"), _extent(len(contents), len(withheld))),
        ],
        "contents_title": _("Inhaltsverzeichnis"),
        "page_title": _("ab Blatt"),
        "contents": _pages(contents),
        "withheld_title": _("Nicht enthaltene Dokumente"),
        "reason_title": _("Grund"),
        "withheld": _pages(withheld),
        "gap_title": _("Hier steht kein Abbild"),
        "gaps": [(one.title, one.value) for one in gaps],
    }


def _extent(shown: int, withheld: int) -> str:
    facts = {"shown": shown, "withheld": withheld}
    return _("%(shown)s Dokumente enthalten, %(withheld)s nicht enthalten") % facts


def _pages(lines: Sequence[Line]) -> list[list[tuple[str, str]]]:
    rows = [(_short(one.title, TITLE_CHARS), _short(one.value, 60)) for one in lines]
    return [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]


def _short(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1] + "…"


@cache
def _compiler() -> typst.Compiler:
    """Only the fonts typst brings, so that the sheets look the same on every machine."""
    return typst.Compiler(
        SOURCE,
        root=SOURCE.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
