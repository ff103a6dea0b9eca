"""Aktentypen and Fachdaten of files: checked, remembered, found (A4, issue 3)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.refusals import InvalidInput
from records.models import BusinessDataValue, CaseFile, Document, FilePlanEntry, FileType
from records.services.business_values import project_type_later
from records.services.case_files import NewCaseFile, change_metadata, open_case_files
from records.services.indexing import index_documents
from records.services.undoing import undo_operation
from records.services.volumes import open_next_volumes
from tests import file_types, personas, stories
from tests.access import world as w
from tests.file_types import LAWSUIT

pytestmark = pytest.mark.usefixtures("quick_city")

DATA: dict[str, Any] = {
    "Gericht": "VG Musterstadt",
    "Gerichtsaktenzeichen": "2 A 117/26",
    "Streitwert": "12500.00",
    "Termin": "2027-02-18",
    "Vergleich möglich": True,
}


def clerk() -> Any:
    return w.acting(personas.person(personas.CLERK_BUILDING))


def opened(data: dict[str, Any] | None = None, **more: Any) -> CaseFile:
    wanted = NewCaseFile(
        entry=FilePlanEntry.objects.get(code="63.20"),
        lead_unit=w.unit("63.1"),
        title="Nachbarklage",
        file_type=more.get("file_type", LAWSUIT),
        business_data=DATA if data is None else data,
    )
    [made] = open_case_files([wanted], more.get("actor") or clerk())
    return made


def values(case_file: CaseFile) -> dict[str, tuple[Any, ...]]:
    rows = BusinessDataValue.objects.filter(case_file=case_file)
    return {r.field.key: (r.text, r.number, r.day) for r in rows.select_related("field")}


def test_a_file_keeps_its_data_and_rows_an_index_finds() -> None:
    file_types.lawsuit()
    made = opened()
    assert CaseFile.objects.get(pk=made.pk).business_data == DATA
    assert values(made) == {
        "Gericht": ("VG Musterstadt", None, None),
        "Gerichtsaktenzeichen": ("2 A 117/26", None, None),
        "Streitwert": ("12.500,00\u00a0€", 12500, None),
        "Termin": ("18.02.2027", None, date(2027, 2, 18)),
        "Vergleich möglich": ("ja", None, None),
    }


@pytest.mark.parametrize(
    ("data", "said", "field"),
    [
        ({}, "Bitte geben Sie „Gericht“ an", "Gericht"),
        ({"Gericht": "LG Mond"}, "„Gericht“", "Gericht"),
        ({**DATA, "Streitwert": "viel"}, "„Streitwert“", "Streitwert"),
        ({**DATA, "Termin": "18.02.2027"}, "„Termin“", "Termin"),
        ({**DATA, "Kontonummer": "1"}, "„Kontonummer“ gehört nicht", ""),
    ],
)
def test_bad_data_is_refused_and_nothing_opened(
    data: dict[str, Any], said: str, field: str
) -> None:
    fields = file_types.lawsuit()
    with pytest.raises(InvalidInput, match=said) as refused:
        opened(data)
    assert refused.value.field == (f"fd_{fields[field].pk}" if field else "business_data")
    assert not CaseFile.objects.exists()


def test_a4_the_plan_says_which_types_and_data_an_entry_takes() -> None:
    file_types.lawsuit()
    file_types.define("Bauakte")
    FilePlanEntry.objects.filter(code="63").update(
        allowed_file_types=[LAWSUIT], required_data=["Streitwert"]
    )
    with pytest.raises(InvalidInput, match="nicht zulässig"):
        opened({}, file_type="Bauakte")
    with pytest.raises(InvalidInput, match="Bitte wählen Sie den Aktentyp"):
        opened({}, file_type="")
    with pytest.raises(InvalidInput, match="Bitte geben Sie „Streitwert“ an"):
        opened({"Gericht": "VG Musterstadt"})
    FilePlanEntry.objects.filter(code="63.20").update(allowed_file_types=["Bauakte"])
    assert opened({}, file_type="Bauakte").file_type == "Bauakte"


def test_expired_types_and_fields_keep_what_stands_there() -> None:
    fields = file_types.lawsuit()
    made = opened()
    yesterday = clock.today() - timedelta(days=1)
    FileType.objects.filter(name=LAWSUIT).update(valid_until=yesterday)
    with pytest.raises(InvalidInput, match="gibt es nicht"):
        opened()
    fields["Streitwert"].valid_until = yesterday
    fields["Streitwert"].save()
    change_metadata({made.pk: {"business_data": DATA | {"Termin": "2027-03-01"}}}, clerk())
    assert CaseFile.objects.get(pk=made.pk).business_data["Streitwert"] == "12500.00"
    assert values(made)["Streitwert"][1] == 12500
    with pytest.raises(InvalidInput, match="gehört nicht"):
        change_metadata({made.pk: {"business_data": DATA | {"Streitwert": "1.00"}}}, clerk())


def test_other_metadata_can_be_changed_though_data_is_missing() -> None:
    made = opened({}, file_type="")
    fields = file_types.lawsuit()
    CaseFile.objects.filter(pk=made.pk).update(file_type=LAWSUIT)
    change_metadata({made.pk: {"title": "Anderer Betreff"}}, clerk())
    with pytest.raises(InvalidInput, match="Gericht"):
        change_metadata({made.pk: {"business_data": {"Streitwert": "1.00"}}}, clerk())
    assert fields["Gericht"].required


def test_a_change_is_taken_back_with_its_rows() -> None:
    file_types.lawsuit()
    made = opened()
    actor = clerk()
    change_metadata({made.pk: {"business_data": {"Gericht": "AG Musterstadt"}}}, actor)
    assert values(made) == {"Gericht": ("AG Musterstadt", None, None)}
    undo_operation(actor.operation.pk, clerk())
    assert values(made)["Streitwert"][1] == 12500


def test_taking_back_does_not_ask_whether_the_type_still_stands() -> None:
    file_types.lawsuit()
    file_types.define("Bauakte")
    made, actor = opened(), clerk()
    change_metadata({made.pk: {"file_type": "Bauakte", "business_data": {}}}, actor)
    FileType.objects.filter(name=LAWSUIT).update(valid_until=date(2020, 1, 1))
    undo_operation(actor.operation.pk, clerk())
    restored = CaseFile.objects.get(pk=made.pk)
    assert (restored.file_type, restored.business_data) == (LAWSUIT, DATA)


def test_the_next_volume_is_found_by_the_same_data() -> None:
    file_types.lawsuit()
    first = opened()
    [volume] = open_next_volumes([first.pk], clerk())
    assert volume.business_data == DATA
    assert values(volume) == values(first)


def test_a_connector_delivers_what_it_has() -> None:
    file_types.lawsuit()
    delivered = {"Streitwert": 99.5, "Gericht": "LG Mond", "Team": "3", "Termin": "bald"}
    made = opened(delivered, actor=w.machine(), file_type=LAWSUIT)
    assert made.business_data == delivered
    assert values(made) == {
        "Streitwert": ("99,50\u00a0€", 99.5, None),
        "Gericht": ("LG Mond", None, None),
    }


def test_a_field_made_searchable_later_reaches_old_files() -> None:
    fields = file_types.lawsuit()
    made = opened(DATA | {"Ordner": "4"})
    assert "Ordner" not in values(made)
    fields["Ordner"].searchable = True
    fields["Ordner"].save()
    project_type_later(fields["Ordner"].file_type, clerk().operation)
    while outbox.deliver_batch():
        pass
    assert values(made)["Ordner"] == ("4", 4, None)


def test_documents_are_found_by_searchable_data() -> None:
    file_types.lawsuit()
    story = stories.building_file()
    change_metadata({story.case_file.pk: {"file_type": LAWSUIT, "business_data": DATA}}, clerk())
    document = Document.objects.get(pk=story.document.pk)
    assert document.indexed_at is None
    index_documents([document.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsv::text FROM records_searchentry WHERE document_id = %s", [document.pk]
        )
        [(found,)] = cursor.fetchall()
    assert "'vg'" in found
    assert "117" in found
