"""The documents a share shows, by the same rules as the desk, asked anew with every request."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db.models import F

from integrations.webdav.models import DavShare
from integrations.webdav.scratch import FOLDER, is_temporary
from records import policies
from records.choices import ComponentKind
from records.models import Blob, Component, Document, WorkingCopy
from records.selectors.case_files import documents_in_use

MOST_DOCUMENTS = 500
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(slots=True)
class Listed:
    """A document under its name; ``copy`` is what its holder has saved meanwhile."""

    name: str
    document: Document
    component: Component
    copy: WorkingCopy | None
    may_write: bool

    @property
    def blob(self) -> Blob:
        """What a reader gets: the newest saved state while one works on it, else the Fassung."""
        return self.copy.blob if self.copy is not None else self.component.blob


def documents_of(share: DavShare) -> dict[str, Listed]:
    """What the share's person sees now, by name; newest first, at most ``MOST_DOCUMENTS``."""
    rows = documents_in_use(share.user)
    rows = (
        rows.filter(pk=share.document_id)
        if share.document_id
        else rows.filter(matter=share.matter_id)
    )
    ids = list(rows.order_by("-sort_date", "-pk").values_list("pk", flat=True)[:MOST_DOCUMENTS])
    parts = Component.objects.filter(
        version__document__in=ids,
        version__number=F("version__document__version_number"),
        kind=ComponentKind.MAIN,
    )
    parts = parts.select_related("blob", "version__document__case_file__entry")
    copies = WorkingCopy.objects.filter(document__in=ids, holder=share.user_id)
    saved = {one.document_id: one for one in copies.select_related("blob")}
    return _named(share, parts.order_by("version__document_id", "position"), saved)


def _named(
    share: DavShare, parts: Iterable[Component], saved: dict[int, WorkingCopy]
) -> dict[str, Listed]:
    found: dict[str, Listed] = {}
    for part in parts:
        document = part.version.document
        if not policies.can_view(share.user, document.case_file):
            continue
        name = _free_name(part.file_name or document.title, found)
        may = policies.can_change_document(share.user, document)
        found[name] = Listed(name, document, part, saved.get(document.pk), may)
    return found


def _free_name(file_name: str, taken: dict[str, Listed]) -> str:
    """A name every file system takes; the second of the same name gets a number."""
    plain = _UNFIT.sub("_", unicodedata.normalize("NFC", file_name)).strip(". ") or "Dokument"
    if plain == FOLDER or is_temporary(plain):
        plain = f"Dokument {plain}"
    number, name = 1, plain
    while name in taken:
        number += 1
        name = f"{Path(plain).stem} ({number}){Path(plain).suffix}"
    return name
