"""The cover sheet of a file as PDF/A and PDF/UA, with a QR code of its number's address."""

import io
import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from records.models import CaseFile

SOURCE = Path(__file__).with_name("cover_sheet.typ")


def cover_sheet(case_file: CaseFile) -> bytes:
    """The PDF; its QR code leads to the file by its number, also after a reassignment."""
    address = number_address(case_file.aktenzeichen)
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"facts": json.dumps(_facts(case_file, address)), "qr": _qr(address)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(clock.today(), time(12), UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def number_address(number: str) -> str:
    """The whole address that opens a file by its number."""
    path = reverse("case-file-by-number", args=["x"]).removesuffix("x")
    return f"{settings.SITE_ADDRESS.rstrip('/')}{path}{quote(number)}"


def number_in_address(address: str) -> str:
    """The number in an address of ``number_address``, also of an earlier host; else empty."""
    prefix = reverse("case-file-by-number", args=["x"]).removesuffix("x")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_ours = parts.scheme in ("http", "https") and parts.path.startswith(prefix)
    return unquote(parts.path.removeprefix(prefix)) if is_ours else ""


def _facts(case_file: CaseFile, address: str) -> dict[str, object]:
    return {
        "city": settings.CITY_NAME,
        "heading": _("Akte"),
        "number": case_file.aktenzeichen,
        "title": case_file.title,
        "rows": _rows(case_file),
        "address": address,
        "hint": _("So öffnen Sie die Akte: Code scannen oder die Adresse eingeben."),
        "alt": _("QR-Code mit der Adresse der Akte"),
    }


def _rows(case_file: CaseFile) -> list[tuple[str, str]]:
    level = case_file.get_confidentiality_display()
    circle = f", {case_file.get_circle_display()}" if case_file.circle else ""
    return [
        (_("Federführung"), str(case_file.lead_unit)),
        (_("Aktenplaneintrag"), str(case_file.entry)),
        (_("angelegt am"), german.short_date(case_file.opened_on)),
        (_("Vertraulichkeitsstufe"), f"{level}{circle}"),
        (_("Aufbewahrung"), _retention(case_file)),
    ]


def _retention(case_file: CaseFile) -> str:
    kind = case_file.get_disposition_display()
    if case_file.retention_years is None:
        return _("noch nicht festgelegt, %(kind)s") % {"kind": kind}
    facts = {"years": case_file.retention_years, "kind": kind}
    return _("%(years)s Jahre nach z. d. A., %(kind)s") % facts


def _qr(address: str) -> str:
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="svg", scale=4, border=4)
    return target.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    """Only the fonts typst brings, so that the sheet looks the same on every machine."""
    return typst.Compiler(
        SOURCE,
        root=SOURCE.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
