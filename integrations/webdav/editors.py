"""Which program opens which file, by the links Office and LibreOffice listen to.

Source: learn.microsoft.com, Office URI schemes (``ofe|u|`` opens for editing); LibreOffice
registers ``vnd.libreoffice.command`` with the same syntax.
"""

from dataclasses import dataclass

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
WORD, EXCEL, POWERPOINT = (
    ("ms-word", "Word"),
    ("ms-excel", "Excel"),
    ("ms-powerpoint", "PowerPoint"),
)
# Macros are refused on intake; the old binary types are opened, too.
_BY_TYPE = {
    "application/rtf": WORD,
    "application/msword": WORD,
    f"{_OOXML}wordprocessingml.document": WORD,
    f"{_OOXML}wordprocessingml.template": WORD,
    f"{_ODF}text": WORD,
    "application/vnd.ms-excel": EXCEL,
    f"{_OOXML}spreadsheetml.sheet": EXCEL,
    f"{_OOXML}spreadsheetml.template": EXCEL,
    f"{_ODF}spreadsheet": EXCEL,
    "application/vnd.ms-powerpoint": POWERPOINT,
    f"{_OOXML}presentationml.presentation": POWERPOINT,
    f"{_OOXML}presentationml.slideshow": POWERPOINT,
    f"{_ODF}presentation": POWERPOINT,
}
_LIBRE_OFFICE_ALONE = (f"{_ODF}graphics", f"{_ODF}text-template", f"{_ODF}spreadsheet-template")


@dataclass(frozen=True, slots=True)
class Editor:
    """A program and the address that opens a file in it."""

    name: str
    url: str


def can_edit(mime_type: str) -> bool:
    """Whether Office or LibreOffice opens files of this type for editing."""
    return mime_type in _BY_TYPE or mime_type in _LIBRE_OFFICE_ALONE


def editors(mime_type: str, address: str) -> list[Editor]:
    """The programs for a type, Microsoft's first; ``address`` is the absolute address on the share."""
    if not can_edit(mime_type):
        return []
    found = [Editor("LibreOffice", f"vnd.libreoffice.command:ofe|u|{address}")]
    if mime_type in _BY_TYPE:
        scheme, name = _BY_TYPE[mime_type]
        found.insert(0, Editor(name, f"{scheme}:ofe|u|{address}"))
    return found
