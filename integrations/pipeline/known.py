"""What the database already knows about a wave of items: keys, objects, versions, tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from integrations.formats.filing import Filing, ForeignKey
from integrations.formats.record import Action
from integrations.models import DeliveryItem
from integrations.pipeline.connectors import connectors
from records.choices import ComponentKind, ExternalKeyKind
from records.models import (
    CaseFile,
    Component,
    Document,
    DocumentType,
    DocumentVersion,
    ExternalKey,
    FilePlanEntry,
    Matter,
    SpecialistSystem,
)

Content = frozenset[tuple[str, bytes]]
"""What makes two versions equal: kind and hash of every delivered file."""


@dataclass(slots=True)
class Known:
    """Lookups of one wave, all made with a fixed number of queries."""

    case_files: dict[ForeignKey, CaseFile] = field(default_factory=dict)
    matters: dict[ForeignKey, Matter] = field(default_factory=dict)
    documents: dict[ForeignKey, Document] = field(default_factory=dict)
    versions: dict[int, dict[str, Content]] = field(default_factory=dict)
    entries: dict[str, FilePlanEntry] = field(default_factory=dict)
    units: dict[str, OrgUnit] = field(default_factory=dict)
    workers: dict[str, User] = field(default_factory=dict)
    types: dict[str, DocumentType] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    assigned_files: dict[int, CaseFile] = field(default_factory=dict)
    assigned_units: dict[int, OrgUnit] = field(default_factory=dict)
    assigned_entries: dict[int, FilePlanEntry] = field(default_factory=dict)


Pair = tuple[DeliveryItem, Filing]


def look_up(pairs: Sequence[Pair], system: SpecialistSystem) -> Known:
    """Everything the wave needs to know; to be called after its locks were taken."""
    known = Known()
    _foreign_keys(known, [filing for _item, filing in pairs], system)
    _versions(known)
    _assigned(known, [item.assigned for item, _filing in pairs])
    # Plan entry, unit and case worker matter where a file is opened or its master data change.
    targets = [
        f.case_file
        for _item, f in pairs
        if f.case_file is not None
        and (f.action is Action.METADATA or f.case_file.key not in known.case_files)
    ]
    if targets:
        known.entries = _plan_entries({one.entry_code for one in targets})
        known.units = _by_code({one.unit_code for one in targets})
        known.workers = _workers({one.case_worker for one in targets})
    known.types = document_types(system)
    known.orders = _orders_done(pairs, system)
    return known


def _foreign_keys(known: Known, filings: Sequence[Filing], system: SpecialistSystem) -> None:
    wanted = _wanted_keys(filings)
    clauses = Q(pk__in=[])
    for kind, keys in wanted.items():
        values = {value for _mandant, value in keys}
        clauses |= Q(kind=kind, mandant__in={m for m, _v in keys}, value__in=values)
    rows = list(ExternalKey.objects.filter(clauses, system=system))
    files = CaseFile.objects.select_related("entry").in_bulk({row.case_file_id for row in rows})
    matters = Matter.objects.in_bulk(
        {r.matter_id for r in rows if r.kind == ExternalKeyKind.MATTER}
    )
    documents = Document.objects.in_bulk([r.document_id for r in rows if r.document_id])
    for row in rows:
        key = (row.mandant, row.value)
        if row.kind == ExternalKeyKind.CASE_FILE:
            known.case_files[key] = files[row.case_file_id]
        elif row.kind == ExternalKeyKind.MATTER and row.matter_id:
            known.matters[key] = matters[row.matter_id]
        elif row.document_id:
            known.documents[key] = documents[row.document_id]
            documents[row.document_id].case_file = files[row.case_file_id]


def _wanted_keys(filings: Sequence[Filing]) -> Mapping[str, set[ForeignKey]]:
    wanted: dict[str, set[ForeignKey]] = defaultdict(set)
    for filing in filings:
        wanted[ExternalKeyKind.DOCUMENT].add(filing.document_key)
        if filing.case_file:
            wanted[ExternalKeyKind.CASE_FILE].add(filing.case_file.key)
        if filing.matter:
            wanted[ExternalKeyKind.MATTER].add(filing.matter.key)
    return wanted


def _versions(known: Known) -> None:
    """The contents of every foreign version of the found documents."""
    ids = [document.pk for document in known.documents.values()]
    if not ids:
        return
    versions = DocumentVersion.objects.filter(document__in=ids)
    contents: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    components = Component.objects.filter(version__document__in=ids).exclude(
        kind__in=[ComponentKind.INDEX, ComponentKind.RENDITION]
    )
    for version, kind, sha256 in components.values_list("version_id", "kind", "blob__sha256"):
        contents[version].add((kind, bytes(sha256)))
    for pk, document, foreign in versions.values_list("id", "document_id", "foreign_version"):
        known.versions.setdefault(document, {})[foreign] = frozenset(contents[pk])


def _assigned(known: Known, assigned: Sequence[Mapping[str, int]]) -> None:
    files = {one["case_file"] for one in assigned if "case_file" in one}
    units = {one["unit"] for one in assigned if "unit" in one}
    entries = {one["entry"] for one in assigned if "entry" in one}
    if files:
        known.assigned_files = CaseFile.objects.select_related("entry").in_bulk(files)
    if units:
        known.assigned_units = OrgUnit.objects.in_bulk(units)
    if entries:
        known.assigned_entries = FilePlanEntry.objects.in_bulk(entries)


def _plan_entries(codes: Iterable[str]) -> dict[str, FilePlanEntry]:
    """Entries of the plan in force; a retired one is replaced by its successor."""
    today = clock.today()
    rows = (
        FilePlanEntry.objects.filter(code__in=set(codes), plan__valid_from__lte=today)
        .filter(Q(plan__valid_until__isnull=True) | Q(plan__valid_until__gte=today))
        .order_by("plan__valid_from", "id")
        .select_related("successor")
    )
    return {e.code: e.successor if e.retired_on and e.successor else e for e in rows}


def _by_code(codes: Iterable[str]) -> dict[str, OrgUnit]:
    """Units of today; one that was merged into another is replaced by its successor."""
    rows = OrgUnit.objects.filter(code__in=set(codes)).select_related("successor")
    found = {unit.code: _of_today(unit) for unit in rows}
    return {code: unit for code, unit in found.items() if unit is not None}


def _of_today(unit: OrgUnit | None) -> OrgUnit | None:
    today = clock.today()
    while unit is not None and unit.valid_until is not None and unit.valid_until < today:
        unit = unit.successor
    return unit


def _workers(names: Iterable[str]) -> dict[str, User]:
    wanted = {name for name in names if name}
    rows = User.objects.filter(username__in=wanted, is_active=True, is_technical=False)
    return {user.username: user for user in rows}


def document_types(system: SpecialistSystem) -> dict[str, DocumentType]:
    """The connector's document types by code; missing ones are made."""
    names = connectors.get(system.code).document_types
    found = {one.code: one for one in DocumentType.objects.filter(code__in=list(names))}
    if len(found) < len(names):
        DocumentType.objects.bulk_create(
            [DocumentType(code=code, name=name) for code, name in names.items()],
            ignore_conflicts=True,
        )
        found = {one.code: one for one in DocumentType.objects.filter(code__in=list(names))}
    return found


def _orders_done(pairs: Sequence[Pair], system: SpecialistSystem) -> set[str]:
    """Messages of orders without files that were carried out before (K1)."""
    messages = {item.message_id for item, _filing in pairs if item.action in ORDERS}
    if not messages:
        return set()
    ids = [item.pk for item, _filing in pairs]
    done = DeliveryItem.objects.filter(
        message_id__in=messages, action__in=ORDERS, outcome="filed", delivery__system=system
    ).exclude(pk__in=ids)
    return set(done.values_list("message_id", flat=True))


ORDERS = ("metadaten", "ungueltig")
