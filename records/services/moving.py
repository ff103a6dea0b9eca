"""Moving documents into another file (Umprotokollieren): one or many, with the way back.

The document keeps its identity: address, versions, comments, foreign keys and follow-ups stay its
own, only file, matter, rights and search row change. ``DocumentMove`` keeps where it was.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from goettingen_ecm.access import principals
from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus
from records.models import (
    CaseFile,
    Document,
    DocumentMove,
    ExternalKey,
    Matter,
    RegisterPlacement,
    RegisterSection,
)
from records.search_index import index
from records.selectors.case_files import SHOWN_STATES
from records.services import locks, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.bulk_documents import CHANGED_SINCE, sees
from records.services.documents import lock_case_files, lock_for_change
from records.services.history_values import values_before
from records.services.matters import NewMatter, open_matters
from records.services.move_checks import Place, obstacles
from records.services.scoping import recompute

# The matter of documents for which none was chosen; the next ones find it again.
MATTER_TITLE = "Übernommene Dokumente"


def move_to_file(
    document_ids: Sequence[int],
    there: Place,
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
    loss_confirmed: bool = False,
) -> list[Document]:
    """Move all of them into another file or none; without a matter into one of its own.

    ``versions``: the ``row_version`` each form has shown. Raises LostUpdate, what
    ``move_checks.obstacles`` says, IllegalState (in work by another person: who and until when),
    InvalidInput (``loss_confirmed``) when the mover would not see a document any more.
    """
    _require_person(actor)
    with transaction.atomic():
        documents = _locked(document_ids, [there.case_file.pk], actor)
        for pk, document in documents.items():
            writing.require_version(document, (versions or {}).get(pk))
        there = _current(there)
        for refusal in obstacles(
            list(documents.values()), dict.fromkeys(documents, there), actor
        ).values():
            raise refusal
        matter = there.matter or matter_in(there.case_file, actor)
        write_move(list(documents.values()), dict.fromkeys(documents, matter), actor)
        _require_sight_after(document_ids, actor, loss_confirmed=loss_confirmed)
    return [documents[pk] for pk in document_ids]


def _require_person(actor: Actor) -> None:
    if actor.system is not None:
        raise Forbidden(
            _("%(name)s darf keine Dokumente verschieben.") % {"name": actor.system.name}
        )


def _locked(
    document_ids: Sequence[int], target_ids: Sequence[int], actor: Actor
) -> dict[int, Document]:
    """All files first, then the documents, with what the checks look at."""
    _lock_files(document_ids, target_ids)
    documents = lock_for_change(document_ids, actor)
    prefetch_related_objects(list(documents.values()), "matter", "document_type")
    return documents


def _lock_files(document_ids: Sequence[int], target_ids: Sequence[int]) -> None:
    """Sources and targets at once in key order, so that two moves never wait in a circle."""
    rows = Document.objects.filter(pk__in=document_ids).order_by()
    sources = rows.values_list("case_file_id", flat=True).distinct()
    lock_case_files([*sources, *target_ids])


def _current(there: Place) -> Place:
    """The place as it is under the lock."""
    case_file = CaseFile.objects.select_related("entry").get(pk=there.case_file.pk)
    matter = there.matter and Matter.objects.get(pk=there.matter.pk)
    return Place(case_file, matter)


def matter_in(case_file: CaseFile, actor: Actor) -> Matter:
    """The open matter of the file that takes documents without one; opened when it is missing."""
    rows = Matter.objects.filter(
        case_file=case_file, parent=None, title=MATTER_TITLE, status=CaseFileStatus.ACTIVE
    )
    seen = rights_of(actor.user).scope_ids if actor.user is not None else []
    found = next((one for one in rows.order_by("pk") if one.scope_id in seen), None)
    return found or open_matters([NewMatter(case_file, MATTER_TITLE)], actor)[0]


def write_move(
    documents: Sequence[Document],
    wanted: Mapping[int, Matter],
    actor: Actor,
    *,
    also: Sequence[str] = (),
) -> None:
    """Write the move of locked and checked documents into matters by document id.

    ``also``: further columns the caller has set.
    """
    if not documents:
        return
    ids = [one.pk for one in documents]
    placed = list(RegisterPlacement.objects.filter(document__in=ids))
    sections = {one.document_id: one.section_id for one in placed}
    moves = [_trace(d, wanted[d.pk], sections.get(d.pk), actor) for d in documents]
    for document in documents:
        matter = wanted[document.pk]
        document.case_file, document.matter = matter.case_file, matter
        document.scope_id, document.indexed_at = matter.scope_id, None
    columns = ["case_file", "matter", "scope", "indexed_at", *also]
    writing.update(documents, columns, actor)
    writing.create(moves, actor)
    writing.remove(placed, actor)
    _follow(documents, {one.pk: one for one in wanted.values()})
    record_changes(
        "records.document.moved_to_file", documents, actor, fields=["case_file", "matter"]
    )


def _trace(
    document: Document, matter: Matter, section_id: int | None, actor: Actor
) -> DocumentMove:
    return DocumentMove(
        document=document,
        source_file_id=document.case_file_id,
        source_matter_id=document.matter_id,
        source_section_id=section_id,
        target_file_id=matter.case_file_id,
        target_matter=matter,
        moved_at=clock.now(),
        operation_id=actor.operation.pk,
    )


def _follow(documents: Sequence[Document], matters: Mapping[int, Matter]) -> None:
    """Foreign keys, search rows and rights come along; the files have been worked on."""
    for matter in matters.values():
        inside = [one.pk for one in documents if one.matter_id == matter.pk]
        # A later version from the specialist system must find the document where it is now.
        ExternalKey.objects.filter(document__in=inside).update(
            case_file_id=matter.case_file_id, matter=matter
        )
    index.follow_documents([one.pk for one in documents])
    targets = {one.case_file_id for one in matters.values()}
    CaseFile.objects.filter(pk__in=targets).update(last_activity_at=clock.now())
    recompute(targets)


def _require_sight_after(
    document_ids: Sequence[int], actor: Actor, *, loss_confirmed: bool
) -> None:
    """Look again with the rights as they are now written."""
    moved = Document.objects.filter(pk__in=document_ids)
    if moved.filter(scope__allow=[]).exists():
        raise IllegalState(
            _("Dort sähe das Dokument niemand mehr."),
            next_step=_("Wählen Sie einen anderen Vorgang oder eine andere Akte."),
        )
    if actor.user is None or loss_confirmed:
        return
    # Computed anew: what is cached for the person belongs to the state before.
    seen = list(principals.compute(actor.user.pk).scope_ids)
    if moved.exclude(scope__any_of=seen, case_file__scope__any_of=seen).exists():
        raise InvalidInput(
            _("Sie sehen das Dokument danach nicht mehr. Bitte bestätigen Sie das."),
            field="loss_confirmed",
        )


def undo_move(operation_id: int, actor: Actor) -> list[Document]:
    """Bring back everything the operation has moved, into matter and register; all or none.

    Raises Forbidden for somebody else's operation, IllegalState when one was changed since, and
    the refusals of moving.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
    with transaction.atomic():
        moves = _moves_of(operation_id)
        documents = _locked(list(moves), [one.source_file_id for one in moves.values()], actor)
        if not moves or _changed_since(documents, operation_id):
            raise IllegalState(
                _("Das Dokument wurde inzwischen wieder geändert; es wurde nichts zurückgenommen."),
                next_step=_("Verschieben Sie es von Hand."),
            )
        places = _former_places(moves)
        for refusal in obstacles(
            list(documents.values()), places, actor, taking_back=True
        ).values():
            raise refusal
        _move_back(list(documents.values()), moves, places, actor)
    return list(documents.values())


def _moves_of(operation_id: int, ids: Sequence[int] | None = None) -> dict[int, DocumentMove]:
    rows = DocumentMove.objects.filter(operation_id=operation_id)
    if ids is not None:
        rows = rows.filter(document__in=ids)
    return {one.document_id: one for one in rows.order_by("document_id")}


def _changed_since(documents: Mapping[int, Document], operation_id: int) -> set[int]:
    before = values_before(Document, list(documents), operation_id)
    return {
        pk
        for pk, one in documents.items()
        if pk not in before or before[pk].left_version != one.row_version
    }


def _former_places(moves: Mapping[int, DocumentMove]) -> dict[int, Place]:
    files = CaseFile.objects.select_related("entry")
    of_files = files.in_bulk({one.source_file_id for one in moves.values()})
    rows = Matter.objects.select_related("case_file")
    matters = rows.in_bulk({one.source_matter_id for one in moves.values()})
    return {
        pk: Place(of_files[one.source_file_id], matters[one.source_matter_id])
        for pk, one in moves.items()
    }


def _move_back(
    documents: Sequence[Document],
    moves: Mapping[int, DocumentMove],
    places: Mapping[int, Place],
    actor: Actor,
) -> None:
    matters = {one.pk: places[one.pk].matter for one in documents}
    write_move(documents, {pk: one for pk, one in matters.items() if one is not None}, actor)
    put_into_registers(
        documents, {one.pk: moves[one.pk].source_section_id for one in documents}, actor
    )
    _require_sight_after([one.pk for one in documents], actor, loss_confirmed=False)


def put_into_registers(
    documents: Sequence[Document], wanted: Mapping[int, int | None], actor: Actor
) -> None:
    """Into the sections they stood in, by document id, as far as these still exist."""
    sections = RegisterSection.objects.in_bulk({one for one in wanted.values() if one is not None})
    placements = [
        RegisterPlacement(document=one, section=sections[section_id])
        for one in documents
        if (section_id := wanted.get(one.pk)) in sections
    ]
    writing.create(placements, actor)


def plan(document_ids: Sequence[int], there: Place, actor: Actor) -> dict[int, Result]:
    """What would become of each document if it were moved now; writes nothing (dry run)."""
    found = _rows(document_ids, actor)
    results = dict.fromkeys(document_ids, _invisible())
    wanted = dict.fromkeys(found, there)
    results |= _judged(found, wanted, actor)
    same = [pk for pk, one in found.items() if one.case_file_id == there.case_file.pk]
    return results | dict.fromkeys(same, UNCHANGED)


def _invisible() -> Result:
    return refused(_("Das Dokument ist nicht (mehr) sichtbar."))


def _rows(document_ids: Sequence[int], actor: Actor) -> dict[int, Document]:
    rows = Document.objects.filter(pk__in=document_ids, status__in=SHOWN_STATES)
    rows = rows.select_related("case_file__entry", "matter", "document_type")
    return {one.pk: one for one in rows.order_by("pk") if sees(actor, one)}


def _judged(
    found: Mapping[int, Document],
    wanted: Mapping[int, Place],
    actor: Actor,
    *,
    taking_back: bool = False,
) -> dict[int, Result]:
    why = obstacles(list(found.values()), wanted, actor, taking_back=taking_back)
    held = locks.locks_in_force(list(found.values()))
    results = dict.fromkeys(found, CHANGED)
    busy = refused(_("Jemand anderes hat das Dokument in Bearbeitung."))
    results |= {pk: busy for pk, lock in held.items() if lock.holder_id != actor.user_id}
    return results | {pk: refused(refusal.reason) for pk, refusal in why.items()}


def move_each(
    document_ids: Sequence[int], there: Place, actor: Actor, *, loss_confirmed: bool = False
) -> dict[int, Result]:
    """Move all that may be; the others answer why not. Raises as ``move_to_file`` for sight."""
    _require_person(actor)
    with transaction.atomic():
        _lock_files(document_ids, [there.case_file.pk])
        there = _current(there)
        results = plan(document_ids, there, actor)
        wanted = [pk for pk, result in results.items() if result == CHANGED]
        if wanted:
            move_to_file(wanted, there, actor, loss_confirmed=loss_confirmed)
    return results


def take_back(document_ids: Sequence[int], operation_id: int, actor: Actor) -> dict[int, Result]:
    """Bring back what the operation has moved, where nobody changed it since."""
    with transaction.atomic():
        moves = _moves_of(operation_id, document_ids)
        _lock_files(document_ids, [one.source_file_id for one in moves.values()])
        found = {pk: one for pk, one in _rows(document_ids, actor).items() if pk in moves}
        places = _former_places(moves)
        results = dict.fromkeys(document_ids, _invisible())
        results |= _judged(found, places, actor, taking_back=True)
        results |= dict.fromkeys(_changed_since(found, operation_id), refused(CHANGED_SINCE))
        back = [found[pk] for pk, result in results.items() if result == CHANGED]
        _move_back(back, moves, places, actor)
    return results
