"""Where a document was copied from and to, as far as the person sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from goettingen_ecm.access.principals import Person, rights_of
from records.models import Document, DocumentCopy
from records.selectors.case_files import SHOWN_STATES, lacks

# Before sight is asked, and shown: a document copied into a thousand files is a mistake.
READ, SHOWN = 200, 10
COLUMNS = ("uuid", "title", "scope", "status", "case_file__aktenzeichen", "case_file__scope")


@dataclass(frozen=True, slots=True)
class Copies:
    """The visible origin, if any, and the visible copies in the order they were made."""

    origin: Document | None
    copies: Sequence[Document]


def copies_of(user: Person, document: Document) -> Copies:
    """In one query, none where there are none; what the person does not see is not there."""
    if lacks(document, "has_copies"):
        return Copies(None, [])
    rows = DocumentCopy.objects.filter(Q(copy=document.pk) | Q(origin=document.pk))
    ends = ("copy__case_file", "origin__case_file")
    columns = [f"{end}__{name}" for end in ("copy", "origin") for name in COLUMNS]
    seen = set(rights_of(user).scope_ids)
    origin, copies = None, []
    for one in rows.select_related(*ends).only(*columns).order_by("pk")[:READ]:
        other = one.origin if one.copy_id == document.pk else one.copy
        visible = {other.scope_id, other.case_file.scope_id} <= seen
        if visible and other.status in SHOWN_STATES:
            if one.copy_id == document.pk:
                origin = other
            else:
                copies.append(other)
    return Copies(origin, copies[:SHOWN])
