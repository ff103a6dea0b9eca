"""Telephone and file notes: a document of its own and a follow-up, filed in one step."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden
from records.choices import ComponentKind, Direction, NoteKind
from records.follow_ups import DOCUMENT, document_target
from records.models import Blob, CaseFile, Document, DocumentType, Matter
from records.services import blobs, documents, texts, uploads
from records.services.actor import Actor, person
from records.services.cancelling import cancel_documents
from records.services.matters import NewMatter, open_matters
from records.services.note_sheets import NoteText, note_sheet
from workflows.models import FollowUp
from workflows.querysets import in_the_list_of
from workflows.services.follow_ups import NewFollowUp, complete_follow_ups, create_follow_ups

TYPE_CODE = "vermerk"
TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class NoteWish:
    """What the form says; without ``matter`` one for notes is opened."""

    text: NoteText
    matter: Matter | None
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """The filed document, and its follow-up if one was wished for."""

    document: Document
    follow_up: FollowUp | None


def write_note(user: User, case_file: CaseFile, wish: NoteWish, key: str) -> WrittenNote:
    """File the note as PDF/A with its follow-up, both or none; search follows in the worker.

    The same wish with the same ``key`` (double click) returns the first one's document. Raises what
    ``filing_refusal`` says, IllegalState (matter closed, store full), InvalidInput (the plan takes
    no notes; day of the follow-up, field ``wished_on``).
    """
    _require_filing(case_file, user)
    title = wish.matter.title if wish.matter else _notes_title()
    sheet = note_sheet(case_file, title, wish.text, user)
    file = SimpleUploadedFile(_file_name(wish.text), sheet, "application/pdf")
    with uploads.examined(file) as (staged, inspection), transaction.atomic():
        actor = person(user, "records.note", key=_once(user, case_file, wish, key))
        if (first := _written(actor)) is not None:
            return first
        blob = blobs.store_staged([staged])[staged.sha256]
        texts.remember([(blob, inspection)])
        matter = wish.matter or _matter_for_notes(case_file, actor)
        [filed] = documents.file_documents([_document(wish.text, matter, blob)], actor)
        follow_up = _laid_before_again(filed, wish.again_on, user, actor)
        outbox.publish(uploads.TOPIC, [{"documents": [filed.pk]}], actor.operation)
    return WrittenNote(filed, follow_up)


def _require_filing(case_file: CaseFile, user: User) -> None:
    """Before a sheet is set; asked again under the file's lock when it is filed."""
    asking = Actor(Operation(), user=user)
    if (refusal := documents.filing_refusal(case_file, asking)) is not None:
        raise refusal


def _once(user: User, case_file: CaseFile, wish: NoteWish, key: str) -> str:
    matter = wish.matter.pk if wish.matter else None
    whole = repr((user.pk, case_file.pk, key, matter, str(wish.again_on), wish.text))
    return f"note:{hashlib.sha256(whole.encode()).hexdigest()}"


def _written(actor: Actor) -> WrittenNote | None:
    filed = Document.objects.filter(versions__operation_id=actor.operation.pk).first()
    return WrittenNote(filed, _follow_ups_of(filed).first()) if filed else None


def _follow_ups_of(document: Document) -> "QuerySet[FollowUp]":
    return FollowUp.objects.filter(object_type=DOCUMENT, object_id=document.pk)


def _notes_title() -> str:
    return _("Vermerke")


def _matter_for_notes(case_file: CaseFile, actor: Actor) -> Matter:
    return open_matters([NewMatter(case_file, _notes_title())], actor)[0]


def _file_name(text: NoteText) -> str:
    return f"{NoteKind(text.kind).label} {clock.today().isoformat()}.pdf"


def _document(text: NoteText, matter: Matter, blob: Blob) -> documents.NewDocument:
    part = documents.NewComponent(ComponentKind.MAIN, blob, _file_name(text))
    return documents.NewDocument(
        matter=matter,
        title=note_title(text),
        direction=Direction.INTERNAL,
        content=documents.NewVersion([part]),
        document_type=note_type(),
        letter_date=clock.today(),
    )


def note_title(text: NoteText) -> str:
    """The kind, with whom, and how the subject begins."""
    first = Truncator(text.subject.splitlines()[0]).chars(TITLE_CHARS)
    said = ", ".join(part for part in (text.with_whom, first) if part)
    return f"{NoteKind(text.kind).label}: {said}"


def note_type() -> DocumentType:
    """The type of all notes; made with the first one where nobody defined it."""
    found, _created = DocumentType.objects.get_or_create(
        code=TYPE_CODE, defaults={"name": _("Vermerk")}
    )
    return found


def _laid_before_again(
    document: Document, day: date | None, user: User, actor: Actor
) -> FollowUp | None:
    if day is None:
        return None
    wanted = NewFollowUp(document_target(document), day, document.title)
    return create_follow_ups([wanted], actor=user, operation=actor.operation)[0]


def take_back_notes(notes: Sequence[Document], user: User) -> None:
    """Cancel (Storno) notes the person has written; their open follow-ups are done with.

    Raises Forbidden for somebody else's note and what cancelling raises.
    """
    ids = [one.pk for one in notes]
    own = Document.objects.filter(
        pk__in=ids,
        document_type__code=TYPE_CODE,
        versions__number=1,
        versions__created_by_id=user.pk,
    )
    if own.count() != len(set(ids)):
        raise Forbidden(_("Zurücknehmen kann einen Vermerk nur, wer ihn geschrieben hat."))
    actor = person(user, "records.note.take_back", reason=_("Vermerk zurückgenommen"))
    with transaction.atomic():
        cancel_documents(ids, actor)
        waiting = in_the_list_of(user).filter(object_type=DOCUMENT, object_id__in=ids, done_at=None)
        complete_follow_ups(list(waiting), actor=user, operation=actor.operation)
