"""The register of a matter (Registerblatt): ordered sections, documents assigned to them."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import Document, Matter, RegisterPlacement, RegisterSection
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.matter_changes import locked_matters
from records.typed_text import clean_line

MOST_SECTIONS = 100
TITLE_CHARS = 200


def write_register(matter: Matter, titles: Sequence[str], actor: Actor) -> list[RegisterSection]:
    """Give a matter these sections in this order; equal titles keep their documents.

    A section that is no longer named goes, its documents stay in the matter without a section.
    Raises InvalidInput (empty, too long, double or too many titles) and the refusals of
    ``locked_matters``.
    """
    wanted = _checked(titles)
    with transaction.atomic():
        locked = locked_matters([matter.pk], actor)[matter.pk]
        known = {s.title: s for s in locked.register_sections.select_for_update()}
        gone = [s for title, s in known.items() if title not in wanted]
        _drop(gone, actor)
        kept = [known[title] for title in wanted if title in known]
        moved = [s for s in kept if s.position != wanted.index(s.title) + 1]
        for section in moved:
            section.position = wanted.index(section.title) + 1
        writing.update(moved, ["position"], actor)
        new = [
            RegisterSection(matter=locked, position=number, title=title)
            for number, title in enumerate(wanted, start=1)
            if title not in known
        ]
        writing.create(new, actor)
        if not (gone or moved or new):
            return kept
        record_changes("records.matter.register_changed", [locked], actor, fields=["register"])
    return list(RegisterSection.objects.filter(matter=matter).order_by("position"))


def _checked(titles: Sequence[str]) -> list[str]:
    cleaned = [title for typed in titles if (title := clean_line(typed))]
    if len(cleaned) > MOST_SECTIONS:
        raise InvalidInput(f"Ein Register hat höchstens {MOST_SECTIONS} Blätter.", field="titles")
    if too_long := next((t for t in cleaned if len(t) > TITLE_CHARS), None):
        raise InvalidInput(
            f"„{too_long[:40]}…“ ist länger als {TITLE_CHARS} Zeichen.", field="titles"
        )
    if double := next((t for t in cleaned if cleaned.count(t) > 1), None):
        raise InvalidInput(f"„{double}“ steht zweimal im Register.", field="titles")
    return cleaned


def _drop(sections: Sequence[RegisterSection], actor: Actor) -> None:
    writing.remove(list(RegisterPlacement.objects.filter(section__in=sections)), actor)
    writing.remove(sections, actor)


def place_documents(matter: Matter, wanted: Mapping[int, int | None], actor: Actor) -> int:
    """Put documents (by id) of a matter into its sections (by id); None takes one out.

    Returns how many have another place now. Raises IllegalState for a document or section of another matter and the refusals of
    ``locked_matters``.
    """
    with transaction.atomic():
        locked = locked_matters([matter.pk], actor)[matter.pk]
        sections = set(locked.register_sections.values_list("pk", flat=True))
        inside = set(
            Document.objects.filter(matter=locked, pk__in=wanted).values_list("pk", flat=True)
        )
        if inside != set(wanted) or {s for s in wanted.values() if s is not None} - sections:
            raise IllegalState(
                "Ein Dokument oder Registerblatt gehört nicht mehr zu diesem Vorgang.",
                next_step="Laden Sie das Register neu.",
            )
        changed = _place(wanted, actor)
        if changed:
            record_changes("records.matter.register_changed", [locked], actor, fields=["register"])
    return changed


def _place(wanted: Mapping[int, int | None], actor: Actor) -> int:
    placed = RegisterPlacement.objects.filter(document__in=wanted).select_for_update()
    before = {one.document_id: one for one in placed}
    moved = {
        document: section
        for document, section in wanted.items()
        if section != (before[document].section_id if document in before else None)
    }
    writing.remove([before[document] for document in moved if document in before], actor)
    new = [
        RegisterPlacement(document_id=document, section_id=section)
        for document, section in moved.items()
        if section is not None
    ]
    writing.create(new, actor)
    return len(moved)
