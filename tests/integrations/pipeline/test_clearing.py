"""What does not fit becomes a clearing case that names file, field and reason; nothing is lost."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from integrations.choices import ClearingState, DeliveryState, Outcome
from integrations.models import ClearingCase, DeliveredFile, Delivery, DeliveryItem
from integrations.pipeline import folders
from integrations.selectors import delivery_sum
from integrations.services import clearing
from records import blob_store
from records.choices import CaseFileStatus
from records.models import CaseFile, Document, ExternalKey
from records.services.actor import Actor, person
from tests import personas
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder, case_file
from tests.integrations.pipeline.test_import import receipt

Builder = Callable[[str], DeliveryBuilder]


def operator() -> Actor:
    return person(personas.person(personas.ADMINISTRATION), "test")


def is_stored(data: bytes) -> bool:
    digest = hashlib.sha256(data).digest()
    referenced = DeliveredFile.objects.filter(blob__sha256=digest).exists()
    return referenced and blob_store.path_of(digest).read_bytes() == data


def test_missing_file(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "da")
    night.add("D-2", "weg")
    del night.files["D-2_1.txt"]
    night.write()
    run_pipeline()

    case = ClearingCase.objects.get()
    assert case.reason == "file_missing"
    assert case.explanation == (
        "Im Ordner dateien der Lieferung fehlt oder ist nicht lesbar: „D-2_1.txt“."
    )
    assert delivery_sum(only_delivery()).text == "2 = 1 abgelegt + 1 Klärungsfall"


def test_wrong_hash_is_kept_but_not_filed(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "echt")
    night.files["D-1_1.txt"] = b"ersetzt"[:4]
    night.write()
    run_pipeline()

    case = ClearingCase.objects.get()
    assert case.reason == "hash_mismatch"
    assert "Datei „D-1_1.txt“, sha256" in case.explanation
    assert is_stored(b"erse")
    assert not Document.objects.exists()


def test_surplus_files_are_kept(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    folder = night.write()
    (folder / "dateien" / "unbekannt.pdf").write_bytes(b"surplus")
    (folder / "liesmich.txt").write_bytes(b"in the root")
    (folder / "dateien" / "verweis.txt").symlink_to("/etc/hostname")
    (folder / "dateien" / os.fsdecode(b"stra\xdfe.txt")).write_bytes(b"latin-1 name")
    run_pipeline()

    explanations = sorted(ClearingCase.objects.values_list("explanation", flat=True))
    assert len(explanations) == 4
    assert any("verweis.txt" in text and "Verknüpfung" in text for text in explanations)
    assert is_stored(b"surplus")
    assert is_stored(b"in the root")
    assert is_stored(b"latin-1 name")
    assert not DeliveredFile.objects.filter(file_name__contains="verweis").exists()
    assert delivery_sum(only_delivery()).text == "5 = 1 abgelegt + 4 Klärungsfälle"


def test_entry_that_is_a_link_is_missing(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    folder = night.write()
    (folder / "dateien" / "D-1_1.txt").unlink()
    (folder / "dateien" / "D-1_1.txt").symlink_to("/etc/hostname")
    run_pipeline()
    assert ClearingCase.objects.get().reason == "file_missing"


def test_invalid_entry_names_the_field(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", erstelltAm="gestern")
    night.entries.append({"nachrichtId": "x"})
    night.entries.append("kein Objekt")  # type: ignore[arg-type]
    night.add("D-2")
    night.write()
    run_pipeline()

    texts = list(
        ClearingCase.objects.order_by("item__position").values_list("explanation", flat=True)
    )
    assert "eintraege[1].erstelltAm" in texts[0]
    assert "eintraege[2]" in texts[1]
    assert "eintraege[3]" in texts[2]
    assert is_stored(night.files["D-1_1.txt"])
    assert delivery_sum(only_delivery()).text == "4 = 1 abgelegt + 3 Klärungsfälle"


def test_unknown_object(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", version="2", action="version")
    night.write()
    run_pipeline()
    case = ClearingCase.objects.get()
    assert case.reason == "unknown_object"
    assert "eintraege[1].fremdObjektId" in case.explanation


def test_k8_foreign_branch_is_refused(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", akte=case_file("F-1", aktenplanKennzeichen="63.10", oe="63.1"))
    night.write()
    run_pipeline()
    assert ClearingCase.objects.get().reason == "not_permitted"
    assert not CaseFile.objects.exists()


def test_closed_file_takes_nothing(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.write()
    run_pipeline()
    CaseFile.objects.update(status=CaseFileStatus.CLOSED)
    later = delivery_in("danach")
    later.add("D-2")
    later.add("D-1", "neu", version="2", action="version")
    later.write()
    run_pipeline()
    assert set(ClearingCase.objects.values_list("reason", flat=True)) == {"case_file_closed"}
    assert Document.objects.count() == 1


def test_item_refused_by_a_service_does_not_stop_the_others(
    quick_city: None, delivery_in: Builder
) -> None:
    night = delivery_in("nacht")
    for number in range(20):
        night.add(f"D-{number}", case=f"F-{number}")
    night.add("D-x", akte=case_file("F-x", aktenplanKennzeichen="50"))
    night.write()
    run_pipeline()

    case = ClearingCase.objects.get()
    assert case.reason == "refused"
    assert "Untereinträge" in case.explanation
    assert delivery_sum(only_delivery()).text == "21 = 20 abgelegt + 1 Klärungsfall"
    assert CaseFile.objects.count() == 20


def test_unknown_unit_is_solved_by_hand(quick_city: None, delivery_in: Builder, drop: Path) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "Inhalt", akte=case_file("F-1", oe="99"))
    night.write()
    run_pipeline()
    case = ClearingCase.objects.get()
    assert case.reason == "unknown_unit"
    assert "akte.oe" in case.explanation
    assert clearing.can_retry(case)

    clearing.assign_unit([case], OrgUnit.objects.get(code="50.1"), operator())
    assert only_delivery().state == DeliveryState.PROCESSING
    assert delivery_sum(only_delivery()).open == 1
    run_pipeline()

    case.refresh_from_db()
    assert case.state == ClearingState.SOLVED
    assert case.closed_by_id == personas.person(personas.ADMINISTRATION).pk
    assert CaseFile.objects.get().lead_unit.code == "50.1"
    assert delivery_sum(only_delivery()).text == "1 = 1 abgelegt"
    assert only_delivery().state == DeliveryState.DONE
    assert only_delivery().folder == "openprosoz/erledigt/nacht"
    assert receipt(drop, "nacht")["summe"]["abgelegt"] == 1


def test_case_file_chosen_by_hand_is_known_from_then_on(
    quick_city: None, delivery_in: Builder
) -> None:
    first = delivery_in("eins")
    first.add("D-1")
    first.write()
    run_pipeline()
    chosen = CaseFile.objects.get()
    second = delivery_in("zwei")
    second.add("D-2", akte=case_file("F-2", oe="99"))
    second.write()
    run_pipeline()
    actor = person(personas.person(personas.REGISTRY), "test")
    case = ClearingCase.objects.get()
    with pytest.raises(Forbidden):
        # The registry of the Hauptamt is outside the Sozial circle.
        clearing.assign_case_file([case], chosen, actor)
    DeliveryItem.objects.filter(pk=case.item_id).update(assigned={"case_file": chosen.pk})
    clearing.retry_cases([case], actor)
    run_pipeline()

    assert chosen.documents.count() == 2
    assert ExternalKey.objects.filter(case_file=chosen, kind="akte").count() == 2


def test_k3_retry_after_the_missing_file_came(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "kommt später")
    data = night.files.pop("D-1_1.txt")
    night.write()
    run_pipeline()
    case = ClearingCase.objects.get()
    clearing.retry_cases([case], operator())
    run_pipeline()
    case.refresh_from_db()
    assert case.state == ClearingState.OPEN

    (only_folder() / "dateien" / "D-1_1.txt").write_bytes(data)
    clearing.retry_cases([case], operator())
    run_pipeline()
    case.refresh_from_db()
    assert case.state == ClearingState.SOLVED
    assert Document.objects.count() == 1


def only_folder() -> Path:
    return folders.folder_of(only_delivery())


def test_retry_uses_stored_files_when_the_folder_is_gone(
    quick_city: None, delivery_in: Builder
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "Inhalt", akte=case_file("F-1", oe="99"))
    night.write()
    run_pipeline()
    shutil.rmtree(only_folder())
    clearing.assign_unit(
        list(ClearingCase.objects.all()), OrgUnit.objects.get(code="50.1"), operator()
    )
    run_pipeline()
    assert Document.objects.count() == 1
    assert delivery_sum(only_delivery()).filed == 1


def test_dismissed_case_stays_in_the_sum_with_its_reason(
    quick_city: None, delivery_in: Builder, drop: Path
) -> None:
    night = delivery_in("nacht")
    night.add("D-1", "Inhalt", akte=case_file("F-1", oe="99"))
    night.write()
    run_pipeline()
    case = ClearingCase.objects.get()
    with pytest.raises(InvalidInput):
        clearing.dismiss_cases([case], " ", operator())
    clearing.dismiss_cases([case], "Doppelt geliefert", operator())
    run_pipeline()

    assert DeliveryItem.objects.get().outcome == Outcome.CLEARING
    assert is_stored(night.files["D-1_1.txt"])
    assert receipt(drop, "nacht")["eintraege"][0]["text"] == "Verworfen: Doppelt geliefert"
    with pytest.raises(IllegalState):
        clearing.retry_cases([case], operator())


def test_only_operators_touch_clearing_cases(quick_city: None, delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1", akte=case_file("F-1", oe="99"))
    night.write()
    run_pipeline()
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    cases = list(ClearingCase.objects.all())
    with pytest.raises(Forbidden):
        clearing.retry_cases(cases, clerk)
    with pytest.raises(Forbidden):
        clearing.dismiss_cases(cases, "Grund", clerk)


def test_surplus_file_cannot_be_retried(quick_city: None, delivery_in: Builder) -> None:
    folder = delivery_in("nacht").write()
    (folder / "dateien" / "lose.txt").write_bytes(b"lose")
    run_pipeline()
    case = ClearingCase.objects.get()
    assert not clearing.can_retry(case)
    with pytest.raises(IllegalState):
        clearing.retry_cases([case], operator())
    assert Delivery.objects.get().total == 1
