"""The file types the product knows by name, and which of them a browser upload may bring."""

from dataclasses import dataclass

from records.content.results import Family

_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
_MS = "application/vnd.ms-"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type: its usual extension first in ``extensions`` (without dots)."""

    mime: str
    family: Family
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        return self.extensions[0]


_TYPES = (
    FileType("application/pdf", Family.PDF, ("pdf", "ai")),
    FileType("image/png", Family.IMAGE, ("png",)),
    FileType("image/jpeg", Family.IMAGE, ("jpg", "jpeg", "jpe", "jfif")),
    FileType("image/gif", Family.IMAGE, ("gif",)),
    FileType("image/tiff", Family.IMAGE, ("tif", "tiff")),
    FileType("image/bmp", Family.IMAGE, ("bmp", "dib")),
    FileType("image/webp", Family.IMAGE, ("webp",)),
    FileType("image/jp2", Family.IMAGE, ("jp2", "j2k", "jpx")),
    FileType("image/heic", Family.IMAGE, ("heic", "heif")),
    FileType("image/svg+xml", Family.XML, ("svg",)),
    FileType("text/plain", Family.TEXT, ("txt", "text", "log", "md", "csv", "json", "asc", "ini")),
    FileType("text/csv", Family.TEXT, ("csv", "txt", "tsv")),
    FileType("application/json", Family.TEXT, ("json", "txt", "geojson")),
    FileType("text/html", Family.HTML, ("html", "htm", "xhtml", "txt")),
    FileType("application/xml", Family.XML, ("xml", "xsd", "xsl", "xslt", "xhtml", "txt", "gml")),
    FileType("application/rtf", Family.DOCUMENT, ("rtf", "doc")),
    FileType("message/rfc822", Family.MAIL, ("eml", "mht", "mhtml", "txt")),
    FileType("application/mbox", Family.MAIL, ("mbox", "mbx", "eml", "txt")),
    FileType(f"{_MS}outlook", Family.MAIL, ("msg", "oft")),
    FileType("application/msword", Family.DOCUMENT, ("doc", "dot")),
    FileType(f"{_MS}excel", Family.SPREADSHEET, ("xls", "xlt")),
    FileType(f"{_MS}powerpoint", Family.PRESENTATION, ("ppt", "pot", "pps")),
    FileType(f"{_MS}works", Family.DOCUMENT, ("wps",)),
    FileType("application/x-ole-storage", Family.UNKNOWN, ("ole",)),
    FileType(f"{_OOXML}wordprocessingml.document", Family.DOCUMENT, ("docx",)),
    FileType(f"{_OOXML}wordprocessingml.template", Family.DOCUMENT, ("dotx",)),
    FileType(f"{_OOXML}spreadsheetml.sheet", Family.SPREADSHEET, ("xlsx",)),
    FileType(f"{_OOXML}spreadsheetml.template", Family.SPREADSHEET, ("xltx",)),
    FileType(f"{_OOXML}presentationml.presentation", Family.PRESENTATION, ("pptx",)),
    FileType(f"{_OOXML}presentationml.template", Family.PRESENTATION, ("potx",)),
    FileType(f"{_OOXML}presentationml.slideshow", Family.PRESENTATION, ("ppsx",)),
    FileType(f"{_MS}word.document.macroEnabled.12", Family.DOCUMENT, ("docm", "dotm")),
    FileType(f"{_MS}excel.sheet.macroEnabled.12", Family.SPREADSHEET, ("xlsm", "xltm", "xlam")),
    FileType(f"{_MS}excel.sheet.binary.macroEnabled.12", Family.SPREADSHEET, ("xlsb",)),
    FileType(
        f"{_MS}powerpoint.presentation.macroEnabled.12",
        Family.PRESENTATION,
        ("pptm", "potm", "ppsm"),
    ),
    # An encrypted Office file does not say which of these it is.
    FileType("application/x-ooxml-protected", Family.DOCUMENT, ("docx", "xlsx", "pptx")),
    FileType(f"{_ODF}text", Family.DOCUMENT, ("odt",)),
    FileType(f"{_ODF}text-template", Family.DOCUMENT, ("ott",)),
    FileType(f"{_ODF}spreadsheet", Family.SPREADSHEET, ("ods",)),
    FileType(f"{_ODF}spreadsheet-template", Family.SPREADSHEET, ("ots",)),
    FileType(f"{_ODF}presentation", Family.PRESENTATION, ("odp",)),
    FileType(f"{_ODF}presentation-template", Family.PRESENTATION, ("otp",)),
    FileType(f"{_ODF}graphics", Family.DOCUMENT, ("odg",)),
    FileType("application/epub+zip", Family.DOCUMENT, ("epub",)),
    FileType("application/zip", Family.ARCHIVE, ("zip", "jar", "xdomea", "asice", "kmz")),
    FileType("application/gzip", Family.ARCHIVE, ("gz", "tgz")),
    FileType("application/x-bzip2", Family.ARCHIVE, ("bz2", "tbz2")),
    FileType("application/x-xz", Family.ARCHIVE, ("xz", "txz")),
    FileType("application/x-7z-compressed", Family.ARCHIVE, ("7z",)),
    FileType("application/vnd.rar", Family.ARCHIVE, ("rar",)),
    FileType("application/x-tar", Family.ARCHIVE, ("tar",)),
    FileType("application/x-msdownload", Family.EXECUTABLE, ("exe", "dll", "scr", "com", "ocx")),
    FileType("application/x-executable", Family.EXECUTABLE, ("elf", "so", "bin", "o")),
    FileType("text/x-shellscript", Family.EXECUTABLE, ("sh", "py", "pl", "rb")),
)

BY_MIME = {one.mime: one for one in _TYPES}
BY_EXTENSION: dict[str, list[FileType]] = {}
for _type in _TYPES:
    for _extension in _type.extensions:
        BY_EXTENSION.setdefault(_extension, []).append(_type)

# Requirement E9, the list of the City of Göttingen: PDF, RTF, DOCX, XLSX, PPTX, ODT, ODS,
# PNG, GIF, JPG, TIF, BMP, TXT. Macros are refused separately.
UPLOAD_MIMES = (
    "application/pdf",
    "application/rtf",
    f"{_OOXML}wordprocessingml.document",
    f"{_OOXML}spreadsheetml.sheet",
    f"{_OOXML}presentationml.presentation",
    f"{_ODF}text",
    f"{_ODF}spreadsheet",
    "image/png",
    "image/gif",
    "image/jpeg",
    "image/tiff",
    "image/bmp",
    "text/plain",
    # E3: mails are kept as sent, their attachments beside them.
    "message/rfc822",
    f"{_MS}outlook",
)
# Main parts of Office packages, as named in [Content_Types].xml.
PACKAGE_MAIN_PARTS = {
    f"{_OOXML}wordprocessingml.document.main+xml": f"{_OOXML}wordprocessingml.document",
    f"{_OOXML}wordprocessingml.template.main+xml": f"{_OOXML}wordprocessingml.template",
    f"{_OOXML}spreadsheetml.sheet.main+xml": f"{_OOXML}spreadsheetml.sheet",
    f"{_OOXML}spreadsheetml.template.main+xml": f"{_OOXML}spreadsheetml.template",
    f"{_OOXML}presentationml.presentation.main+xml": f"{_OOXML}presentationml.presentation",
    f"{_OOXML}presentationml.template.main+xml": f"{_OOXML}presentationml.template",
    f"{_OOXML}presentationml.slideshow.main+xml": f"{_OOXML}presentationml.slideshow",
    f"{_MS}word.document.macroEnabled.main+xml": f"{_MS}word.document.macroEnabled.12",
    f"{_MS}word.template.macroEnabledTemplate.main+xml": f"{_MS}word.document.macroEnabled.12",
    f"{_MS}excel.sheet.macroEnabled.main+xml": f"{_MS}excel.sheet.macroEnabled.12",
    f"{_MS}excel.template.macroEnabled.main+xml": f"{_MS}excel.sheet.macroEnabled.12",
    f"{_MS}excel.addin.macroEnabled.main+xml": f"{_MS}excel.sheet.macroEnabled.12",
    f"{_MS}excel.sheet.binary.macroEnabled.main": f"{_MS}excel.sheet.binary.macroEnabled.12",
    f"{_MS}powerpoint.presentation.macroEnabled.main+xml": (
        f"{_MS}powerpoint.presentation.macroEnabled.12"
    ),
    f"{_MS}powerpoint.slideshow.macroEnabled.main+xml": (
        f"{_MS}powerpoint.presentation.macroEnabled.12"
    ),
    f"{_MS}powerpoint.template.macroEnabled.main+xml": (
        f"{_MS}powerpoint.presentation.macroEnabled.12"
    ),
}
