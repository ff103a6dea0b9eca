"""When a folder counts as complete, and what happens to an index nobody can read."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.choices import DeliveryState
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline import folders, receiving, runner
from integrations.selectors import delivery_sum
from records.models import Document
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder
from tests.integrations.pipeline.test_import import receipt

Builder = Callable[[str], DeliveryBuilder]


def make_old(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (then, then))


def test_k2_folder_without_marker_waits(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    folder = night.write(marker=False)
    run_pipeline()
    assert not Delivery.objects.exists()
    folder.with_name("nacht.ok").touch()
    run_pipeline()
    assert Document.objects.count() == 1


def test_k2_renamed_folder_is_taken_after_a_quiet_minute(
    quick_city: None, delivery_in: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = delivery_in("nacht.tmp")
    night.add("D-1")
    folder = night.write(marker=False)
    make_old(folder, 3600)
    monkeypatch.setattr(folders, "QUIET_SECONDS", 0.3)
    run_pipeline()
    assert not Delivery.objects.exists()

    folder = folder.rename(folder.with_name("nacht"))
    run_pipeline()
    assert not Delivery.objects.exists()
    time.sleep(0.4)
    (folder / "dateien" / "noch.tmp").touch()
    run_pipeline()
    assert not Delivery.objects.exists()
    (folder / "dateien" / "noch.tmp").unlink()
    run_pipeline()
    assert Document.objects.count() == 1


def test_own_and_hidden_folders_are_no_deliveries(quick_city: None, drop: Path) -> None:
    for name in ("erledigt", "quittungen", "zurueckgewiesen", ".versteckt", "x.tmp"):
        (drop / "openprosoz" / name).mkdir(parents=True)
        (drop / "openprosoz" / f"{name}.ok").touch()
    run_pipeline()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "abgeschnitten"),
        (b'{"schemaVersion": "1.0", "verf', "abgeschnitten"),
        (b"\xff\xfe not json", "JSON"),
        (b'{"schemaVersion": "9.9", "eintraege": []}', "9.9"),
    ],
)
def test_unreadable_index_rejects_the_delivery(
    quick_city: None, delivery_in: Builder, drop: Path, content: bytes, said: str
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "bleibt liegen")
    folder = night.write()
    (folder / "index.json").write_bytes(content)
    run_pipeline()

    delivery = only_delivery()
    assert delivery.state == DeliveryState.REJECTED
    assert said in delivery.problem
    answer = receipt(drop, "nacht")
    assert answer["status"] == "zurueckgewiesen"
    assert answer["fehler"] == delivery.problem
    kept = drop / "openprosoz" / "zurueckgewiesen" / "nacht" / "dateien" / "D-1_1.txt"
    assert kept.read_text() == "bleibt liegen"


def test_missing_index_and_foreign_system(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    (drop / "openprosoz" / "leer").mkdir(parents=True)
    (drop / "openprosoz" / "leer.ok").touch()
    foreign = delivery_in("fremd")
    folder = foreign.write()
    index = foreign.index() | {"verfahren": "infoma"}
    (folder / "index.json").write_text(json.dumps(index))
    run_pipeline()
    problems = dict(Delivery.objects.values_list("name", "problem"))
    assert problems["leer"] == "Die Lieferung hat keine Datei index.json."
    assert "infoma" in problems["fremd"]


def test_corrected_delivery_of_the_same_name_is_taken(
    quick_city: None, delivery_in: Builder
) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    folder = night.write()
    (folder / "index.json").write_bytes(b"{")
    run_pipeline()
    night.write()
    run_pipeline()
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [
        DeliveryState.REJECTED,
        DeliveryState.DONE,
    ]


def test_empty_delivery_is_answered(quick_city: None, delivery_in: Builder, drop: Path) -> None:
    delivery_in("nacht").write()
    run_pipeline()
    assert delivery_sum(only_delivery()).text == "0 = 0 abgelegt"
    assert receipt(drop, "nacht")["eintraege"] == []


def test_interrupted_receiving_goes_on_where_it_stopped(
    quick_city: None, delivery_in: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "CHUNK", 3)
    night = delivery_in("nacht")
    for number in range(8):
        night.add(f"D-{number}")
    folder = night.write()
    (folder / "lose.txt").write_text("lose")

    class StoppedError(Exception):
        pass

    def stop(point: str) -> None:
        if point == "items_inserted":
            raise StoppedError

    with monkeypatch.context() as interrupted:
        interrupted.setattr(receiving, "reach", stop)
        with pytest.raises(StoppedError):
            runner.receive()
    assert DeliveryItem.objects.count() == 3
    run_pipeline()
    assert delivery_sum(only_delivery()).text == "9 = 8 abgelegt + 1 Klärungsfall"
    positions = DeliveryItem.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 10))


def test_delivery_that_cannot_be_answered_says_so_and_holds_nobody_up(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.write()
    in_the_way = drop / "openprosoz" / "quittungen"
    in_the_way.write_text("a file where the folder should be")
    run_pipeline()
    assert only_delivery().state == DeliveryState.PROCESSING
    assert "Quittung" in only_delivery().problem
    assert Document.objects.count() == 1

    in_the_way.unlink()
    run_pipeline()
    assert (only_delivery().state, only_delivery().problem) == (DeliveryState.DONE, "")


def test_unreadable_folder_of_one_delivery_does_not_stop_the_next(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    broken = delivery_in("a-kaputt").write()
    (broken / "index.json").unlink()
    (drop / "openprosoz" / "zurueckgewiesen").write_text("a file in the way")
    night = delivery_in("b-heil")
    night.add("D-1")
    night.write()
    run_pipeline()
    assert Delivery.objects.get(name="b-heil").state == DeliveryState.DONE
    waiting = Delivery.objects.get(name="a-kaputt")
    assert waiting.state == DeliveryState.RECEIVING
    assert waiting.problem.startswith("Der Ordner der Lieferung ist nicht benutzbar")
