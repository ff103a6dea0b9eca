"""The drop folder empties itself, but only of what our store provably keeps."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from integrations.models import Delivery
from integrations.services import tidying
from records import blob_store
from tests.integrations.pipeline.conftest import run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder

Builder = Callable[[str], DeliveryBuilder]
AT_ONCE = timedelta(0)


def done_folder(night: DeliveryBuilder) -> Path:
    return night.drop / night.system / "erledigt" / night.name


def test_finished_folder_goes_after_its_time(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.write()
    run_pipeline()
    assert tidying.remove_finished_folders() == 0
    assert done_folder(night).is_dir()
    assert tidying.remove_finished_folders(AT_ONCE) == 1
    assert not done_folder(night).exists()
    assert not done_folder(night).with_name("nacht.ok").exists()
    assert Delivery.objects.get().folder_removed_at is not None
    assert tidying.remove_finished_folders(AT_ONCE) == 0


def test_folder_of_an_open_clearing_case_stays(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.add("D-2", akte={"schluessel": [], "betreff": "", "aktenplanKennzeichen": "x", "oe": "?"})
    night.write()
    run_pipeline()
    assert tidying.remove_finished_folders(AT_ONCE) == 0
    assert done_folder(night).is_dir()


def test_folder_with_a_file_we_do_not_keep_stays(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    entry = night.add("D-1")
    night.write()
    run_pipeline()
    blob_store.path_of(bytes.fromhex(entry["dateien"][0]["sha256"])).unlink()
    assert tidying.remove_finished_folders(AT_ONCE) == 0
    assert done_folder(night).is_dir()


def test_link_in_a_finished_folder_is_not_followed(
    quick_city: None, delivery_in: Builder, tmp_path: Path
) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.write()
    run_pipeline()
    outside = tmp_path / "fremd.txt"
    outside.write_text("bleibt")
    (done_folder(night) / "dateien" / "verweis").symlink_to(outside)
    assert tidying.remove_finished_folders(AT_ONCE) == 0
    assert outside.read_text() == "bleibt"


def test_second_delivery_of_one_name_keeps_the_first_receipt(
    quick_city: None, delivery_in: Builder
) -> None:
    for number in (1, 2):
        night = delivery_in("nacht")
        night.add(f"D-{number}")
        night.write()
        run_pipeline()
    receipts = night.drop / night.system / "quittungen"
    first = json.loads((receipts / "nacht.json").read_text())
    second = json.loads((receipts / "nacht.2.json").read_text())
    assert first["eintraege"][0]["uuidDokument"] != second["eintraege"][0]["uuidDokument"]
