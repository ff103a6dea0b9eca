"""Filing a document by hand: the file is looked at in the sandbox before anything is written."""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile as DjangoUpload
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records import blob_store
from records.blob_store import Staged, StoreFull
from records.choices import BlobStorage, ComponentKind, Direction
from records.content.problems import Problem
from records.content.results import Inspection, InspectRequest
from records.content.sniffing import upload_refusal
from records.models import Blob, CaseFile, Document, DocumentType, Matter
from records.services import blobs, documents, indexing, texts
from records.services.actor import Actor, person
from records.services.mail_parts import Apart, Attached, taken_apart
from records.services.matters import NewMatter, open_matters
from records.services.sandbox import sandbox

logger = logging.getLogger(__name__)
UploadedFile = DjangoUpload[Any]
INSPECTION_SECONDS = 30.0
TOPIC = "records.document.filed"


@dataclass(frozen=True, slots=True)
class UploadWish:
    """What the form says; without ``matter`` a new one named ``matter_title`` is opened."""

    file: UploadedFile
    title: str
    matter: Matter | None
    matter_title: str
    document_type: DocumentType | None
    direction: Direction
    received_on: date | None
    letter_date: date | None


def file_upload(user: User, case_file: CaseFile, wish: UploadWish, key: str) -> Document:
    """Check, store and file an uploaded document; text and search follow in the worker.

    The same wish with the same ``key`` (double click) returns the first filing's document.
    Raises InvalidInput for what is not taken (type, size, bombs, macros), Forbidden, IllegalState
    (file closed, store full).
    """
    with examined(wish.file) as main, taken_apart([main]) as [apart]:
        return _file(user, case_file, wish, key, [*_files_of(wish, main, apart)])


@contextmanager
def examined(file: UploadedFile) -> Iterator[tuple[Staged, Inspection]]:
    """The bytes beside the store and what the sandbox found; gone at the end unless stored.

    Raises InvalidInput for what is not taken, IllegalState when the store is full.
    """
    staged = stage(file)
    try:
        inspection = _inspect(staged, file.name or "")
        _require_acceptable(inspection)
        yield staged, inspection
    finally:
        blob_store.discard([staged])


def stage(file: UploadedFile) -> Staged:
    """Copy an upload beside the store. Raises InvalidInput (too large), IllegalState (store full)."""
    limit = settings.UPLOAD_MAX_BYTES
    if (file.size or 0) > limit:
        raise InvalidInput(
            _("Die Datei ist größer als %(n)s MB.") % {"n": limit // (1024 * 1024)}, field="file"
        )
    try:
        return blob_store.stage_chunks(file.chunks())
    except StoreFull as error:
        logger.error("upload refused: %s", error)
        raise IllegalState(
            _("Der Speicher der eAkte ist voll; die Datei wurde nicht abgelegt."),
            next_step=_("Bitte verständigen Sie den Betrieb."),
        ) from error


def _inspect(staged: Staged, name: str) -> Inspection:
    request = InspectRequest(staged.path, declared_name=name)
    return sandbox().inspect_batch([request], deadline_seconds=INSPECTION_SECONDS)[0]


REFUSED_PROBLEMS = frozenset({Problem.BOMB, Problem.EMPTY, Problem.CRASHED})


def _require_acceptable(found: Inspection) -> None:
    """Broken and encrypted files are kept and marked; what could harm the reader is not taken."""
    if not found.reached:
        raise InvalidInput(
            _("Die Prüfung der Datei dauert zu lange. Bitte versuchen Sie es später noch einmal."),
            field="file",
        )
    if found.problem in REFUSED_PROBLEMS:
        raise InvalidInput(found.problem_text, field="file")
    refusal = upload_refusal(found.sniffed)
    if refusal is not None:
        raise InvalidInput(refusal, field="file")


def _files_of(
    wish: UploadWish, main: tuple[Staged, Inspection], apart: Apart | None
) -> Iterator[Attached]:
    """The file, and of a mail its attachments; what is not taken stays inside the original."""
    yield Attached(Path(wish.file.name or "datei").name, *main)
    for one in apart.attached if apart else ():
        harmful = one.found.problem in REFUSED_PROBLEMS or upload_refusal(one.found.sniffed)
        if one.found.reached and not harmful:
            yield one


def _file(
    user: User, case_file: CaseFile, wish: UploadWish, key: str, files: Sequence[Attached]
) -> Document:
    with transaction.atomic():
        once = _once(user, case_file, wish, key, files[0].staged)
        actor = person(user, "records.upload", key=once)
        repeated = _already_filed(actor)
        if repeated is not None:
            return repeated
        stored = blobs.store_staged([one.staged for one in files])
        texts.remember(
            [(stored[sha], f) for sha, f in {o.staged.sha256: o.found for o in files}.items()]
        )
        matter = wish.matter or _new_matter(case_file, wish.matter_title, actor)
        filed = documents.file_documents([_document(wish, matter, files, stored)], actor)[0]
        outbox.publish(TOPIC, [{"documents": [filed.pk]}], actor.operation)
    return filed


def _once(user: User, case_file: CaseFile, wish: UploadWish, key: str, staged: Staged) -> str:
    """What makes two submissions the same: who goes back and takes another file files it too."""
    said = (
        wish.title,
        wish.matter.pk if wish.matter else None,
        wish.matter_title,
        wish.document_type.pk if wish.document_type else None,
        wish.direction,
        wish.received_on,
        wish.letter_date,
    )
    whole = repr((user.pk, case_file.pk, key, staged.sha256, *map(str, said)))
    return f"upload:{hashlib.sha256(whole.encode()).hexdigest()}"


def _already_filed(actor: Actor) -> Document | None:
    return Document.objects.filter(versions__operation_id=actor.operation.pk).first()


def _new_matter(case_file: CaseFile, title: str, actor: Actor) -> Matter:
    return open_matters([NewMatter(case_file, title)], actor)[0]


def _document(
    wish: UploadWish, matter: Matter, files: Sequence[Attached], stored: Mapping[bytes, Blob]
) -> documents.NewDocument:
    kinds = [ComponentKind.MAIN, *[ComponentKind.ATTACHMENT] * (len(files) - 1)]
    parts = [
        documents.NewComponent(kind, stored[one.staged.sha256], one.name)
        for kind, one in zip(kinds, files, strict=True)
    ]
    return documents.NewDocument(
        matter=matter,
        title=wish.title or Path(files[0].name).stem,
        direction=wish.direction,
        content=documents.NewVersion(parts),
        document_type=wish.document_type,
        received_on=wish.received_on,
        letter_date=wish.letter_date,
    )


def open_blob(blob: Blob) -> BinaryIO:
    """The untouched bytes of a blob, for a download.

    Raises IllegalState when the file is missing or unreadable (a broken disk, a partial restore).
    """
    if blob.storage == BlobStorage.DATABASE:
        return BytesIO(blobs.read_small(blob))
    try:
        return blob_store.path_of(bytes(blob.sha256)).open("rb")
    except OSError as error:
        logger.exception("blob %s cannot be read", blob)
        raise IllegalState(
            _("Die Datei lässt sich zurzeit nicht lesen."),
            next_step=_("Bitte verständigen Sie den Betrieb."),
        ) from error


def make_searchable(payload: Mapping[str, Any]) -> None:
    """The outbox handler of documents filed by hand."""
    index_filed(payload["documents"])


def index_filed(document_ids: Sequence[int]) -> None:
    """Read the text of documents and make them searchable."""
    texts.extract_texts(document_ids)
    indexing.index_documents(document_ids)
