"""Short office papers of the demo as PDF/A: briefs, orders, notes. All invented."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.formats import date_format

from integrations.demo.rendering import PDF_STANDARD, TEMPLATES


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to set: who wrote it, what it is, its paragraphs."""

    sender: str
    title: str
    paragraphs: tuple[str, ...]


def upload_of(paper: Paper, day: date) -> SimpleUploadedFile:
    """The paper as the file somebody drops into the browser; ``day`` stands on it."""
    note = {
        "sender": paper.sender,
        "title": paper.title,
        "paragraphs": paper.paragraphs,
        "day": date_format(day, "j. F Y"),
    }
    made = typst.compile(
        TEMPLATES / "note.typ",
        format="pdf",
        sys_inputs={"note": json.dumps(note)},
        ignore_system_fonts=True,
        pdf_standards=[PDF_STANDARD],
        timestamp=datetime.combine(day, time(9), UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return SimpleUploadedFile(f"{paper.title}.pdf", made, content_type="application/pdf")
