"""Comments of a document as a page shows them: numbered threads, and their marks on its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from goettingen_ecm.access.principals import Person
from records.models import Comment, Document

MOST = 500


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its replies; ``number`` is that of its mark, 0 for those of other Fassungen."""

    comment: Comment
    number: int
    replies: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the Fassung shown, and what was said about others."""

    here: Sequence[Thread]
    elsewhere: Sequence[Thread]

    def marks_on(self, part: int, page: int) -> list[Thread]:
        """The threads whose mark lies on the page."""
        return [one for one in self.here if (one.comment.part, one.comment.page) == (part, page)]


def beside(user: Person, document: Document, number: int) -> Beside:
    """The comments the person reads on a visible document, in one query (at most ``MOST``)."""
    rows = Comment.objects.filter(document=document).readable_by(user)
    found = list(rows.select_related("author", "version", "resolved_by").order_by("pk")[:MOST])
    replies: dict[int, list[Comment]] = {}
    for one in found:
        if one.parent_id is not None:
            replies.setdefault(one.parent_id, []).append(one)
    heads = [one for one in found if one.parent_id is None]
    # In the order of the pages; what concerns the whole document first.
    here = sorted(
        (one for one in heads if one.version.number == number),
        key=lambda one: (one.part or 0, one.page or 0, one.y or 0.0, one.pk),
    )
    others = sorted(
        (one for one in heads if one.version.number != number),
        key=lambda one: (-one.version.number, one.pk),
    )
    return Beside(
        [Thread(one, n, replies.get(one.pk, [])) for n, one in enumerate(here, start=1)],
        [Thread(one, 0, replies.get(one.pk, [])) for one in others],
    )


def visible_comment(user: Person, uuid: UUID) -> Comment:
    """The comment of an address. Raises Http404 for missing and invisible alike."""
    rows = Comment.objects.visible_to(user).filter(uuid=uuid)
    found = rows.select_related("document__case_file", "version", "author", "parent").first()
    if found is None:
        raise Http404
    return found


def withdrawn_comment(user: Person, uuid: UUID) -> Comment:
    """One's own comment that was deleted a moment ago. Raises Http404."""
    rows = Comment.objects.filter(uuid=uuid, author=user.pk).exclude(withdrawn_at=None)
    found = rows.select_related("document__case_file", "version").first()
    if found is None:
        raise Http404
    return found
