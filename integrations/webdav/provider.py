"""One request's view of a share for wsgidav: documents first, the scratch area beneath."""

from typing import Any
from urllib.parse import quote

from wsgidav.dav_error import HTTP_FORBIDDEN, DAVError
from wsgidav.fs_dav_provider import FilesystemProvider

from integrations.webdav import listing, scratch
from integrations.webdav.listing import Listed
from integrations.webdav.locks import DocumentsByPath, ShareLockManager, ShareLocks
from integrations.webdav.models import DavShare
from integrations.webdav.properties import ShareProperties
from integrations.webdav.resources import DocumentFile, NewFile, ShareRoot
from records import policies
from records.choices import MatterStatus
from records.models import Document


class ShareProvider(FilesystemProvider):  # type: ignore[misc]
    """Lives for one request: what it shows is what its person may see at this moment."""

    def __init__(self, share: DavShare, root: str) -> None:
        super().__init__(str(scratch.folder_of(share)), fs_opts={"follow_symlinks": False})
        self.verbose = 1
        self.share = share
        self.documents = listing.documents_of(share)
        self.set_share_path(root)
        self.set_lock_manager(ShareLockManager(ShareLocks(share, root, _Documents(self))))
        self.set_prop_manager(ShareProperties(share, root))

    @property
    def may_file(self) -> bool:
        """Whether a new file may become a document here, now."""
        matter = self.share.matter
        return (
            matter is not None
            and matter.status == MatterStatus.ACTIVE
            and policies.is_open(matter.case_file)
            and policies.can_file_documents(self.share.user, matter.case_file)
        )

    def require_filing(self) -> None:
        """Raises DAVError 403."""
        if not self.may_file:
            raise DAVError(HTTP_FORBIDDEN, "Hier dürfen Sie nichts ablegen.")

    def listed_again(self, document_id: int) -> Listed | None:
        """Read the documents anew after one was changed; that document, if it is still there."""
        self.documents = listing.documents_of(self.share)
        return next(
            (one for one in self.documents.values() if one.document.pk == document_id), None
        )

    def get_resource_inst(self, path: str, environ: dict[str, Any]) -> Any:
        """The document, scratch file or folder at an address of the share; None for nothing."""
        name = path.strip("/")
        if not name:
            return ShareRoot("/", environ, self.root_folder_path)
        if (listed := self.documents.get(name)) is not None:
            return DocumentFile(path, environ, self.share, listed)
        found = super().get_resource_inst(path, environ)
        if found is None:
            return None
        file_path = self._loc_to_file_path(path, environ)
        if found.is_collection:
            return scratch.ScratchFolder(path, environ, file_path)
        kind = scratch.ScratchFile if scratch.may_lie(path) else NewFile
        return kind(path, environ, file_path)


class _Documents(DocumentsByPath):
    def __init__(self, provider: ShareProvider) -> None:
        self.provider = provider

    @property
    def ids(self) -> list[int]:  # type: ignore[override]
        return [one.document.pk for one in self.provider.documents.values()]

    def at(self, path: str) -> Document | None:
        name = self.provider.ref_url_to_path(path).strip("/")
        listed = self.provider.documents.get(name)
        return listed.document if listed is not None else None

    def path_of(self, document_id: int) -> str | None:
        for one in self.provider.documents.values():
            if one.document.pk == document_id:
                return quote(f"{self.provider.share_path}/{one.name}")
        return None
