"""A telephone or file note as PDF/A and PDF/UA: what was said, in which file, by whom and when."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from records.choices import NoteKind
from records.models import CaseFile

SOURCE = Path(__file__).with_name("note_sheet.typ")


@dataclass(frozen=True, slots=True)
class NoteText:
    """The three lines: with whom, what about, what came of it. Only ``subject`` is needed."""

    kind: NoteKind
    subject: str
    with_whom: str = ""
    result: str = ""


def note_sheet(case_file: CaseFile, matter_title: str, note: NoteText, author: User) -> bytes:
    """The PDF of a note taken now; nothing of the typed text is markup."""
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"facts": json.dumps(_facts(case_file, matter_title, note, author))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(clock.today(), time(12), UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def _facts(
    case_file: CaseFile, matter_title: str, note: NoteText, author: User
) -> dict[str, object]:
    rows = [(_("Vorgang"), matter_title), (_("Mit wem"), note.with_whom)]
    paragraphs = [(_("Worum ging es"), note.subject), (_("Ergebnis"), note.result)]
    said = {"name": str(author), "moment": german.date_time(clock.now())}
    return {
        "city": settings.CITY_NAME,
        "heading": str(NoteKind(note.kind).label),
        "number": case_file.aktenzeichen,
        "title": case_file.title,
        "rows": [(label, value) for label, value in rows if value],
        "paragraphs": [(label, value) for label, value in paragraphs if value],
        "signed": _("Aufgenommen von %(name)s am %(moment)s") % said,
    }


@cache
def _compiler() -> typst.Compiler:
    """Only the fonts typst brings, so that the sheet looks the same on every machine."""
    return typst.Compiler(
        SOURCE,
        root=SOURCE.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
