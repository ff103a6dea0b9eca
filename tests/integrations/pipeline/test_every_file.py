"""Every file of the public test sets goes through the pipeline: kept byte for byte, explained."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from integrations.choices import Outcome
from integrations.models import DeliveryItem
from integrations.selectors import delivery_sum
from records import blob_store
from records.models import Component, Document
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder
from tests.personas import CLERK_SOCIAL

FOLDERS = ("pdf", "office", "mail", "forms", "scans", "einvoice")
# What the reader must say about a file it does not show.
EXPLAINED = {"encrypted", "broken", "bomb", "empty", "crashed", "timeout", "too_large"}
PAGES_LOOKED_AT = 25


def real_files(folder: Path) -> list[Path]:
    found = [p for name in FOLDERS for p in sorted((folder / name).rglob("*")) if p.is_file()]
    return [p for p in found if p.name != "passwords.json"]


@pytest.mark.django_db
def test_every_real_file_is_filed_untouched_and_explained(
    quick_city: None,
    test_data: Path,
    delivery_in: Callable[[str], DeliveryBuilder],
    client_of: Callable[[str], Client],
) -> None:
    files = real_files(test_data)
    builder = delivery_in("alles")
    for number, path in enumerate(files):
        _add(builder, number, path)
    builder.write()
    run_pipeline()

    found = delivery_sum(only_delivery())
    clearing = DeliveryItem.objects.filter(outcome=Outcome.CLEARING)
    assert (found.total, found.filed + found.duplicates) == (len(files), len(files)), [
        (item.object_key, item.clearing_case.explanation) for item in clearing
    ]
    _require_kept(files)
    _require_explained(client_of(CLERK_SOCIAL))


def _add(builder: DeliveryBuilder, number: int, path: Path) -> None:
    data = path.read_bytes()
    name = f"{number:04d}-{path.name}"
    builder.files[name] = data
    announced = {
        "name": name,
        "mime": "application/octet-stream",
        "sha256": hashlib.sha256(data).hexdigest(),
        "groesse": len(data),
        "rolle": "haupt",
    }
    builder.add(f"O-{number}", dateien=[announced])


def _require_kept(files: list[Path]) -> None:
    kept = {
        bytes(sha) for sha in Component.objects.values_list("blob__sha256", flat=True).distinct()
    }
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).digest()
        assert digest in kept, path.name
        assert blob_store.path_of(digest).read_bytes() == path.read_bytes(), path.name


def _require_explained(client: Client) -> None:
    """The reader opens for troubled files and says what is the matter."""
    troubled = Document.objects.filter(problem__in=EXPLAINED).order_by("pk")[:PAGES_LOOKED_AT]
    assert troubled
    for document in troubled:
        answer = client.get(f"/dokument/{document.uuid}/")
        assert answer.status_code == 200
        assert "liegt unverändert in der Akte" in answer.content.decode()
