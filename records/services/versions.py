"""New versions by hand: uploaded in the browser, or an older one restored (requirement W8)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import ComponentKind
from records.models import Component, Document, DocumentVersion
from records.services import blobs, check_outs, texts, uploads
from records.services.actor import Actor, person
from records.services.documents import NewComponent, NewVersion, add_versions
from records.services.uploads import UploadedFile


@dataclass(frozen=True, slots=True)
class VersionWish:
    """What the form says; ``base_number`` is the newest Fassung it has shown.

    ``keep_lock``: the acting person goes on working on the document.
    """

    file: UploadedFile
    comment: str
    base_number: int
    is_draft: bool = False
    keep_lock: bool = False


def upload_version(user: User, document: Document, wish: VersionWish, key: str) -> Document:
    """File an uploaded main file as a new Fassung; attachments stay, older ones stay as they are.

    The same file with the same ``key`` (double click) makes one. Raises InvalidInput for what is
    not taken, LostUpdate (a newer Fassung by now), IllegalState (in work by another person, final,
    file closed), Forbidden.
    """
    with uploads.examined(wish.file) as (staged, found), transaction.atomic():
        once = hashlib.sha256(repr((user.pk, document.pk, key, staged.sha256)).encode())
        actor = person(user, "records.version.upload", key=f"version:{once.hexdigest()}")
        if DocumentVersion.objects.filter(operation_id=actor.operation.pk).exists():
            return document
        blob = blobs.store_staged([staged])[staged.sha256]
        texts.remember([(blob, found)])
        name = Path(wish.file.name or "datei").name
        main = NewComponent(ComponentKind.MAIN, blob, name)
        parts = [main, *_attachments(document, wish.base_number)]
        content = NewVersion(
            parts, comment=wish.comment, is_draft=wish.is_draft, base_number=wish.base_number
        )
        return _add(document, content, actor, keep_lock=wish.keep_lock)


def _attachments(document: Document, number: int) -> list[NewComponent]:
    rows = _components(document, number)
    return [_same(one) for one in rows if one.kind == ComponentKind.ATTACHMENT]


def _components(document: Document, number: int) -> Sequence[Component]:
    rows = Component.objects.filter(version__document=document, version__number=number)
    return list(rows.select_related("blob").order_by("position"))


def _same(component: Component) -> NewComponent:
    return NewComponent(ComponentKind(component.kind), component.blob, component.file_name)


def _add(document: Document, content: NewVersion, actor: Actor, *, keep_lock: bool) -> Document:
    [changed] = add_versions([(document.pk, content)], actor)
    if not keep_lock:
        check_outs.end_own(document.pk, actor)
    outbox.publish(uploads.TOPIC, [{"documents": [document.pk]}], actor.operation)
    return changed


def restore_version(
    user: User, document: Document, number: int, base_number: int, key: str
) -> Document:
    """Make the content of Fassung ``number`` the newest one again; its bytes are shared.

    The newest one itself can be restored only if it is a draft: it becomes valid. Raises
    InvalidInput (no such Fassung), what ``upload_version`` raises.
    """
    with transaction.atomic():
        actor = person(user, "records.version.restore", key=f"restore:{document.pk}:{key}")
        if DocumentVersion.objects.filter(operation_id=actor.operation.pk).exists():
            return document
        version = document.versions.filter(number=number).first()
        if version is None:
            raise InvalidInput(_("Diese Fassung gibt es nicht."), field="number")
        _require_older(document, version)
        content = NewVersion(
            [_same(one) for one in _components(document, number)],
            comment=_("wiederhergestellt aus Fassung %(n)s") % {"n": number},
            base_number=base_number,
        )
        return _add(document, content, actor, keep_lock=True)


def _require_older(document: Document, version: DocumentVersion) -> None:
    newest = document.versions.order_by("-number").values_list("number", flat=True).first()
    if version.number == newest and not version.is_draft:
        raise IllegalState(
            _("Fassung %(n)s gilt schon.") % {"n": version.number},
            next_step=_("Wählen Sie eine ältere Fassung."),
        )
