"""A mail as a PDF to read in the browser and to search in; the original stays what was sent."""

import json
from functools import cache
from pathlib import Path

import typst
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from records.content.mail_results import Mail
from records.typed_text import clean_paragraphs

SOURCE = Path(__file__).with_name("mail_sheet.typ")
BODY_CHARS = 200_000
FIELD_CHARS = 2_000


def mail_sheet(mail: Mail) -> bytes:
    """The PDF; only a view, so no archive standard that refuses rare characters."""
    made = _compiler().compile(format="pdf", sys_inputs={"facts": json.dumps(_facts(mail))})
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def _facts(mail: Mail) -> dict[str, object]:
    head = mail.head
    rows = [
        (_("Von"), head.sender),
        (_("An"), head.receivers),
        (_("Kopie"), head.copies),
        (_("Gesendet"), german.date_time(head.sent_at) if head.sent_at else ""),
        (_("Anlagen"), ", ".join([*(one.name for one in mail.parts), *mail.inside])),
    ]
    body = clean_paragraphs(mail.body)
    cut = len(body) > BODY_CHARS
    return {
        "title": clean_paragraphs(head.subject)[:500] or _("(ohne Betreff)"),
        "rows": [(label, clean_paragraphs(value)[:FIELD_CHARS]) for label, value in rows if value],
        "body": body[:BODY_CHARS] or _("(kein Text)"),
        "cut": _("Der Text geht im Original weiter.") if cut else "",
    }


@cache
def _compiler() -> typst.Compiler:
    """Only the fonts typst brings, so that a mail looks the same on every machine."""
    return typst.Compiler(
        SOURCE,
        root=SOURCE.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
