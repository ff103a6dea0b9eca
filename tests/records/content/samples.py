"""Small files made on the spot: PDFs by typst and pikepdf, containers by zipfile."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import typst

LETTER = """
#set page(width: 400pt, height: 600pt, margin: 50pt)
#set text(size: 14pt, lang: "de")
Guten Tag, hier steht der Bescheid.
#v(200pt)
#align(right)[Göttingen]
"""


def letter(path: Path, *, rotate: int = 0, crop: tuple[int, int, int, int] | None = None) -> Path:
    """A page with words at known corners, turned and cropped as asked."""
    source = path.with_suffix(".typ")
    source.write_text(LETTER)
    with pikepdf.open(io.BytesIO(typst.compile(source))) as pdf:
        page = pdf.pages[0]
        page.Rotate = rotate
        if crop is not None:
            page.CropBox = list(crop)
        pdf.save(path)
    return path


def package(main_type: str, **parts: bytes) -> bytes:
    """An OOXML package whose main part has this content type."""
    types = f'<Types><Override PartName="/x" ContentType="{main_type}"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), **parts})


def zipped(entries: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """A ZIP with these entries."""
    target = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()
