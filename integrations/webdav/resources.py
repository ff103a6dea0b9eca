"""What a share shows: its documents, new files on their way to become documents, its root."""

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from wsgidav.dav_error import HTTP_FORBIDDEN, HTTP_REQUEST_ENTITY_TOO_LARGE, DAVError
from wsgidav.dav_provider import DAVNonCollection

from goettingen_ecm.audit.recording import AuditRecord, record
from integrations.webdav import scratch
from integrations.webdav.answers import refusals_answered, require_not_held
from integrations.webdav.listing import Listed
from integrations.webdav.locks import take_for_new
from integrations.webdav.models import DavShare
from integrations.webdav.shares import acting
from records.choices import Direction
from records.models import WorkingCopy
from records.services import uploads, working_copies
from records.services.auditing import represented_in
from records.services.uploads import UploadWish

CHANNEL = "webdav"


class IncomingFile:
    """The body of a PUT as the upload it is; larger than an upload may be, it is refused."""

    def __init__(self, name: str) -> None:
        self.upload = TemporaryUploadedFile(name, "application/octet-stream", 0, None)

    def write(self, data: bytes) -> None:
        """Raises DAVError 413."""
        self.upload.size = (self.upload.size or 0) + len(data)
        if self.upload.size > settings.UPLOAD_MAX_BYTES:
            raise DAVError(HTTP_REQUEST_ENTITY_TOO_LARGE)
        self.upload.write(data)

    def close(self) -> None:
        """The content is complete; it is read from its beginning."""
        self.upload.seek(0)


class DocumentFile(DAVNonCollection):  # type: ignore[misc]
    """A document: reading is written down, a PUT is a saved state of its person's work."""

    def __init__(self, path: str, environ: dict[str, Any], share: DavShare, listed: Listed) -> None:
        super().__init__(path, environ)
        self.share, self.listed = share, listed
        self.incoming: IncomingFile | None = None

    def get_content_length(self) -> int:
        """In bytes."""
        return self.listed.blob.size

    def get_content_type(self) -> str:
        """As found by content."""
        return self.listed.blob.mime_type or "application/octet-stream"

    def get_creation_date(self) -> float:
        """When it was filed."""
        return self.listed.document.filed_at.timestamp()

    def get_last_modified(self) -> float:
        """When it was saved last."""
        copy, version = self.listed.copy, self.listed.component.version
        return (copy.saved_at if copy is not None else version.created_at).timestamp()

    def get_display_name(self) -> str:
        """The file's name."""
        return self.listed.name

    def get_etag(self) -> str:
        """Changes with every content."""
        return bytes(self.listed.blob.sha256).hex()[:40]

    def support_etag(self) -> bool:
        """Editors ask whether somebody else saved."""
        return True

    def support_ranges(self) -> bool:
        """Large files are read in parts."""
        return True

    def prevent_locking(self) -> bool:
        """Who may only read gets no lock, and the editor says so."""
        return not self.listed.may_write

    def get_content(self) -> BinaryIO:
        """The bytes; taking them is written down, as a download is."""
        with refusals_answered():
            file = uploads.open_blob(self.listed.blob)
        record([_taken(self.share, self.listed)])
        return file

    def begin_write(self, *, content_type: Any = None) -> IncomingFile:
        """Raises DAVError 403 (not allowed), 423 (in work by another person)."""
        if not self.listed.may_write:
            raise DAVError(HTTP_FORBIDDEN)
        require_not_held(self.listed.document, self.share.user_id)
        self.incoming = IncomingFile(self.listed.component.file_name)
        return self.incoming

    def end_write(self, *, with_errors: bool) -> None:
        """Keep the saved state; without a lock nobody would end the work, so it is a Fassung."""
        if self.incoming is None:
            return
        upload, self.incoming = self.incoming.upload, None
        with upload, refusals_answered():
            if not with_errors:
                self._save(upload)

    def _save(self, upload: TemporaryUploadedFile) -> None:
        document = self.listed.document
        with transaction.atomic():
            self.listed.copy = working_copies.save(self.share.user, document, upload)
            if not self.is_locked():
                working_copies.settle(document.pk, acting(self.share, working_copies.SETTLED))
        if not WorkingCopy.objects.filter(document=document).exists():
            fresh = self.provider.listed_again(document.pk)
            self.listed = fresh or self.listed

    def handle_delete(self) -> bool:
        """Documents are never plainly deleted."""
        raise DAVError(HTTP_FORBIDDEN, "Dokumente werden in der eAkte storniert.")

    def handle_copy(self, dest_path: str, *, depth_infinity: bool) -> bool:
        """Copies are made in the eAkte, where both know of each other."""
        raise DAVError(HTTP_FORBIDDEN, "Dokumente werden in der eAkte kopiert.")

    def handle_move(self, dest_path: str) -> bool:
        """Renamed and moved in the eAkte, where both files note it."""
        raise DAVError(HTTP_FORBIDDEN, "Dokumente werden in der eAkte verschoben.")


def _taken(share: DavShare, listed: Listed) -> AuditRecord:
    document = listed.document
    return AuditRecord(
        action="records.document.original_taken",
        actor_id=share.user_id,
        on_behalf_of_id=represented_in(share.user, document),
        object_type=document._meta.label_lower,
        object_id=document.pk,
        object_uuid=document.uuid,
        channel=CHANNEL,
    )


class NewFile(scratch.ScratchFile):
    """A file laid into a matter: empty it is a name only, with content it becomes a document."""

    incoming: IncomingFile | None = None

    def begin_write(self, *, content_type: Any = None) -> IncomingFile:  # type: ignore[override]
        """Raises DAVError 403 where nothing may be filed."""
        self.provider.require_filing()
        self.incoming = IncomingFile(self.name)
        return self.incoming

    def end_write(self, *, with_errors: bool) -> None:
        """File it like an upload in the browser. Raises DAVError 422 for what is not taken."""
        if self.incoming is None:
            return
        upload, self.incoming = self.incoming.upload, None
        with upload:
            if with_errors or upload.size == 0:
                return
            with refusals_answered():
                self._file(upload)

    def _file(self, upload: TemporaryUploadedFile) -> None:
        share = self.provider.share
        matter = share.matter
        wish = UploadWish(
            file=upload,
            title=Path(self.name).stem,
            matter=matter,
            matter_title="",
            document_type=None,
            direction=Direction.INTERNAL,
            received_on=None,
            letter_date=None,
        )
        once = hashlib.sha256(f"{share.uuid}{self.path}".encode()).hexdigest()
        with transaction.atomic():
            document = uploads.file_upload(share.user, matter.case_file, wish, once)
            take_for_new(share, self.get_ref_url().removeprefix(self.provider.share_path), document)
        Path(self._file_path).unlink(missing_ok=True)


class ShareRoot(scratch.ScratchFolder):
    """The share itself: documents beside the scratch area; no folders can be made here."""

    def get_display_name(self) -> str:
        """What the share is of."""
        return str(self.provider.share.matter or self.provider.share.document)

    def get_member_names(self) -> list[str]:
        """Documents, and what lies in the scratch area unless only programs want to see it."""
        lying = [name for name in super().get_member_names() if not scratch.is_temporary(name)]
        return [*self.provider.documents, *(n for n in lying if n not in self.provider.documents)]

    def create_empty_resource(self, name: str) -> Any:
        """A name for a lock file or a coming document. Raises DAVError 403."""
        if not scratch.is_temporary(name):
            self.provider.require_filing()
        return super().create_empty_resource(name)

    def create_collection(self, name: str) -> None:
        """Raises DAVError 403: matters are made in the eAkte."""
        raise DAVError(HTTP_FORBIDDEN, "Vorgänge und Registerblätter legt man in der eAkte an.")

    def handle_delete(self) -> bool:
        """Raises DAVError 403."""
        raise DAVError(HTTP_FORBIDDEN)

    def handle_copy(self, dest_path: str, *, depth_infinity: bool) -> bool:
        """Raises DAVError 403."""
        raise DAVError(HTTP_FORBIDDEN)

    def handle_move(self, dest_path: str) -> bool:
        """Raises DAVError 403."""
        raise DAVError(HTTP_FORBIDDEN)
