"""Comments and page marks: written, answered, changed, resolved, deleted, each with a way back.

They stand beside the record and change nothing in it: whoever sees the document may comment, also
in a closed file. Those for the team are in the audit; a private one concerns its author alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CommentAudience
from records.models import Comment, Component, Document, DocumentVersion
from records.models.comment import TEXT_CHARS
from records.selectors.case_files import documents_shown
from records.selectors.documents import READABLE, viewed_blob
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes

# What was deleted longer ago than any "Rückgängig" is offered goes for good.
KEPT_AFTER_DELETION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Region:
    """A place on a page of a part: fractions of its width and height; a point has no size."""

    part: int
    page: int
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment to write on a Fassung (the current one by default)."""

    document: Document
    text: str
    audience: CommentAudience
    region: Region | None = None
    version_number: int | None = None


def add_comments(wanted: Sequence[NewComment], actor: Actor) -> list[Comment]:
    """Write comments. Raises Forbidden (document not visible), InvalidInput (text, place)."""
    user = _person(actor)
    texts = [_checked(one.text) for one in wanted]
    _require_sight([one.document for one in wanted], user)
    with transaction.atomic():
        versions = _versions(wanted)
        drafts = [_draft(*row, user) for row in zip(wanted, texts, versions, strict=True)]
        made = Comment.objects.bulk_create(drafts)
        _record("records.comment.added", made, actor)
    return made


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Forbidden(_("Kommentare schreiben nur Personen."))
    return actor.user


def _checked(text: str) -> str:
    typed = text.strip()
    if not typed:
        raise InvalidInput(_("Bitte schreiben Sie einen Text."), field="text")
    if len(typed) > TEXT_CHARS:
        raise InvalidInput(
            _("Ein Kommentar hat höchstens %(n)s Zeichen.") % {"n": TEXT_CHARS}, field="text"
        )
    return typed


def _require_sight(documents: Iterable[Document], user: User) -> None:
    ids = {one.pk for one in documents}
    seen = documents_shown(user).filter(
        pk__in=ids, case_file__scope__any_of=rights_of(user).scope_ids
    )
    if seen.count() != len(ids):
        raise Forbidden(_("Dieses Dokument dürfen Sie nicht sehen."))


def _versions(wanted: Sequence[NewComment]) -> list[DocumentVersion]:
    """The Fassung of each comment; its place must be there."""
    rows = DocumentVersion.objects.filter(document__in={one.document.pk for one in wanted})
    known = {(one.document_id, one.number): one for one in rows}
    found = []
    for one in wanted:
        number = one.version_number or one.document.version_number
        version = known.get((one.document.pk, number))
        if version is None:
            raise InvalidInput(_("Diese Fassung gibt es nicht."))
        found.append(version)
    _require_pages([(v, w.region) for v, w in zip(found, wanted, strict=True) if w.region])
    return found


def _require_pages(marked: Sequence[tuple[DocumentVersion, Region]]) -> None:
    versions = {version.pk for version, _region in marked}
    rows = Component.objects.filter(version__in=versions, kind__in=READABLE)
    parts = {
        (one.version_id, one.position): viewed_blob(one).page_count or 0
        for one in rows.select_related("blob__rendition__pdf")
    }
    for version, region in marked:
        if not 1 <= region.page <= parts.get((version.pk, region.part), 0):
            raise InvalidInput(_("Diese Seite gibt es nicht."), field="page")
        if not _lies_on_page(region):
            raise InvalidInput(_("Die Stelle liegt nicht auf der Seite."), field="page")


def _lies_on_page(region: Region) -> bool:
    # Rounded fractions may add up to a hair more than the whole page.
    edges = (region.x, region.y, region.x + region.width, region.y + region.height)
    sizes = (region.width, region.height)
    return all(0 <= one <= 1.0005 for one in edges) and all(0 <= one <= 1 for one in sizes)


def _draft(one: NewComment, text: str, version: DocumentVersion, user: User) -> Comment:
    region: dict[str, Any] = {}
    if one.region is not None:
        names = ("part", "page", "x", "y", "width", "height")
        region = {name: getattr(one.region, name) for name in names}
    return Comment(
        document=one.document,
        version=version,
        author=user,
        audience=one.audience,
        text=text,
        created_at=clock.now(),
        **region,
    )


def add_replies(wanted: Sequence[tuple[Comment, str]], actor: Actor) -> list[Comment]:
    """Answer comments of the team, one level deep; everybody who sees them reads the answer.

    Raises Forbidden (not visible), IllegalState (private, or an answer itself), InvalidInput.
    """
    user = _person(actor)
    texts = [_checked(text) for _parent, text in wanted]
    with transaction.atomic():
        parents = _locked([parent.pk for parent, _text in wanted], user)
        if any(p.audience != CommentAudience.TEAM or p.parent_id for p in parents.values()):
            raise IllegalState(_("Darauf kann man nicht antworten."))
        made = Comment.objects.bulk_create(
            _reply(parents[parent.pk], text, user)
            for (parent, _text), text in zip(wanted, texts, strict=True)
        )
        _record("records.comment.answered", made, actor)
    return made


def _reply(parent: Comment, text: str, user: User) -> Comment:
    return Comment(
        document_id=parent.document_id,
        version_id=parent.version_id,
        parent=parent,
        author=user,
        audience=CommentAudience.TEAM,
        text=text,
        created_at=clock.now(),
    )


def change_comments(
    wanted: Mapping[int, str], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[Comment]:
    """New texts of one's own comments, by id; ``versions``: what each form has shown.

    Raises Forbidden (not visible, somebody else's), LostUpdate, InvalidInput.
    """
    user = _person(actor)
    texts = {pk: _checked(text) for pk, text in wanted.items()}
    with transaction.atomic():
        rows = _own(_locked(list(wanted), user), user)
        for pk, one in rows.items():
            writing.require_version(one, (versions or {}).get(pk))
            if one.text != texts[pk]:
                one.text_before, one.text, one.changed_at = one.text, texts[pk], clock.now()
        _write(rows.values(), "text", "text_before", "changed_at")
        _record("records.comment.changed", rows.values(), actor)
    return list(rows.values())


def take_back_changes(ids: Sequence[int], actor: Actor) -> list[Comment]:
    """The text before the last change of one's own comments. Raises as changing does."""
    user = _person(actor)
    with transaction.atomic():
        rows = _own(_locked(ids, user), user)
        if any(not one.text_before for one in rows.values()):
            raise IllegalState(_("Es gibt keinen früheren Text."))
        for one in rows.values():
            one.text, one.text_before = one.text_before, one.text
        _write(rows.values(), "text", "text_before")
        _record("records.comment.changed", rows.values(), actor)
    return list(rows.values())


def withdraw_comments(ids: Sequence[int], actor: Actor) -> list[Comment]:
    """Delete one's own comments; they can be brought back for a while.

    Raises Forbidden (not visible, somebody else's), IllegalState (others have answered).
    """
    user = _person(actor)
    with transaction.atomic():
        rows = _own(_locked(ids, user), user)
        if Comment.objects.filter(parent__in=rows, withdrawn_at=None).exists():
            raise IllegalState(
                _("Auf diesen Kommentar wurde geantwortet; er bleibt stehen."),
                next_step=_("Haken Sie ihn als erledigt ab."),
            )
        for one in rows.values():
            one.withdrawn_at = clock.now()
        _write(rows.values(), "withdrawn_at")
        _record("records.comment.withdrawn", rows.values(), actor)
        long_gone = clock.now() - KEPT_AFTER_DELETION
        Comment.objects.filter(author=user, withdrawn_at__lt=long_gone).delete()
    return list(rows.values())


def restore_comments(ids: Sequence[int], actor: Actor) -> list[Comment]:
    """Bring back what one deleted. Raises Forbidden when it is gone, or the document is."""
    user = _person(actor)
    with transaction.atomic():
        gone = Comment.objects.select_for_update(of=("self",)).exclude(withdrawn_at=None)
        own = gone.filter(pk__in=ids, author=user).select_related("document")
        rows = {one.pk: one for one in own.order_by("pk")}
        if set(rows) != set(ids):
            raise Forbidden(_("Dieser Kommentar lässt sich nicht wiederherstellen."))
        _require_sight([one.document for one in rows.values()], user)
        for one in rows.values():
            one.withdrawn_at = None
        _write(rows.values(), "withdrawn_at")
        _record("records.comment.restored", rows.values(), actor)
    return list(rows.values())


def resolve_comments(ids: Sequence[int], actor: Actor, *, done: bool) -> list[Comment]:
    """Tick comments as done, or open them again: whoever sees them. Twice is once.

    Raises Forbidden (not visible), IllegalState (an answer has no tick of its own).
    """
    user = _person(actor)
    with transaction.atomic():
        rows = _locked(ids, user)
        if any(one.parent_id for one in rows.values()):
            raise IllegalState(_("Erledigt wird der Kommentar, nicht die Antwort."))
        turned = [one for one in rows.values() if (one.resolved_at is not None) != done]
        for one in turned:
            one.resolved_at, one.resolved_by = (clock.now(), user) if done else (None, None)
        _write(turned, "resolved_at", "resolved_by")
        _record(f"records.comment.{'resolved' if done else 'reopened'}", turned, actor)
    return list(rows.values())


def _locked(ids: Sequence[int], user: User) -> dict[int, Comment]:
    """The visible ones, locked in key order. Raises Forbidden when one is missing."""
    seen = Comment.objects.visible_to(user).filter(pk__in=ids).values("pk")
    rows = Comment.objects.select_for_update(of=("self",)).filter(pk__in=seen)
    found = {one.pk: one for one in rows.select_related("document__case_file").order_by("pk")}
    if set(found) != set(ids):
        raise Forbidden(_("Diesen Kommentar gibt es nicht mehr."))
    return found


def _own(rows: dict[int, Comment], user: User) -> dict[int, Comment]:
    if any(one.author_id != user.pk for one in rows.values()):
        raise Forbidden(
            _("Das ist der Kommentar einer anderen Person."),
            next_step=_("Sie können darauf antworten."),
        )
    return rows


def _write(rows: Iterable[Comment], *fields: str) -> None:
    touched = list(rows)
    for one in touched:
        one.row_version += 1
    Comment.objects.bulk_update(touched, [*fields, "row_version"], batch_size=1000)


def _record(action: str, comments: Iterable[Comment], actor: Actor) -> None:
    """Under the document, once; nothing about private ones."""
    told = {
        one.document_id: one.document for one in comments if one.audience == CommentAudience.TEAM
    }
    if told:
        record_changes(action, list(told.values()), actor)
