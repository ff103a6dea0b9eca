"""Deliveries of the generator with every fault it knows, and the demo's story, through the house."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Q
from pytest_django.fixtures import Settings

from integrations.choices import Outcome
from integrations.demo.faults import Fault
from integrations.demo.generator import DeliveryPlan, write_delivery
from integrations.demo.story import write_story_delivery
from integrations.models import ClearingCase, DeliveryItem
from integrations.selectors import delivery_sum
from records.choices import TextState
from records.models import Blob, Document
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder
from tests.records.content.test_clamav import clamd

__all__ = ["clamd"]


def test_every_fault_ends_where_it_should(quick_city: None, drop: Path) -> None:
    wanted: dict[Fault, int] = {fault: 1 for fault in Fault if fault is not Fault.INDEX}
    plan = DeliveryPlan("fehler", 3, 14, seed=11, processes=1, faults=wanted)
    report = write_delivery(drop / "openprosoz", plan)
    run_pipeline()

    reasons = Counter(ClearingCase.objects.values_list("reason", flat=True))
    assert reasons == {"file_missing": 1, "hash_mismatch": 1, "file_surplus": 1, "crashed": 1}
    found = delivery_sum(only_delivery())
    assert found.total == report.entries + 1
    assert (found.duplicates, found.clearing, found.open) == (1, 4, 0)
    problems = set(Document.objects.exclude(problem="").values_list("problem", flat=True))
    assert problems == {"encrypted", "broken", "crashed"}


def test_file_that_crashes_its_reader_is_filed_and_explained(quick_city: None, drop: Path) -> None:
    plan = DeliveryPlan("absturz", 1, 3, seed=12, processes=1, faults={Fault.CRASH: 1})
    write_delivery(drop / "openprosoz", plan)
    run_pipeline()

    case = ClearingCase.objects.select_related("item__document").get()
    assert case.item.outcome == Outcome.CLEARING
    assert case.item.document is not None
    assert case.item.document.problem == "crashed"
    assert case.explanation.startswith("Datei „OP-0012-")
    assert Blob.objects.filter(text_state=TextState.FAILED).count() == 1


def test_the_demos_night(quick_city: None, drop: Path) -> None:
    """One clearing case: a unit nobody knows; everything else is filed and can be found."""
    write_story_delivery(drop / "openprosoz", processes=1)
    run_pipeline()

    found = delivery_sum(only_delivery())
    assert (found.clearing, found.open) == (1, 0)
    assert ClearingCase.objects.get().reason == "unknown_unit"
    filed = DeliveryItem.objects.filter(outcome=Outcome.FILED).count()
    unsearchable = Q(indexed_at__isnull=True) | Q(text__text="")
    assert Document.objects.exclude(unsearchable).count() == filed


@pytest.fixture
def scanner(clamd: tuple[str, str], settings: Settings) -> Iterator[None]:
    settings.CLAMD_URL = clamd[0]
    yield


def test_malware_is_kept_but_not_filed(quick_city: None, scanner: None, drop: Path) -> None:
    night = DeliveryBuilder(drop, "nacht")
    night.add("D-1", "harmlos")
    night.add("D-2", "ECM-TEST-VIRUS")
    night.write()
    run_pipeline()

    case = ClearingCase.objects.get()
    assert case.reason == "malware"
    assert "Datei „D-2_1.txt“: Der Virenscanner meldet „ECM.Test.Signature" in case.explanation
    assert delivery_sum(only_delivery()).text == "2 = 1 abgelegt + 1 Klärungsfall"
    assert case.item.stored_files.count() == 1


def test_absent_scanner_holds_nothing_up(quick_city: None, settings: Settings, drop: Path) -> None:
    settings.CLAMD_URL = "unix:///nonexistent/clamd.sock"
    night = DeliveryBuilder(drop, "nacht")
    night.add("D-1")
    night.write()
    run_pipeline()
    assert delivery_sum(only_delivery()).filed == 1
