"""A delivery goes through the whole pipeline: filed, found, answered."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrations.choices import DeliveryState, Outcome, Stage
from integrations.models import ClearingCase, DeliveredFile, Delivery, DeliveryItem
from integrations.selectors import delivery_sum
from records.choices import ComponentKind, DocumentStatus
from records.models import CaseFile, Component, Document, DocumentText, DocumentVersion, Matter
from records.services.blobs import read_small
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder, case_file, document

Builder = Callable[[str], DeliveryBuilder]


def receipt(drop: Path, name: str) -> dict[str, Any]:
    path = drop / "openprosoz" / "quittungen" / f"{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_documents_of_one_case_are_filed_into_one_file(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "Bewilligung der Grundsicherung", case="F-1")
    night.add("D-2", "Ablehnung", case="F-1")
    night.add("D-3", "Anhörung", case="F-2")
    night.write()
    run_pipeline()

    assert CaseFile.objects.count() == 2
    first = CaseFile.objects.get(aktenzeichen="50.10-F-1")
    assert first.documents.count() == 2
    assert first.circle == "sozial"
    assert Matter.objects.filter(case_file=first).count() == 1
    delivery = only_delivery()
    assert delivery.state == DeliveryState.DONE
    assert delivery_sum(delivery).text == "3 = 3 abgelegt"


def test_filed_items_keep_nothing_of_their_own(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    entry = night.add("D-1", "Text")
    night.write()
    run_pipeline()

    item = DeliveryItem.objects.get()
    assert (item.stage, item.outcome, item.raw) == (Stage.FINISHED, Outcome.FILED, None)
    assert not DeliveredFile.objects.exists()
    kept = Component.objects.get(kind=ComponentKind.INDEX)
    assert json.loads(read_small(kept.blob)) == entry
    assert kept.version.document == item.document


def test_text_is_read_and_searchable(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "Ihre Mitwirkung ist erforderlich")
    night.write()
    run_pipeline()

    found = Document.objects.get()
    assert found.indexed_at is not None
    assert found.mime_type == "text/plain"
    text = DocumentText.objects.get(document=found)
    assert "Mitwirkung" in text.text
    assert text.analyser_version > 0


def test_receipt_names_every_entry(quick_city: None, delivery_in: Builder, drop: Path) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.add("D-2", akte=case_file("F-2", oe="99"))
    night.write()
    run_pipeline()

    answer = receipt(drop, "nacht")
    filed, clearing = answer["eintraege"]
    item = DeliveryItem.objects.select_related("document__matter", "case_file").get(position=1)
    assert item.document is not None
    assert item.case_file is not None
    assert filed == {
        "nachrichtId": "nacht-1",
        "stelle": 1,
        "status": "abgelegt",
        "code": "0000000",
        "uuidAkte": str(item.case_file.uuid),
        "aktenzeichen": "50.10-F-1",
        "aufrufUrl": "http://localhost:8000/akte/aufruf?verfahren=openprosoz&schluessel=F-1",
        "uuidVorgang": str(item.document.matter.uuid),
        "uuidDokument": str(item.document.uuid),
    }
    assert (clearing["status"], clearing["code"]) == ("klaerungsfall", "0000003")
    assert "„99“" in clearing["text"]
    assert answer["summe"]["text"] == "2 = 1 abgelegt + 1 Klärungsfall"


def test_finished_folder_is_put_away(quick_city: None, delivery_in: Builder, drop: Path) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    folder = night.write()
    run_pipeline()

    assert not folder.exists()
    assert not folder.with_name("nacht.ok").exists()
    assert (drop / "openprosoz" / "erledigt" / "nacht" / "index.json").exists()
    assert only_delivery().folder == "openprosoz/erledigt/nacht"


def test_k1_same_delivery_twice_is_all_duplicates(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    for name in ("nacht", "nacht"):
        night = delivery_in(name)
        night.add("D-1")
        night.add("D-1", "neue Fassung", version="2", action="version")
        night.add("D-2", action="anlegen")
        night.add("D-2", action="metadaten", version="1", dokument=document("Neuer Betreff"))
        night.add("D-2", action="ungueltig", version="1")
        night.write()
        run_pipeline()

    assert Document.objects.count() == 2
    assert DocumentVersion.objects.count() == 3
    second = Delivery.objects.order_by("pk")[1]
    assert delivery_sum(second).text == "5 = 0 abgelegt + 5 Dubletten"
    assert (drop / "openprosoz" / "erledigt" / f"nacht.{second.pk}").is_dir()


def test_k5_verbs_version_metadata_withdraw(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "erste Fassung")
    night.add("D-1", "zweite Fassung", version="2", action="version")
    night.add(
        "D-1",
        action="metadaten",
        version="2",
        dokument=document("Berichtigt", eingang="2026-11-18"),
    )
    night.add("D-1", action="ungueltig", version="2")
    night.write()
    run_pipeline()

    found = Document.objects.get()
    assert (found.version_number, found.title) == (2, "Berichtigt")
    assert found.status == DocumentStatus.WITHDRAWN
    assert str(found.sort_date) == "2026-11-18"
    assert "zweite" in DocumentText.objects.get().text
    assert delivery_sum(only_delivery()).filed == 4


def test_k1_same_version_with_other_content_is_a_conflict(
    quick_city: None, delivery_in: Builder
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "so")
    night.add("D-1", "anders", dateien=[night.file("anders.txt", "anders")])
    night.write()
    run_pipeline()

    case = ClearingCase.objects.get()
    assert case.reason == "version_conflict"
    assert "eintraege[2].fremdVersion" in case.explanation
    assert DocumentVersion.objects.count() == 1


def test_k1_older_version_after_a_newer_one_is_a_conflict(
    quick_city: None, delivery_in: Builder
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "neu", version="10")
    night.add("D-1", "alt", version="9", action="version")
    night.write()
    run_pipeline()

    assert ClearingCase.objects.get().reason == "version_conflict"
    assert Document.objects.get().version_number == 1


@pytest.mark.parametrize("verb", ["zda", "zdaAufheben", "loeschantrag"])
def test_verbs_without_a_service_wait_as_clearing_cases(
    quick_city: None, delivery_in: Builder, verb: str
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", action=verb)
    night.write()
    run_pipeline()

    assert ClearingCase.objects.get().reason == "verb_not_available"
    assert DeliveryItem.objects.get().raw is not None
