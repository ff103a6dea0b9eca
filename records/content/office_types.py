"""Which Office files become a PDF, and by which of LibreOffice's export filters."""

_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
_MS = "application/vnd.ms-"
_WRITER, _CALC, _IMPRESS = "writer_pdf_Export", "calc_pdf_Export", "impress_pdf_Export"
_DRAW = "draw_pdf_Export"

# Type by content -> (extension LibreOffice is told, export filter).
OFFICE_TYPES = {
    "application/rtf": ("rtf", _WRITER),
    "application/msword": ("doc", _WRITER),
    f"{_OOXML}wordprocessingml.document": ("docx", _WRITER),
    f"{_OOXML}wordprocessingml.template": ("dotx", _WRITER),
    f"{_MS}word.document.macroEnabled.12": ("docm", _WRITER),
    f"{_ODF}text": ("odt", _WRITER),
    f"{_ODF}text-template": ("ott", _WRITER),
    f"{_MS}excel": ("xls", _CALC),
    f"{_OOXML}spreadsheetml.sheet": ("xlsx", _CALC),
    f"{_OOXML}spreadsheetml.template": ("xltx", _CALC),
    f"{_MS}excel.sheet.macroEnabled.12": ("xlsm", _CALC),
    f"{_MS}excel.sheet.binary.macroEnabled.12": ("xlsb", _CALC),
    f"{_ODF}spreadsheet": ("ods", _CALC),
    f"{_ODF}spreadsheet-template": ("ots", _CALC),
    f"{_MS}powerpoint": ("ppt", _IMPRESS),
    f"{_OOXML}presentationml.presentation": ("pptx", _IMPRESS),
    f"{_OOXML}presentationml.template": ("potx", _IMPRESS),
    f"{_OOXML}presentationml.slideshow": ("ppsx", _IMPRESS),
    f"{_MS}powerpoint.presentation.macroEnabled.12": ("pptm", _IMPRESS),
    f"{_ODF}presentation": ("odp", _IMPRESS),
    f"{_ODF}presentation-template": ("otp", _IMPRESS),
    f"{_ODF}graphics": ("odg", _DRAW),
}


def may_hold_macros(mime: str) -> bool:
    """Types whose name says that they bring program code."""
    return "macroEnabled" in mime
