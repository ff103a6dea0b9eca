"""Documents of every kind for the page tests, filed through the real store and sandbox."""

import io
import json
from datetime import date
from functools import lru_cache

import pikepdf
import typst
from PIL import Image, ImageDraw

from records import blob_store
from records.choices import ComponentKind, Direction
from records.models import CaseFile, Document, Matter
from records.services import blobs, texts
from records.services.actor import Actor, person
from records.services.documents import (
    NewComponent,
    NewDocument,
    NewVersion,
    add_versions,
    file_documents,
)
from tests import personas


@lru_cache
def pdf(*pages: str) -> bytes:
    """A PDF with a text layer, one text for each page."""
    # As string literals: nothing of the text is markup.
    source = "\n#pagebreak()\n".join(f"#({json.dumps(page, ensure_ascii=False)})" for page in pages)
    made = typst.compile(source.encode())
    assert isinstance(made, bytes)
    return made


def encrypted_pdf() -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("Verschlossener Bescheid"))) as document:
        document.save(target, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    return target.getvalue()


def scan(pages: int = 1, kind: str = "TIFF") -> bytes:
    """A scanned file: pictures without text."""
    pictures = []
    for number in range(1, pages + 1):
        picture = Image.new("L", (620, 877), 255)
        ImageDraw.Draw(picture).rectangle((50, 50 * number, 500, 50 * number + 20), fill=0)
        pictures.append(picture)
    target = io.BytesIO()
    further = {"save_all": True, "append_images": pictures[1:]} if pages > 1 else {}
    pictures[0].save(target, kind, **further)
    return target.getvalue()


def clerk_of(matter: Matter) -> Actor:
    """The clerk of the file's own office, as a hand at the desk."""
    social = matter.case_file.lead_unit.code.startswith("50")
    name = personas.CLERK_SOCIAL if social else personas.CLERK_BUILDING
    return person(personas.person(name), "test.file")


def version(*files: tuple[str, bytes], comment: str = "") -> NewVersion:
    """The first file is the main one, the others are attachments. Call it in a transaction."""
    staged = {name: blob_store.stage_chunks([data]) for name, data in files}
    stored = blobs.store_staged(list(staged.values()))
    kinds = [ComponentKind.MAIN, *[ComponentKind.ATTACHMENT] * (len(files) - 1)]
    parts = [
        NewComponent(kind, stored[staged[name].sha256], name)
        for kind, (name, _data) in zip(kinds, files, strict=True)
    ]
    return NewVersion(parts, comment=comment)


def file_data(
    matter: Matter,
    title: str,
    *files: tuple[str, bytes],
    day: date = date(2026, 11, 20),
    actor: Actor | None = None,
) -> Document:
    wanted = NewDocument(matter, title, Direction.INCOMING, version(*files), letter_date=day)
    document = file_documents([wanted], actor or clerk_of(matter))[0]
    texts.extract_texts([document.pk])
    document.refresh_from_db()
    return document


def renew(document: Document, *files: tuple[str, bytes], comment: str = "") -> Document:
    wanted = [(document.pk, version(*files, comment=comment))]
    renewed = add_versions(wanted, clerk_of(document.matter))[0]
    texts.extract_texts([document.pk])
    renewed.refresh_from_db()
    return renewed


def fill(matter: Matter, count: int, *, day: date = date(2026, 11, 20)) -> list[Document]:
    """Many documents of one content: what counts is how many there are."""
    content = version(("schreiben.txt", b"Ein Schreiben."))
    wanted = [
        NewDocument(matter, f"Schreiben {n}", Direction.INCOMING, content, letter_date=day)
        for n in range(count)
    ]
    return file_documents(wanted, clerk_of(matter))


def tmp_files() -> list[str]:
    """What lies in the store's folder of unfinished copies."""
    return sorted(path.name for path in blob_store.path_of(b"").parent.parent.glob("tmp/*"))


def documents_of(case_file: CaseFile) -> list[Document]:
    return list(case_file.documents.order_by("pk"))
