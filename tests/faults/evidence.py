"""The proof that nothing was lost and nothing doubled: counted in the database and on disk."""

import hashlib
import json
from collections import Counter

from django.db import connection

from goettingen_ecm.audit.models import AuditEntry
from integrations.choices import DeliveryState
from integrations.models import DeliveredFile, Delivery
from integrations.selectors import DeliverySum, delivery_sum
from records import blob_store
from records.choices import ComponentKind
from records.models import CaseFile, Component, Document, DocumentText
from tests.integrations.pipeline.deliveries import DeliveryBuilder


def is_done(name: str) -> bool:
    """True when every delivery of this name is done."""
    states = set(Delivery.objects.filter(name=name).values_list("state", flat=True))
    return states == {DeliveryState.DONE}


def sum_of(name: str) -> DeliverySum:
    return delivery_sum(Delivery.objects.get(name=name))


def require_all_filed(made: DeliveryBuilder) -> None:
    """Each entry one document with text, search row, history and audit; each byte in the store."""
    count = len(made.entries)
    assert sum_of(made.name).text == f"{count} = {count} abgelegt"
    documents = Document.objects.filter(external_keys__value__startswith=f"{made.name}-D")
    ids = list(documents.values_list("id", flat=True))
    assert len(ids) == len(set(ids)) == count
    assert Document.objects.filter(title__contains=f" {made.name}-D").count() == count
    numbers = CaseFile.objects.filter(title__contains=f"({made.name}-F").values_list("aktenzeichen")
    assert len(numbers) == len({e["akte"]["schluessel"][0]["wert"] for e in made.entries})
    _require_stored(made, ids)
    _require_searchable(ids)
    _require_recorded(ids)
    _require_answered(made)


def _require_stored(made: DeliveryBuilder, ids: list[int]) -> None:
    components = Component.objects.filter(version__document__in=ids)
    assert Counter(components.values_list("kind", flat=True)) == {
        ComponentKind.MAIN: len(ids),
        ComponentKind.INDEX: len(ids),
    }
    main = components.filter(kind=ComponentKind.MAIN).values_list("blob__sha256", flat=True)
    stored = {bytes(sha256) for sha256 in main}
    for data in made.files.values():
        digest = hashlib.sha256(data).digest()
        assert digest in stored
        assert blob_store.path_of(digest).read_bytes() == data
    assert not DeliveredFile.objects.filter(item__delivery__name=made.name).exists()


def _require_searchable(ids: list[int]) -> None:
    assert not Document.objects.filter(pk__in=ids, indexed_at__isnull=True).exists()
    texts = DocumentText.objects.filter(document__in=ids, text__contains="Grundsicherung")
    assert texts.count() == len(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document_id FROM records_searchentry WHERE document_id = ANY(%s)", [ids]
        )
        assert sorted(pk for (pk,) in cursor.fetchall()) == sorted(ids)


def _require_recorded(ids: list[int]) -> None:
    history = Document.history.filter(id__in=ids).values_list("id", flat=True)
    assert sorted(history) == sorted(ids)
    filed = AuditEntry.objects.filter(action="records.document.filed", object_id__in=ids)
    assert Counter(filed.values_list("object_id", flat=True)) == Counter(ids)


def _require_answered(made: DeliveryBuilder) -> None:
    home = made.drop / made.system
    receipt = json.loads((home / "quittungen" / f"{made.name}.json").read_text())
    assert {one["status"] for one in receipt["eintraege"]} == {"abgelegt"}
    assert len(receipt["eintraege"]) == len(made.entries)
    assert not (home / made.name).exists()
    assert (home / "erledigt" / made.name / "index.json").exists()
