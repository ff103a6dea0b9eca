"""Mapping kept entries anew: after a correction of the mapping, filed documents follow it.

The delivered entries lie beside every version (component "gelieferter Index"), those of later
metadata changes with their items; played again in order they give the document's metadata.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from goettingen_ecm.operations.refusals import Refusal
from integrations.choices import Outcome
from integrations.formats.filing import Filing, MappingFault
from integrations.formats.reader import to_record
from integrations.formats.record import Action
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline.connectors import connectors
from integrations.pipeline.decisions import metadata_of
from integrations.pipeline.known import Known, document_types
from records.choices import ComponentKind, ExternalKeyKind
from records.models import Component, Document, ExternalKey, SpecialistSystem
from records.services import documents as document_service
from records.services.actor import connector
from records.services.blobs import read_small

BATCH = 200
VERB = "integrations.reproject"


@dataclass(slots=True)
class Reprojected:
    """What became of the documents; ``refused`` holds (document id, reason in German)."""

    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def reproject_delivery(delivery: Delivery) -> Reprojected:
    """Map the documents a delivery brought anew."""
    ids = delivery.items.filter(document__isnull=False).order_by("position")
    return reproject_documents(ids.values_list("document_id", flat=True).iterator())


def reproject_documents(document_ids: Iterable[int]) -> Reprojected:
    """Map documents of specialist systems anew; what is unknown or filed by hand is left alone.

    A document that refuses the change (closed file, cancelled) is named, the others go on.
    """
    result = Reprojected()
    wanted = iter(document_ids)
    while batch := list(islice(wanted, BATCH)):
        for system, keys in _by_system(batch).items():
            values = _values(system, keys, result)
            _change(system, values, result)
    return result


def _by_system(document_ids: Sequence[int]) -> dict[SpecialistSystem, list[ExternalKey]]:
    """The keys under which the systems know the documents, by system."""
    found: dict[SpecialistSystem, list[ExternalKey]] = defaultdict(list)
    keys = ExternalKey.objects.filter(
        kind=ExternalKeyKind.DOCUMENT,
        document__in=document_ids,
        system__code__in=connectors.names(),
    )
    for key in keys.select_related("system", "document").order_by("document_id"):
        found[key.system].append(key)
    return found


def _values(
    system: SpecialistSystem, keys: Sequence[ExternalKey], result: Reprojected
) -> dict[int, dict[str, Any]]:
    """The metadata each document should have, without those that have it already."""
    known = Known(types=document_types(system))
    entries = _entries([key.document_id for key in keys if key.document_id])
    wanted: dict[int, dict[str, Any]] = {}
    for key in keys:
        document = key.document
        if document is None:
            continue
        try:
            values = _merged(system, key.mandant, entries[document.pk], known)
        except MappingFault as fault:
            result.refused.append((document.pk, str(fault)))
            continue
        if _differs(document, values):
            wanted[document.pk] = values
        else:
            result.unchanged += 1
    return wanted


def _entries(document_ids: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Delivered entries by document: those of the versions, then later changes of metadata."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    components = Component.objects.filter(
        kind=ComponentKind.INDEX, version__document__in=document_ids
    ).select_related("version", "blob__content")
    for component in components.order_by("version__document_id", "version__number"):
        found[component.version.document_id].append(json.loads(read_small(component.blob)))
    changes = DeliveryItem.objects.filter(
        document__in=document_ids, action=Action.METADATA.value, outcome=Outcome.FILED
    )
    for document, raw in changes.order_by("id").values_list("document_id", "raw"):
        if document is not None and isinstance(raw, dict):
            found[document].append(raw)
    return found


def _merged(
    system: SpecialistSystem, mandant: str, entries: Sequence[dict[str, Any]], known: Known
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for filing in _filings(system, mandant, entries):
        values |= metadata_of(filing, known)
    return values


def _filings(
    system: SpecialistSystem, mandant: str, entries: Sequence[dict[str, Any]]
) -> Iterator[Filing]:
    mapping = connectors.get(system.code).filing_of
    return (mapping(to_record(entry), mandant) for entry in entries)


def _differs(document: Document, values: Mapping[str, Any]) -> bool:
    return any(getattr(document, name) != value for name, value in values.items())


def _change(
    system: SpecialistSystem, values: Mapping[int, dict[str, Any]], result: Reprojected
) -> None:
    """Change them together; when one refuses, halve until it is alone."""
    if not values:
        return
    try:
        document_service.change_metadata(values, connector(system, VERB))
    except Refusal as refusal:
        if len(values) == 1:
            result.refused.append((next(iter(values)), refusal.reason))
            return
        pairs = list(values.items())
        _change(system, dict(pairs[: len(pairs) // 2]), result)
        _change(system, dict(pairs[len(pairs) // 2 :]), result)
    else:
        result.changed += len(values)
