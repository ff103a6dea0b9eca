"""Filing documents, new versions, metadata changes, withdrawal: one or a thousand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
    Refusal,
)
from records import policies
from records.choices import (
    CaseFileStatus,
    ComponentKind,
    Direction,
    DocumentStatus,
    ExternalKeyKind,
    MatterStatus,
)
from records.models import (
    Blob,
    CaseFile,
    Component,
    Document,
    DocumentType,
    DocumentVersion,
    ExternalKey,
    Matter,
)
from records.services import locks, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.document_types import require_allowed_types
from records.typed_text import clean_line


@dataclass(frozen=True, slots=True)
class NewComponent:
    """A file of a version: what it is, its bytes, the name it came with."""

    kind: ComponentKind
    blob: Blob
    file_name: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The content of a new Fassung; ``foreign_version`` is the specialist system's own count.

    ``base_number`` is the Fassung it was made from: refused when there is a newer one by now.
    """

    components: Sequence[NewComponent]
    foreign_version: str = ""
    comment: str = ""
    is_draft: bool = False
    base_number: int | None = None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to file; ``foreign_key`` is (mandant, object id)."""

    matter: Matter
    title: str
    direction: Direction
    content: NewVersion
    document_type: DocumentType | None = None
    letter_date: date | None = None
    received_on: date | None = None
    dispatched_on: date | None = None
    foreign_reference: str = ""
    is_final: bool = False
    foreign_key: tuple[str, str] | None = None


def filing_refusal(case_file: CaseFile, actor: Actor) -> Refusal | None:
    """Why the actor may not file into this case file now, or None."""
    if actor.user is not None and not policies.can_file_documents(actor.user, case_file):
        return Forbidden(
            "In dieser Akte dürfen Sie nichts ablegen.",
            next_step="Wenden Sie sich an die federführende Einheit.",
        )
    if actor.system is not None and not policies.connector_may_file(actor.system, case_file.entry):
        return Forbidden(f"{actor.system.name} darf in {case_file.aktenzeichen} nicht ablegen.")
    return closed_refusal(case_file)


def require_open(case_file: CaseFile) -> None:
    """Raises what ``closed_refusal`` says."""
    if (refusal := closed_refusal(case_file)) is not None:
        raise refusal


def closed_refusal(case_file: CaseFile) -> IllegalState | None:
    """Why nothing changes in a file that is z. d. A. or cancelled (requirements R1, W10); or None."""
    if policies.is_open(case_file):
        return None
    if case_file.status == CaseFileStatus.CANCELLED:
        return IllegalState(
            _("Die Akte %(number)s ist storniert.") % {"number": case_file.aktenzeichen},
            next_step=_("Wählen Sie eine andere Akte oder heben Sie zuerst das Storno auf."),
        )
    return IllegalState(
        f"Die Akte {case_file.aktenzeichen} ist abgeschlossen.",
        next_step="Die Registratur kann den Abschluss aufheben.",
    )


def lock_case_files(case_file_ids: Sequence[int]) -> dict[int, CaseFile]:
    """Lock case files in key order, so that two batches never wait in a circle."""
    locked = CaseFile.objects.select_for_update(of=("self",)).select_related("entry")
    return {f.pk: f for f in locked.filter(pk__in=set(case_file_ids)).order_by("id")}


def file_documents(wanted: Sequence[NewDocument], actor: Actor) -> list[Document]:
    """File documents with their first version.

    Raises the first item's refusal (see ``filing_refusal``), InvalidInput without a main file or
    with a type the plan does not allow.
    """
    with transaction.atomic():
        locked = lock_case_files([one.matter.case_file_id for one in wanted])
        for case_file in locked.values():
            if (refusal := filing_refusal(case_file, actor)) is not None:
                raise refusal
        typed = [(locked[one.matter.case_file_id], one.document_type) for one in wanted]
        require_allowed_types(typed, actor)
        matters = _current_matters(wanted, actor)
        documents = writing.create([_draft(one, matters[one.matter.pk]) for one in wanted], actor)
        _add_first_versions(wanted, documents, actor)
        _remember_keys(wanted, documents, actor)
        _touch(locked)
        record_changes("records.document.filed", documents, actor)
    return documents


def _current_matters(wanted: Sequence[NewDocument], actor: Actor) -> dict[int, Matter]:
    """The matters as they are under the files' lock: their rights may have been narrowed since."""
    matters = Matter.objects.in_bulk([one.matter.pk for one in wanted])
    require_sight(list(matters.values()), actor)
    for matter in matters.values():
        require_open_matter(matter)
    return matters


def require_open_matter(matter: Matter) -> None:
    """Raises IllegalState for a matter that is z. d. A. (requirements R1)."""
    if matter.status != MatterStatus.ACTIVE:
        advice = _("Wählen Sie einen Vorgang in Bearbeitung oder legen Sie einen neuen an.")
        if matter.status == MatterStatus.CANCELLED:
            advice = _("Wählen Sie einen anderen Vorgang oder heben Sie zuerst sein Storno auf.")
        raise IllegalState(
            _("Der Vorgang „%(title)s“ ist %(state)s.")
            % {"title": matter.title, "state": matter.get_status_display()},
            next_step=advice,
        )


def require_open_matters(documents: Iterable[Document]) -> None:
    """Raises IllegalState when one of the documents lies in a matter that is z. d. A."""
    closed = Matter.objects.exclude(status=CaseFileStatus.ACTIVE)
    for matter in closed.filter(pk__in={d.matter_id for d in documents}).order_by("id")[:1]:
        require_open_matter(matter)


def require_sight(objects: Sequence[Matter] | Sequence[Document], actor: Actor) -> None:
    """Matters and documents may be narrower than their file."""
    if actor.user is None:
        return
    seen = set(rights_of(actor.user).scope_ids)
    if any(one.scope_id not in seen for one in objects):
        raise Forbidden("Diesen Teil der Akte dürfen Sie nicht bearbeiten.")


def _draft(one: NewDocument, matter: Matter) -> Document:
    now = clock.now()
    main = _main_blob(one.content)
    return Document(
        case_file_id=matter.case_file_id,
        matter=matter,
        title=clean_line(one.title)[:500] or clean_line(main.file_name),
        direction=one.direction,
        document_type=one.document_type,
        letter_date=one.letter_date,
        received_on=one.received_on,
        dispatched_on=one.dispatched_on,
        filed_at=now,
        sort_date=one.received_on or one.letter_date or clock.today(),
        foreign_reference=one.foreign_reference[:120],
        is_final=one.is_final,
        mime_type=main.blob.mime_type,
        page_count=main.blob.page_count,
        problem=main.blob.problem,
        scope_id=matter.scope_id,
    )


def _main_blob(content: NewVersion) -> NewComponent:
    for component in content.components:
        if component.kind == ComponentKind.MAIN:
            return component
    raise InvalidInput("Es fehlt die Hauptdatei.", field="dateien")


def _add_first_versions(
    wanted: Sequence[NewDocument], documents: Sequence[Document], actor: Actor
) -> None:
    contents = [one.content for one in wanted]
    _write_versions(list(zip(documents, contents, strict=True)), actor)


def _write_versions(pairs: Sequence[tuple[Document, NewVersion]], actor: Actor) -> None:
    now = clock.now()
    versions = DocumentVersion.objects.bulk_create(
        DocumentVersion(
            document=document,
            number=document.version_number,
            foreign_version=content.foreign_version[:80],
            created_at=now,
            created_by_id=actor.user_id,
            created_by_system=actor.system_code,
            comment=content.comment[:300],
            is_draft=content.is_draft,
            operation_id=actor.operation.pk,
        )
        for document, content in pairs
    )
    Component.objects.bulk_create(
        Component(
            version=version,
            position=position,
            kind=component.kind,
            blob=component.blob,
            file_name=clean_line(component.file_name)[:255],
        )
        for version, (_document, content) in zip(versions, pairs, strict=True)
        for position, component in enumerate(content.components)
    )


def _remember_keys(
    wanted: Sequence[NewDocument], documents: Sequence[Document], actor: Actor
) -> None:
    ExternalKey.objects.bulk_create(
        ExternalKey(
            system=actor.system,
            mandant=one.foreign_key[0],
            kind=ExternalKeyKind.DOCUMENT,
            value=one.foreign_key[1],
            case_file_id=document.case_file_id,
            matter_id=document.matter_id,
            document=document,
        )
        for one, document in zip(wanted, documents, strict=True)
        if one.foreign_key and actor.system
    )


def _touch(case_files: Mapping[int, CaseFile]) -> None:
    CaseFile.objects.filter(pk__in=case_files).update(last_activity_at=clock.now())


def lock_documents(document_ids: Sequence[int]) -> dict[int, Document]:
    """Lock documents in key order (their case files first: ``lock_case_files``)."""
    locked = Document.objects.select_for_update(of=("self",))
    return {d.pk: d for d in locked.filter(pk__in=set(document_ids)).order_by("id")}


def lock_for_change(
    document_ids: Sequence[int], actor: Actor, *, despite_locks: bool = False
) -> dict[int, Document]:
    """Lock case files and documents the actor may change, by document id.

    Raises what ``filing_refusal`` says, Forbidden (part of the file not visible), IllegalState
    (in work by another person, unless ``despite_locks``).
    """
    rows = Document.objects.filter(pk__in=document_ids).values_list("case_file_id", flat=True)
    locked = lock_case_files(list(rows))
    for case_file in locked.values():
        if (refusal := filing_refusal(case_file, actor)) is not None:
            raise refusal
    _touch(locked)
    documents = lock_documents(document_ids)
    for document in documents.values():
        if document.case_file_id not in locked:
            raise LostUpdate(_("Ein Dokument wurde soeben in eine andere Akte gelegt."))
        document.case_file = locked[document.case_file_id]
    require_sight(list(documents.values()), actor)
    require_open_matters(documents.values())
    if not despite_locks:
        locks.require_free(list(documents.values()), actor)
    return documents


def add_versions(wanted: Sequence[tuple[int, NewVersion]], actor: Actor) -> list[Document]:
    """A new Fassung for each document id; the old ones stay as they are.

    Raises IllegalState for cancelled or misfiled documents, Forbidden/IllegalState for the file.
    One document may appear once.
    """
    with transaction.atomic():
        documents = lock_for_change([pk for pk, _content in wanted], actor)
        pairs = [(documents[pk], content) for pk, content in wanted]
        for document, content in pairs:
            require_changeable(document, actor)
            _require_base(document, content)
            main = _main_blob(content).blob
            document.version_number += 1
            document.mime_type, document.page_count = main.mime_type, main.page_count
            document.problem, document.indexed_at = main.problem, None
            if document.status in (DocumentStatus.VALID, DocumentStatus.DRAFT):
                draft = content.is_draft
                document.status = DocumentStatus.DRAFT if draft else DocumentStatus.VALID
        fields = ["version_number", "mime_type", "page_count", "problem", "indexed_at", "status"]
        writing.update(list(documents.values()), fields, actor)
        _write_versions(pairs, actor)
        record_changes("records.document.version_added", list(documents.values()), actor)
    return [documents[pk] for pk, _content in wanted]


def _require_base(document: Document, content: NewVersion) -> None:
    if content.base_number not in (None, document.version_number):
        raise LostUpdate(
            _("Inzwischen gibt es die Fassung %(n)s dieses Dokuments.")
            % {"n": document.version_number},
            next_step=_("Sehen Sie sie an, bevor Sie eine weitere ablegen."),
        )


def require_changeable(document: Document, actor: Actor) -> None:
    """Raises what ``change_refusal`` says."""
    refusal = change_refusal(document, by_person=actor.user is not None)
    if refusal is not None:
        raise refusal


def change_refusal(document: Document, *, by_person: bool) -> IllegalState | None:
    """Why a document stays as it is: cancelled, misfiled, for persons also final; or None."""
    if document.is_final and by_person:
        return IllegalState(
            _("„%(title)s“ ist endgültig und bleibt unverändert.") % {"title": document.title},
            next_step=_("Änderungen kommen aus dem Fachverfahren."),
        )
    if document.status in (
        DocumentStatus.CANCELLED,
        DocumentStatus.MISFILED,
        DocumentStatus.DELETED,
    ):
        return IllegalState(
            f"„{document.title}“ ist {document.get_status_display()} und bleibt unverändert.",
            next_step=next_step_of(document),
        )
    return None


def next_step_of(document: Document) -> str:
    """What can be done about a document that stays as it is."""
    if document.status == DocumentStatus.CANCELLED:
        return _("Heben Sie zuerst das Storno auf.")
    return ""


METADATA = (
    "title",
    "direction",
    "document_type",
    "letter_date",
    "received_on",
    "dispatched_on",
    "foreign_reference",
)


def change_metadata(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Document]:
    """Set metadata of documents by id; only ``METADATA`` fields, only what really differs.

    ``versions``: the ``row_version`` each form has shown. Raises InvalidInput for other fields,
    LostUpdate, what ``lock_for_change`` and ``require_changeable`` raise. The search row follows (``indexed_at`` is cleared).
    """
    with transaction.atomic():
        documents = lock_for_change(list(wanted), actor)
        changed: dict[str, list[Document]] = {}
        for pk, values in wanted.items():
            require_changeable(documents[pk], actor)
            writing.require_version(documents[pk], (versions or {}).get(pk))
            for name in _apply(documents[pk], values):
                changed.setdefault(name, []).append(documents[pk])
        typed = [(d.case_file, d.document_type) for d in changed.get("document_type", [])]
        require_allowed_types(typed, actor)
        touched = {d.pk: d for group in changed.values() for d in group}
        _write_metadata(list(touched.values()), sorted(changed), actor)
    return [documents[pk] for pk in wanted]


def _apply(document: Document, values: Mapping[str, Any]) -> list[str]:
    unknown = set(values) - set(METADATA)
    if unknown:
        raise InvalidInput("Diese Angabe lässt sich nicht ändern.", field=sorted(unknown)[0])
    names = [name for name, value in values.items() if stored(document, name) != key_of(value)]
    for name in names:
        setattr(document, name, values[name])
    filed = clock.local_day(document.filed_at)
    document.sort_date = document.received_on or document.letter_date or filed
    return names


def stored(document: Document, name: str) -> Any:
    """What the row holds: of a Dokumenttyp its key, which no query has to be asked for."""
    return getattr(document, Document._meta.get_field(name).attname)  # type: ignore[union-attr]


def key_of(value: Any) -> Any:
    """A value as ``stored`` returns it."""
    return value.pk if isinstance(value, DocumentType) else value


def _write_metadata(documents: Sequence[Document], names: Sequence[str], actor: Actor) -> None:
    if not documents:
        return
    for document in documents:
        document.indexed_at = None
    writing.update(documents, [*names, "sort_date", "indexed_at"], actor)
    record_changes("records.document.changed", documents, actor, fields=names)


def withdraw_documents(document_ids: Sequence[int], actor: Actor) -> list[Document]:
    """The specialist system declares documents invalid (K5): marked, never removed."""
    with transaction.atomic():
        documents = lock_for_change(document_ids, actor)
        changed = [d for d in documents.values() if d.status == DocumentStatus.VALID]
        for document in changed:
            document.status = DocumentStatus.WITHDRAWN
        writing.update(changed, ["status"], actor)
        record_changes("records.document.withdrawn", changed, actor, fields=["status"])
    return [documents[pk] for pk in document_ids]
