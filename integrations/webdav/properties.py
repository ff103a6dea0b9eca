"""Dead properties of editors (RFC 4918 section 4): kept with the share, told to nobody else."""

from typing import Any

from wsgidav.dav_error import HTTP_INSUFFICIENT_STORAGE, DAVError

from integrations.webdav.models import DavProperty, DavShare

MOST_PROPERTIES = 5000
LONGEST_VALUE = 20_000


class ShareProperties:
    """wsgidav's property manager on the table of properties; addresses begin with ``root``."""

    def __init__(self, share: DavShare, root: str) -> None:
        self.share, self.root = share, root
        # One request asks for the properties of every file it lists.
        self._known: dict[str, dict[str, str]] | None = None

    def _rows(self, url: str) -> Any:
        return DavProperty.objects.filter(share=self.share, path=self._inner(url))

    def _inner(self, url: str) -> str:
        return "/" + url.removeprefix(self.root).strip("/")[:999]

    def _of(self, url: str) -> dict[str, str]:
        if self._known is None:
            self._known = {}
            for row in DavProperty.objects.filter(share=self.share).order_by("id"):
                self._known.setdefault(row.path, {})[row.name] = row.value
        return self._known.get(self._inner(url), {})

    def get_properties(self, norm_url: str, environ: Any = None) -> list[str]:
        """The names set on an address."""
        return list(self._of(norm_url))

    def get_property(self, norm_url: str, name: str, environ: Any = None) -> str | None:
        """A value as its XML; None when it is not set."""
        return self._of(norm_url).get(name)

    def write_property(
        self,
        norm_url: str,
        name: str,
        property_value: Any,
        dry_run: bool = False,
        environ: Any = None,
    ) -> None:
        """Set a value. Raises DAVError 507 for what is too much."""
        value = (
            property_value.decode() if isinstance(property_value, bytes) else str(property_value)
        )
        many = DavProperty.objects.filter(share=self.share).count() >= MOST_PROPERTIES
        if many or len(value) > LONGEST_VALUE or len(name) > 300:
            raise DAVError(HTTP_INSUFFICIENT_STORAGE)
        self._known = None
        if not dry_run:
            DavProperty.objects.update_or_create(
                share=self.share, path=self._inner(norm_url), name=name, defaults={"value": value}
            )

    def remove_property(
        self, norm_url: str, name: str, dry_run: bool = False, environ: Any = None
    ) -> None:
        """Unset a value; one that is not set is no error."""
        self._known = None
        if not dry_run:
            self._rows(norm_url).filter(name=name).delete()

    def remove_properties(self, norm_url: str, environ: Any = None) -> None:
        """All of an address."""
        self._known = None
        self._rows(norm_url).delete()

    def copy_properties(self, src_url: str, dest_url: str, environ: Any = None) -> None:
        """The copy has what the source had."""
        self._known = None
        self._rows(dest_url).delete()
        DavProperty.objects.bulk_create(
            DavProperty(
                share=self.share, path=self._inner(dest_url), name=row.name, value=row.value
            )
            for row in self._rows(src_url)
        )

    def move_properties(
        self, src_url: str, dest_url: str, with_children: bool, environ: Any = None
    ) -> None:
        """They go with what is moved, and with all below it."""
        self._known = None
        source, target = self._inner(src_url), self._inner(dest_url)
        self._rows(dest_url).delete()
        rows = DavProperty.objects.filter(share=self.share, path__startswith=source)
        for row in rows:
            if row.path == source or (with_children and row.path.startswith(f"{source}/")):
                row.path = target + row.path.removeprefix(source)
                row.save(update_fields=["path"])
