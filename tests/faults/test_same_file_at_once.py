"""Two sessions at the same new file and the same new person: the second waits and finds them."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from integrations.choices import Stage
from integrations.demo.city import build_city
from integrations.models import DeliveryItem
from integrations.pipeline import checking, filing, leases, runner
from integrations.pipeline.leases import Batch
from records.models import CaseFile, Document, Matter, Participation, Party
from tests.integrations.pipeline.deliveries import DeliveryBuilder, document

pytestmark = pytest.mark.faults

WAIT_SECONDS = 1.0
PERSON = {"rolle": "Antragstellerin", "name": "Muster", "geburtsdatum": "1950-02-03"}


@pytest.fixture(params=["F-1 F-2 F-1 F-3", "F-1 F-2 F-3 F-4"], ids=["same file", "same person"])
def two_batches(
    committed_db: str, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> list[Batch]:
    """Two entries and two more, checked; all of one person, in the same or in different files."""
    settings.DROP_DIR, settings.BLOB_DIR = tmp_path / "drop", tmp_path / "blobs"
    settings.IMPORT_BATCH = 2
    build_city()
    # The unit's scope exists already: two sessions that make it would wait for each other, too.
    before = DeliveryBuilder(settings.DROP_DIR, "davor")
    before.add("D-davor", case="F-0")
    before.write()
    runner.receive()
    runner.work(30)
    night = DeliveryBuilder(settings.DROP_DIR, "nacht")
    for number, case in enumerate(request.param.split()):
        letter = document(f"Bescheid {number}", personen=[PERSON])
        night.add(f"D-{number}", case=case, dokument=letter)
    night.write()
    runner.receive()
    batches = [leases.claim(Stage.RECEIVED), leases.claim(Stage.RECEIVED)]
    return [checking.check(batch) for batch in batches if batch is not None]


def test_second_session_waits_for_the_first(
    two_batches: list[Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    about_to_commit, may_commit = threading.Event(), threading.Event()

    def pause(point: str) -> None:
        if point == "file_before_commit" and not about_to_commit.is_set():
            about_to_commit.set()
            may_commit.wait(30)

    monkeypatch.setattr(filing, "reach", pause)
    first = threading.Thread(target=_file, args=(two_batches[0],))
    second = threading.Thread(target=_file, args=(two_batches[1],))
    first.start()
    assert about_to_commit.wait(30)
    second.start()
    second.join(WAIT_SECONDS)
    assert second.is_alive(), "the second session did not wait"
    may_commit.set()
    first.join(30)
    second.join(30)

    assert Document.objects.count() == 1 + 4
    files = CaseFile.objects.count()
    assert files == Matter.objects.count() == 1 + Participation.objects.count()
    assert Party.objects.filter(name="Muster").count() == 1
    open_items = DeliveryItem.objects.filter(delivery__name="nacht")
    assert set(open_items.values_list("stage", flat=True)) == {Stage.FILED}


def _file(batch: Batch) -> None:
    try:
        filing.file_items(batch)
    finally:
        connection.close()
