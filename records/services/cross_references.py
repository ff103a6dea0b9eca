"""Querverweise between files, matters and documents: adding, removing, putting back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import DocumentStatus, ReferenceKind
from records.models import CaseFile, CrossReference, Document, Matter
from records.services import documents, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.typed_text import clean_line

Thing = CaseFile | Matter | Document
NOTE_CHARS = 300
# Neither end is before the other: once is enough, whoever entered it.
MUTUAL = (ReferenceKind.SEE_ALSO,)
ENDS = ("file", "matter", "document")


@dataclass(frozen=True, slots=True)
class NewReference:
    """``kind`` reads from the source: source "gehört zu" target."""

    source: Thing
    target: Thing
    kind: ReferenceKind
    note: str = ""


def end_of(thing: Thing) -> str:
    """``file``, ``matter`` or ``document``: what the columns are called."""
    return {CaseFile: "file", Matter: "matter", Document: "document"}[type(thing)]


def file_of(thing: Thing) -> CaseFile:
    """The file it is or lies in."""
    return thing if isinstance(thing, CaseFile) else thing.case_file


def source_of(reference: CrossReference) -> Thing:
    """Where it was entered."""
    return _end(reference, "source")


def target_of(reference: CrossReference) -> Thing:
    """Where it leads."""
    return _end(reference, "target")


def _end(reference: CrossReference, side: str) -> Thing:
    found: list[Thing | None] = [getattr(reference, f"{side}_{end}") for end in ENDS]
    return next(one for one in found if one is not None)


def add_references(wanted: Sequence[NewReference], actor: Actor) -> list[CrossReference]:
    """Refer from what the actor may change to anything the actor sees.

    Raises InvalidInput (to itself, not visible, note too long), IllegalState (there already), and
    what filing into the source's file raises.
    """
    with transaction.atomic():
        _lock([(one.source, one.target) for one in wanted], actor)
        for one in wanted:
            _require_possible(one, actor)
        made = writing.create([_draft(one, actor) for one in wanted], actor)
        record_changes("records.cross_reference.added", made, actor)
    return made


def remove_references(ids: Sequence[int], actor: Actor) -> list[CrossReference]:
    """Take references away; they stay as evidence. Raises what filing raises."""
    with transaction.atomic():
        rows = _locked(ids, actor)
        standing = [one for one in rows if one.removed_at is None]
        for one in standing:
            one.removed_at = clock.now()
        writing.update(standing, ["removed_at"], actor)
        record_changes("records.cross_reference.removed", standing, actor)
    return rows


def restore_references(ids: Sequence[int], actor: Actor) -> list[CrossReference]:
    """Put removed ones back. Raises IllegalState when there is one again, and as filing does."""
    with transaction.atomic():
        rows = _locked(ids, actor)
        removed = [one for one in rows if one.removed_at is not None]
        for one in removed:
            _require_new(source_of(one), target_of(one), ReferenceKind(one.kind))
            one.removed_at = None
        writing.update(removed, ["removed_at"], actor)
        record_changes("records.cross_reference.restored", removed, actor)
    return rows


def _lock(ends: Sequence[tuple[Thing, Thing]], actor: Actor) -> None:
    """Lock the files of both ends in key order; only the sources' files are changed."""
    both = {file_of(thing).pk for pair in ends for thing in pair}
    files = documents.lock_case_files(list(both))
    for source, _target in ends:
        if (refusal := documents.filing_refusal(files[file_of(source).pk], actor)) is not None:
            raise refusal
        if isinstance(source, Matter):
            documents.require_sight([source], actor)
        if isinstance(source, Document):
            documents.require_sight([source], actor)


def _locked(ids: Sequence[int], actor: Actor) -> list[CrossReference]:
    joined = [f"{side}_{end}" for side in ("source", "target") for end in ENDS]
    further = [f"{name}__case_file" for name in joined if not name.endswith("file")]
    named = CrossReference.objects.filter(pk__in=ids).select_related(*joined, *further)
    _lock([(source_of(one), target_of(one)) for one in named], actor)
    rows = CrossReference.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    return list(rows.select_related(*joined, *further).order_by("id"))


def _require_possible(one: NewReference, actor: Actor) -> None:
    if type(one.source) is type(one.target) and one.source.pk == one.target.pk:
        raise InvalidInput(_("Das ist der Gegenstand selbst."), field="target")
    if actor.user is not None and not _sees(actor, one.target):
        raise InvalidInput(_("Dazu wurde nichts gefunden."), field="target")
    if len(clean_line(one.note)) > NOTE_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": NOTE_CHARS}, field="note"
        )
    _require_new(one.source, one.target, one.kind)


def _sees(actor: Actor, thing: Thing) -> bool:
    seen = set(rights_of(actor.user).scope_ids) if actor.user else set()
    if isinstance(thing, Document) and thing.status == DocumentStatus.MISFILED:
        return False
    return thing.scope_id in seen and file_of(thing).scope_id in seen


def _require_new(source: Thing, target: Thing, kind: ReferenceKind) -> None:
    """The files of both are locked."""
    same = Q(**_columns(source, target))
    if kind in MUTUAL:
        same |= Q(**_columns(target, source))
    if CrossReference.objects.filter(same, kind=kind, removed_at=None).exists():
        raise IllegalState(_("Diesen Querverweis gibt es schon."))


def _columns(source: Thing, target: Thing) -> dict[str, Thing]:
    return {f"source_{end_of(source)}": source, f"target_{end_of(target)}": target}


def _draft(one: NewReference, actor: Actor) -> CrossReference:
    return CrossReference(
        **_columns(one.source, one.target),
        kind=one.kind,
        note=clean_line(one.note),
        created_at=clock.now(),
        created_by=actor.user,
    )
