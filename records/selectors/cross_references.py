"""Querverweise of a thing, both directions; what leads to something invisible is not there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.models import din5007_key
from records import policies
from records.choices import ReferenceKind
from records.models import CaseFile, CrossReference, Document, Matter
from records.selectors import search
from records.selectors.case_files import SHOWN_STATES, documents_shown, visible_case_file
from records.selectors.documents import visible_document
from records.selectors.file_numbers import case_file_by_number
from records.selectors.matters import visible_matter
from records.typed_text import clean_line

Thing = CaseFile | Matter | Document
SHOWN = 200
# Before sight is asked: hidden ones must not push visible ones out.
READ = 1000
OFFERED = 10
ADDRESS = re.compile(r"/(akte|vorgang|dokument)/([0-9a-fA-F-]{36})(?:/|$)")
SIDES = ("source", "target")
JOINED = tuple(
    f"{side}_{end}"
    for side in SIDES
    for end in ("file", "matter", "document", "matter__case_file", "document__case_file")
)
NAMES = ("uuid", "title", "scope")
FILE_NAMES = ("uuid", "aktenzeichen", "title", "scope", "lead_unit", "status")


IN_FILE = (*NAMES, "case_file", *(f"case_file__{name}" for name in FILE_NAMES))
ENDS = {"file": FILE_NAMES, "matter": IN_FILE, "document": (*IN_FILE, "status")}


@dataclass(frozen=True, slots=True)
class Listed:
    """A reference as one end shows it: in which words, to what, and whether it may go."""

    reference: CrossReference
    words: str
    other: Thing
    incoming: bool
    may_remove: bool


def references_of(user: Person, *things: Thing, matter: UUID | None = None) -> list[Listed]:
    """The references of visible things (at most 200), oldest first.

    ``matter``: those of the matter a page names, too, as far as it is visible. One query, and one
    for each kind of thing at their ends: all in one would join eleven tables and plan longer than
    it runs, also for the many files without any.
    """
    rows = CrossReference.objects.filter(
        _at("source", things, matter) | _at("target", things, matter), removed_at=None
    )
    found = []
    for one in _seen(user, rows):
        source, target = end_of(one, "source"), end_of(one, "target")
        own = source in things or (isinstance(source, Matter) and source.uuid == matter)
        words = words_of(ReferenceKind(one.kind), incoming=not own)
        may_remove = may_refer(user, _file_of(source))
        found.append(Listed(one, words, target if own else source, not own, may_remove))
    return found[:SHOWN]


def seen_references(user: Person, ids: Any) -> list[CrossReference]:
    """Those of the ids (at most 1,000), removed ones too, whose both ends the person sees."""
    return _seen(user, CrossReference.objects.filter(pk__in=ids))


def _seen(user: Person, rows: "QuerySet[CrossReference]") -> list[CrossReference]:
    seen = set(rights_of(user).scope_ids)
    return [
        one
        for one in _with_ends(list(rows.order_by("created_at", "pk")[:READ]))
        if all(_is_seen(end_of(one, side), seen) for side in SIDES)
    ]


def visible_reference(user: Person, uuid: UUID) -> CrossReference:
    """A reference, a removed one too, with both ends visible. Raises Http404 otherwise."""
    found = _rows().filter(uuid=uuid).first()
    seen = set(rights_of(user).scope_ids)
    if found is None or not all(_is_seen(end_of(found, side), seen) for side in SIDES):
        raise Http404
    return found


def words_of(kind: ReferenceKind, *, incoming: bool) -> str:
    """How the reference reads from its source, or from its target."""
    if not incoming or kind == ReferenceKind.SEE_ALSO:
        return str(kind.label)
    return _("dazu gehört") if kind == ReferenceKind.BELONGS_TO else _("Nachfolger")


def end_of(reference: CrossReference, side: str) -> Thing:
    """The file, matter or document at ``source`` or ``target``."""
    ends: list[Thing | None] = [getattr(reference, f"{side}_{e}") for e in ("file", "matter")]
    return next((one for one in ends if one), None) or getattr(reference, f"{side}_document")


def _rows() -> "QuerySet[CrossReference]":
    """With both ends and their files, as far as a line and the check of sight need them."""
    ends = [f"{side}_{end}" for side in SIDES for end in ("matter", "document")]
    files = [f"{one}__case_file" for one in ends] + [f"{side}_file" for side in SIDES]
    columns = [f"{one}__{name}" for one in ends for name in NAMES]
    columns += [f"{one}__{name}" for one in files for name in FILE_NAMES]
    columns += [f"{side}_document__status" for side in SIDES]
    rows = CrossReference.objects.select_related(*JOINED)
    return rows.only("uuid", "kind", "note", "created_at", "removed_at", *columns, *ends, *files)


def _with_ends(rows: Sequence[CrossReference]) -> Sequence[CrossReference]:
    """The same with the things at both ends, and the files they lie in."""
    for end, columns in ENDS.items():
        names = [f"{side}_{end}" for side in SIDES]
        ids = {getattr(one, f"{name}_id") for one in rows for name in names} - {None}
        things = _things(end, columns, ids) if ids else {}
        for one in rows:
            for name in names:
                setattr(one, name, things.get(getattr(one, f"{name}_id")))
    return rows


def _things(end: str, columns: Sequence[str], ids: Collection[int]) -> Mapping[int, Thing]:
    model = CrossReference._meta.get_field(f"source_{end}").related_model
    things: QuerySet[Any] = model._default_manager.only(*columns)  # type: ignore[union-attr]
    if end != "file":
        things = things.select_related("case_file")
    return things.in_bulk(ids)


def _at(side: str, things: Sequence[Thing], matter: UUID | None) -> Q:
    found = Q(**{f"{side}_matter__uuid": matter}) if matter else Q()
    for one in things:
        end = {CaseFile: "file", Matter: "matter", Document: "document"}[type(one)]
        found |= Q(**{f"{side}_{end}": one.pk})
    return found


def _file_of(thing: Thing) -> CaseFile:
    return thing if isinstance(thing, CaseFile) else thing.case_file


def _is_seen(thing: Thing, scope_ids: Collection[int]) -> bool:
    """The thing and its file; asked here, for ten joins with thousands of scopes plan slowly."""
    if isinstance(thing, Document) and thing.status not in SHOWN_STATES:
        return False
    return thing.scope_id in scope_ids and _file_of(thing).scope_id in scope_ids


def may_refer(user: Person, case_file: CaseFile) -> bool:
    """References are entered and removed by whoever may change the file they start from."""
    return policies.is_open(case_file) and policies.can_file_documents(user, case_file)


def thing_named(user: Person, text: str) -> Thing | None:
    """What a number, a document's id or a pasted link names, when the person sees it.

    A former number leads to the file, as everywhere. None for unknown and invisible alike.
    """
    typed = clean_line(text)
    try:
        if (found := ADDRESS.search(urlsplit(typed).path)) is not None:
            return _of_address(user, found[1], UUID(found[2]), typed)
    except ValueError:
        return None  # no address and no number: brackets of a host left open, dashes astray
    try:
        return _of_id(user, UUID(typed))
    except ValueError:
        return _of_number(user, typed)


def _of_address(user: Person, kind: str, uuid: UUID, typed: str) -> Thing | None:
    try:
        if kind == "dokument":
            return visible_document(user, uuid)
        if kind == "vorgang":
            return visible_matter(user, uuid)
        matter = parse_qs(urlsplit(typed).query).get("vorgang", [""])[0]
        return visible_matter(user, UUID(matter)) if matter else visible_case_file(user, uuid)
    except Http404:
        return None


def _of_id(user: Person, uuid: UUID) -> Thing | None:
    for kind in ("dokument", "akte", "vorgang"):
        if (found := _of_address(user, kind, uuid, "")) is not None:
            return found
    return None


def _of_number(user: Person, typed: str) -> CaseFile | None:
    try:
        number = case_file_by_number(user, typed)
    except Http404:
        return None
    return visible_case_file(user, number.uuid)


def things_like(user: Person, text: str) -> list[Thing]:
    """Visible files and documents for words: foreign keys, beginnings of titles, full text."""
    typed = clean_line(text)[:200]
    if not typed:
        return []
    result = search.search(user, typed)
    begins = CaseFile.objects.visible_to(user).filter(sort_key__startswith=din5007_key(typed))
    files = [*result.exact, *begins.order_by("sort_key", "pk")[:OFFERED]]
    pks = [hit.document.pk for hit in result.hits][:OFFERED]
    documents = documents_shown(user).filter(pk__in=pks).select_related("case_file")
    unique = list({one.pk: one for one in files}.values())[:OFFERED]
    return [*unique, *sorted(documents, key=lambda d: pks.index(d.pk))]
