"""Several workers on one delivery, the same delivery twice, faulty deliveries: the sum is right."""

from collections import Counter

import pytest

from integrations.choices import Outcome
from integrations.models import ClearingCase, DeliveredFile, DeliveryItem
from records.models import CaseFile, DocumentVersion, Participation, Party
from tests.faults.conftest import Plant, night
from tests.faults.evidence import is_done, require_all_filed, sum_of
from tests.integrations.pipeline.deliveries import DeliveryBuilder, case_file

pytestmark = pytest.mark.faults


@pytest.fixture
def two_processes(plant: Plant) -> Plant:
    if not plant.workers:
        plant.start_worker(2)
        plant.start_worker(2)
    return plant


def test_two_workers_on_one_delivery(two_processes: Plant) -> None:
    """Batches of eight over ten case files of one person: every batch meets the others there."""
    made = night(two_processes, "gemeinsam", documents=40, cases=10)
    person = {"rolle": "Antragstellerin", "name": "Gemeinsam", "geburtsdatum": "1950-02-03"}
    for entry in made.entries:
        entry["dokument"]["personen"] = [person]
    made.write()
    two_processes.wait_until(lambda: is_done("gemeinsam"))
    require_all_filed(made)
    workers = DeliveryItem.objects.filter(delivery__name="gemeinsam").values_list(
        "attempts", flat=True
    )
    assert set(workers) <= {1, 2}
    assert Party.objects.filter(name="Gemeinsam").count() == 1
    assert Participation.objects.filter(party__name="Gemeinsam").count() == 10


def test_same_delivery_twice_at_once(two_processes: Plant) -> None:
    for name in ("zweimal", "zweimal-kopie"):
        made = night(two_processes, "zweimal", documents=30)
        made.name = name
        made.write()
    two_processes.wait_until(lambda: is_done("zweimal") and is_done("zweimal-kopie"))
    sums = [sum_of("zweimal"), sum_of("zweimal-kopie")]
    assert sum(one.filed for one in sums) == 30
    assert sum(one.duplicates for one in sums) == 30
    assert DocumentVersion.objects.filter(document__title__contains="zweimal-D").count() == 30
    assert CaseFile.objects.filter(title__contains="(zweimal-F").count() == 4


def test_order_of_versions_is_kept(two_processes: Plant) -> None:
    """Twenty versions of one document, two deliveries, four processes: one after the other."""
    for name, numbers in (("reihe-1", range(1, 11)), ("reihe-2", range(11, 21))):
        made = DeliveryBuilder(two_processes.drop, name)
        for number in numbers:
            made.add(
                "reihe-D",
                f"Fassung {number}",
                version=str(number),
                action="anlegen" if number == 1 else "version",
                case="reihe-F",
            )
        made.write()
    two_processes.wait_until(lambda: is_done("reihe-1") and is_done("reihe-2"))
    assert (sum_of("reihe-1").filed, sum_of("reihe-2").filed) == (10, 10)
    versions = DocumentVersion.objects.filter(document__external_keys__value="reihe-D")
    order = versions.order_by("number").values_list("number", "foreign_version")
    assert list(order) == [(n, str(n)) for n in range(1, 21)]


def test_missing_surplus_and_wrong_files(two_processes: Plant) -> None:
    """Every fault ends as its own clearing case, all other entries are filed."""
    made = night(two_processes, "fehler", documents=30)
    del made.files["fehler-D3_1.txt"]
    made.files["fehler-D7_1.txt"] = b"x" * len(made.files["fehler-D7_1.txt"])
    # A file of its own: into one that another batch opened first it would simply be filed.
    made.entries[11]["akte"] = case_file("fehler-allein", oe="99")
    folder = made.write()
    (folder / "dateien" / "lose.pdf").write_bytes(b"niemand nennt mich")
    two_processes.wait_until(lambda: is_done("fehler"))

    assert sum_of("fehler").text == "31 = 27 abgelegt + 4 Klärungsfälle"
    reasons = ClearingCase.objects.filter(item__delivery__name="fehler").values_list(
        "reason", flat=True
    )
    assert Counter(reasons) == {
        "file_missing": 1, "hash_mismatch": 1, "unknown_unit": 1, "file_surplus": 1,
    }  # fmt: skip
    kept = DeliveredFile.objects.filter(item__delivery__name="fehler")
    assert kept.count() == 3
    assert set(kept.values_list("item__outcome", flat=True)) == {Outcome.CLEARING}
