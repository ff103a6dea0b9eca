"""Filing what came in: one incoming document with all its files, in a file and matter (E1, E3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import ComponentKind, Direction, IncomingState, IncomingStepKind
from records.models import DocumentType, IncomingFile, IncomingItem, Matter
from records.services import uploads, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import (
    NewComponent,
    NewDocument,
    NewVersion,
    file_documents,
    lock_case_files,
)
from records.services.incoming import lock_items
from records.services.intake import remember_steps
from records.services.matters import NewMatter, open_matters
from records.services.move_checks import Place
from records.typed_text import clean_line


@dataclass(frozen=True, slots=True)
class FilingWish:
    """Where an item goes; without a matter in ``place`` a new one is opened (``matter_title``)."""

    place: Place
    title: str = ""
    matter_title: str = ""
    document_type: DocumentType | None = None
    letter_date: date | None = None


def file_items(
    wanted: Mapping[int, FilingWish], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[IncomingItem]:
    """File items by id, all or none; text and search follow in the worker.

    The day of receipt is the stamp's. Raises what ``lock_items`` and filing raise, InvalidInput.
    """
    with transaction.atomic():
        items = lock_items(list(wanted), actor, versions)
        lock_case_files([one.place.case_file.pk for one in wanted.values()])
        parts = _components(items)
        matters = _matters(items, wanted, actor)
        new = [_as_new(i, wanted[i.pk], matters[i.pk], parts[i.pk]) for i in items]
        documents = file_documents(new, actor)
        for item, document in zip(items, documents, strict=True):
            item.state, item.document = IncomingState.FILED, document
        writing.update(items, ["state", "document"], actor)
        remember_steps(items, IncomingStepKind.FILED, actor)
        record_changes("records.incoming.filed", items, actor)
        filed = {"documents": [one.pk for one in documents]}
        outbox.publish(uploads.TOPIC, [filed], actor.operation)
    return items


def _components(items: Sequence[IncomingItem]) -> Mapping[int, list[NewComponent]]:
    """The files as delivered; one query."""
    found: dict[int, list[NewComponent]] = {item.pk: [] for item in items}
    rows = IncomingFile.objects.filter(item__in=items).select_related("blob")
    for one in rows.order_by("item_id", "position"):
        part = NewComponent(ComponentKind(one.kind), one.blob, one.file_name)
        found[one.item_id].append(part)
    return found


def _matters(
    items: Sequence[IncomingItem], wanted: Mapping[int, FilingWish], actor: Actor
) -> dict[int, Matter]:
    """The chosen matters, and new ones where none was chosen, by item id."""
    found = {}
    for item in items:
        place = wanted[item.pk].place
        if place.matter is not None and place.matter.case_file_id != place.case_file.pk:
            raise InvalidInput(_("Der Vorgang gehört zu einer anderen Akte."), field="matter")
        if place.matter is not None:
            found[item.pk] = place.matter
    without = [item for item in items if item.pk not in found]
    opened = [NewMatter(wanted[i.pk].place.case_file, _matter_title(i, wanted)) for i in without]
    made = open_matters(opened, actor) if opened else []
    return found | {item.pk: one for item, one in zip(without, made, strict=True)}


def _matter_title(item: IncomingItem, wanted: Mapping[int, FilingWish]) -> str:
    wish = wanted[item.pk]
    return clean_line(wish.matter_title) or clean_line(wish.title) or item.subject


def _as_new(
    item: IncomingItem, wish: FilingWish, matter: Matter, parts: Sequence[NewComponent]
) -> NewDocument:
    return NewDocument(
        matter=matter,
        title=clean_line(wish.title) or item.subject,
        direction=Direction.INCOMING,
        content=NewVersion(parts),
        document_type=wish.document_type,
        letter_date=wish.letter_date,
        received_on=clock.local_day(item.received_at),
    )
