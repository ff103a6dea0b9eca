"""Fachdaten in the browser: forms, panel, history, merge question, lists, filters, exports."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import CaseFile, FilePlanEntry, FileType
from records.services.bulk_case_files import FileChange, change_case_files, take_back
from records.services.case_files import NewCaseFile, change_metadata, open_case_files
from tests import file_types, personas, stories
from tests.access import world as w
from tests.file_types import LAWSUIT
from tests.records.views.conftest import logged_in
from tests.stories import Story

Fields = dict[str, Any]


@pytest.fixture
def fields(quick_city: None) -> Fields:
    return file_types.lawsuit()


@pytest.fixture
def building(fields: Fields) -> Story:
    return stories.building_file()


@pytest.fixture
def clerk(fields: Fields) -> Client:
    return logged_in(personas.CLERK_BUILDING)


def text(response: Any) -> str:
    return str(response.content.decode())


def typed(fields: Fields, **values: str) -> dict[str, str]:
    """Values by label as the form sends them."""
    usual = {"Gericht": "VG Musterstadt", "Streitwert": "12.500,50", "Termin": "18.02.2027"}
    every = usual | {name.replace("_", " "): value for name, value in values.items()}
    return {f"fd_{fields[label].pk}": value for label, value in every.items()}


def lawsuits(count: int, **more: Any) -> list[CaseFile]:
    """Lawsuits at changing courts with growing value."""
    actor = w.acting(personas.person(personas.CLERK_BUILDING))
    entry = FilePlanEntry.objects.get(code="63.20")
    wanted = [
        NewCaseFile(
            entry,
            w.unit("63.1"),
            f"Klage {n}",
            file_type=LAWSUIT,
            business_data={
                "Gericht": file_types.COURTS[n % 2],
                "Gerichtsaktenzeichen": f"2 A {n}/26",
                "Streitwert": f"{10 ** (n + 2)}.50",
                "Termin": f"{2026 + n % 2}-03-01",
                "Vergleich möglich": n % 2 == 0,
                **more,
            },
        )
        for n in range(count)
    ]
    return open_case_files(wanted, actor)


class TestOpening:
    def new(self, client: Client, **values: object) -> Any:
        where = f"{reverse('case-file-new')}?eintrag={w.entry('63.20').pk}"
        usual = {"title": "Nachbarklage", "lead_unit": w.unit("63.1").pk, "shown_type": ""}
        return client.post(where, usual | values, follow=True)

    def test_a_chosen_type_asks_for_its_fields_and_keeps_what_was_typed(
        self, clerk: Client, fields: Fields
    ) -> None:
        page = text(self.new(clerk, file_type=LAWSUIT, remark="bleibt stehen"))
        assert not CaseFile.objects.exists()
        assert "bleibt stehen" in page
        assert f'name="fd_{fields["Gericht"].pk}"' in page
        assert "wie vom Gericht" in page

    def test_the_file_opens_with_typed_values(self, clerk: Client, fields: Fields) -> None:
        values = typed(fields, Vergleich_möglich="ja", Gerichtsaktenzeichen="2\u200b A 1/26")
        page = text(self.new(clerk, file_type=LAWSUIT, shown_type=LAWSUIT, **values))
        assert CaseFile.objects.get().business_data == {
            "Gericht": "VG Musterstadt",
            "Gerichtsaktenzeichen": "2 A 1/26",
            "Streitwert": "12500.50",
            "Termin": "2027-02-18",
            "Vergleich möglich": True,
        }
        for shown in ("Fachdaten", "12.500,50\u00a0€", "18.02.2027", "VG Musterstadt"):
            assert shown in page

    @pytest.mark.parametrize(
        ("label", "value", "said"),
        [
            ("Gericht", "", "Bitte geben Sie „Gericht“ an."),
            ("Gericht", "LG Mond", "LG Mond"),
            ("Streitwert", "12.50", "„12.50“ ist keine Zahl"),
            ("Streitwert", "<script>", "&lt;script&gt;"),
            ("Termin", "31.02.2027", "Das ist kein Datum"),
            ("Gerichtsaktenzeichen", "x" * 301, "300"),
        ],
    )
    def test_bad_input_names_field_and_reason_and_stays(
        self, clerk: Client, fields: Fields, label: str, value: str, said: str
    ) -> None:
        values = typed(fields) | {f"fd_{fields[label].pk}": value, "remark": "Das bleibt"}
        answer = self.new(clerk, file_type=LAWSUIT, shown_type=LAWSUIT, **values)
        assert answer.status_code == 422
        page = text(answer)
        assert f"{label}:" in page
        assert said in page
        assert "Das bleibt" in page
        assert not CaseFile.objects.exists()

    def test_a4_only_types_of_the_entry_are_offered(self, clerk: Client, fields: Fields) -> None:
        file_types.define("Bauakte")
        FilePlanEntry.objects.filter(code="63").update(allowed_file_types=[LAWSUIT])
        where = f"{reverse('case-file-new')}?eintrag={w.entry('63.20').pk}"
        page = text(clerk.get(where))
        assert "Bauakte" not in page
        assert f'name="fd_{fields["Gericht"].pk}"' in page
        assert self.new(clerk, file_type="Bauakte").status_code == 422
        assert self.new(clerk, file_type="").status_code == 422
        assert not CaseFile.objects.exists()


class TestChanging:
    def change(self, client: Client, case_file: CaseFile, **values: object) -> Any:
        usual = {
            "title": case_file.title,
            "file_type": LAWSUIT,
            "shown_type": LAWSUIT,
            "row_version": case_file.row_version,
        }
        address = reverse("case-file-edit", args=[case_file.uuid])
        return client.post(address, usual | values, follow=True)

    def test_values_are_shown_the_german_way_and_kept(self, clerk: Client, fields: Fields) -> None:
        [made] = lawsuits(1, Streitwert="1234567.80")
        delivered = made.business_data | {"Team": "drei"}
        CaseFile.objects.filter(pk=made.pk).update(business_data=delivered)
        page = text(clerk.get(reverse("case-file-edit", args=[made.uuid])))
        assert 'value="1.234.567,80"' in page
        assert 'value="01.03.2026"' in page
        sent = typed(fields, Streitwert="1.234.567,80", Gerichtsaktenzeichen="2 A 0/26")
        self.change(clerk, made, **sent)
        made.refresh_from_db()
        assert made.business_data == {
            "Gericht": "VG Musterstadt",
            "Gerichtsaktenzeichen": "2 A 0/26",
            "Streitwert": "1234567.80",
            "Termin": "2027-02-18",
            "Team": "drei",
        }

    def test_the_history_says_it_in_german(
        self, clerk: Client, building: Story, fields: Fields
    ) -> None:
        self.change(clerk, building.case_file, **typed(fields))
        page = text(clerk.get(reverse("case-file-history", args=[building.case_file.uuid])))
        assert "Streitwert: – → 12.500,50\u00a0€" in page
        assert "Termin: – → 18.02.2027" in page
        assert f"Aktentyp: – → {LAWSUIT}" in page

    def test_two_people_are_asked_for_each_value(self, clerk: Client, fields: Fields) -> None:
        [made] = lawsuits(1)
        theirs = made.business_data | {"Streitwert": "777.00", "Gerichtsaktenzeichen": "9 B 9/26"}
        actor = w.acting(personas.person(personas.CLERK_BUILDING))
        change_metadata({made.pk: {"business_data": theirs}}, actor)
        mine = typed(
            fields,
            Gericht=file_types.COURTS[0],
            Streitwert="888",
            Termin="01.03.2026",
            Gerichtsaktenzeichen="2 A 0/26",
            Vergleich_möglich="ja",
        )
        answer = self.change(clerk, made, **mine)
        assert answer.status_code == 409
        page = text(answer)
        asked = re.findall(r"([\w ]+): Was soll gelten\?", page)
        assert asked == ["Streitwert"]
        assert "777,00\u00a0€" in page and "888,00\u00a0€" in page
        assert 'value="9 B 9/26"' in page
        choice = {f"wahl_fd_{fields['Streitwert'].pk}": "gespeichert"}
        kept = mine | {f"fd_{fields['Gerichtsaktenzeichen'].pk}": "9 B 9/26"}
        self.change(clerk, made, row_version=2, title="Neu", **kept, **choice)
        made.refresh_from_db()
        assert (made.title, made.business_data["Streitwert"]) == ("Neu", "777.00")

    def test_a_delivered_number_is_no_change(self, clerk: Client, fields: Fields) -> None:
        [made] = lawsuits(1)
        CaseFile.objects.filter(pk=made.pk).update(
            business_data=made.business_data | {"Streitwert": 100.5}
        )
        made.refresh_from_db()
        same = typed(
            fields,
            Gericht=file_types.COURTS[0],
            Streitwert="100,50",
            Termin="01.03.2026",
            Gerichtsaktenzeichen="2 A 0/26",
            Vergleich_möglich="ja",
        )
        assert "nichts zu ändern" in text(self.change(clerk, made, **same))

    def test_readers_see_the_panel_without_the_way_to_change(self, fields: Fields) -> None:
        story = stories.social_file()
        CaseFile.objects.filter(pk=story.case_file.pk).update(
            file_type=LAWSUIT, business_data={"Gericht": "VG Musterstadt"}
        )
        head = logged_in(personas.HEAD_SOCIAL)
        page = text(head.get(reverse("case-file", args=[story.case_file.uuid])))
        assert "VG Musterstadt" in page
        outsider = logged_in(personas.CLERK_BUILDING)
        answer = outsider.get(reverse("case-file", args=[story.case_file.uuid]))
        assert answer.status_code == 404


class TestLists:
    def rows(self, client: Client, **words: str) -> set[str]:
        address = f"{reverse('case-files')}?{urlencode({'typ': LAWSUIT} | words)}"
        answer = client.get(address)
        assert answer.status_code == 200
        return set(re.findall(r"Klage \d", text(answer)))

    def test_files_are_filtered_by_every_kind(self, clerk: Client, fields: Fields) -> None:
        lawsuits(4)
        word = {label: f"fd_{field.pk}" for label, field in fields.items()}
        every = {"Klage 0", "Klage 1", "Klage 2", "Klage 3"}
        expected = [
            ({}, every),
            ({word["Gericht"]: "VG Musterstadt"}, {"Klage 1", "Klage 3"}),
            ({word["Gerichtsaktenzeichen"]: "2 A 2/26"}, {"Klage 2"}),
            ({word["Termin"]: "2027"}, {"Klage 1", "Klage 3"}),
            ({word["Streitwert"]: "0"}, {"Klage 0"}),
            ({word["Streitwert"]: "1"}, {"Klage 1"}),
            ({word["Streitwert"]: "3"}, {"Klage 3"}),
            ({word["Vergleich möglich"]: "ja"}, {"Klage 0", "Klage 2"}),
            ({word["Gericht"]: "VG Musterstadt", word["Streitwert"]: "3"}, {"Klage 3"}),
            ({word["Gericht"]: "Landgericht Nirgends"}, set()),
            ({word["Termin"]: "morgen"}, every),
            ({word["Streitwert"]: "9"}, every),
            ({word["Ordner"]: "1"}, every),
            ({"fd_99999999": "x"}, every),
            ({word["Gericht"]: "x' OR 1=1 --"}, set()),
        ]
        for words, names in expected:
            assert self.rows(clerk, **words) == names, words

    def test_columns_and_filters_come_with_the_type(self, clerk: Client, fields: Fields) -> None:
        lawsuits(4)
        page = text(clerk.get(reverse("case-files"), {"typ": LAWSUIT}))
        for shown in ("Gerichtsaktenzeichen", "10.000,50\u00a0€", "01.03.2027", "ab 100.000"):
            assert shown in page
        plain = text(clerk.get(reverse("case-files")))
        assert "Gerichtsaktenzeichen" not in plain
        only = text(
            clerk.get(
                reverse("case-files"), {"typ": LAWSUIT, "spalten": f"fd_{fields['Termin'].pk}"}
            )
        )
        assert "01.03.2027" in only
        assert "10.000,50" not in only

    def test_many_rows_take_as_many_queries(self, clerk: Client, fields: Fields) -> None:
        address = f"{reverse('case-files')}?{urlencode({'typ': LAWSUIT})}"

        def queries() -> int:
            clerk.get(address)
            with CaptureQueriesContext(connection) as captured:
                clerk.get(address)
            return len(captured)

        lawsuits(1)
        few = queries()
        lawsuits(6)
        assert queries() == few

    def test_a_filter_is_answered_by_an_index(self, clerk: Client, fields: Fields) -> None:
        lawsuits(3)
        with CaptureQueriesContext(connection) as captured:
            self.rows(clerk, **{f"fd_{fields['Gericht'].pk}": "VG Musterstadt"})
        found = [q["sql"] for q in captured.captured_queries if "SELECT case_file_id" in q["sql"]]
        assert found
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "EXPLAIN SELECT case_file_id FROM records_businessdatavalue"
                " WHERE field_id = %s AND text = %s",
                [fields["Gericht"].pk, "VG Musterstadt"],
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "business_value_text" in plan

    def test_the_export_has_the_columns_of_the_type(self, clerk: Client, fields: Fields) -> None:
        lawsuits(2)
        address = reverse("case-files-export", args=["csv"])
        answer: Any = clerk.get(address, {"typ": LAWSUIT})
        rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert "Streitwert" in rows[0]
        assert any("1000,50" in row and "01.03.2027" in row for row in rows)
        plain: Any = clerk.get(address)
        assert b"Streitwert" not in b"".join(plain.streaming_content)
        sheet = clerk.get(reverse("case-files-export", args=["ods"]), {"typ": LAWSUIT})
        assert sheet.status_code == 200

    def test_others_find_nothing_by_it(self, fields: Fields) -> None:
        lawsuits(2)
        assert self.rows(logged_in(personas.CLERK_SOCIAL)) == set()
        word = {f"fd_{fields['Gericht'].pk}": "VG Musterstadt"}
        assert self.rows(logged_in(personas.CLERK_SOCIAL), **word) == set()

    def test_odd_words_of_an_address_do_no_harm(self, clerk: Client) -> None:
        for typ in ("\0", "x" * 5000, "'", "ohne"):
            assert clerk.get(reverse("case-files"), {"typ": typ}).status_code == 200


def test_the_type_is_defined_in_the_administration(quick_city: None) -> None:
    desk = logged_in(personas.ADMINISTRATION)
    management = {"fields-TOTAL_FORMS": "2", "fields-INITIAL_FORMS": "0"}
    sent = management | {
        "name": "Erbbaurecht",
        "fields-0-label": "Erbbauzins",
        "fields-0-kind": "betrag",
        "fields-0-position": "1",
        "fields-0-searchable": "on",
        "fields-1-label": "Laufzeit bis",
        "fields-1-kind": "datum",
        "fields-1-position": "2",
    }
    add = reverse("admin:records_filetype_add")
    answer = desk.post(add, sent | {"fields-1-label": "Erbbauzins"})
    assert "gibt oder gab es" in text(answer)
    broken = desk.post(add, sent | {"fields-0-kind": "auswahl"})
    assert "braucht Werte" in text(broken)
    assert desk.post(add, sent).status_code == 302
    made = FileType.objects.get(name="Erbbaurecht")
    assert [(f.key, f.kind) for f in made.fields.all()] == [
        ("Erbbauzins", "betrag"),
        ("Laufzeit bis", "datum"),
    ]
    page = text(desk.get(reverse("admin:records_filetype_change", args=[made.pk])))
    assert 'name="name"' not in page
    first = made.fields.get(key="Erbbauzins")
    change = {
        "fields-TOTAL_FORMS": "1",
        "fields-INITIAL_FORMS": "1",
        "fields-0-id": first.pk,
        "fields-0-file_type": made.pk,
        "fields-0-label": "Erbbauzins im Jahr",
        "fields-0-kind": "text",
        "fields-0-position": "1",
        "fields-0-valid_until": date(2030, 1, 1).isoformat(),
    }
    assert desk.post(reverse("admin:records_filetype_change", args=[made.pk]), change)
    first.refresh_from_db()
    assert (first.key, first.kind, first.label) == ("Erbbauzins", "betrag", "Erbbauzins im Jahr")


class TestBulk:
    def address(self, files: list[CaseFile]) -> str:
        chosen = urlencode({"auswahl": [str(f.uuid) for f in files]}, doseq=True)
        return f"{reverse('case-files-change')}?{chosen}"

    def test_one_value_of_many_files(self, clerk: Client, fields: Fields) -> None:
        made = lawsuits(3)
        word = {label: f"fd_{one.pk}" for label, one in fields.items()}
        asked = text(clerk.get(self.address(made)))
        assert f'name="{word["Termin"]}"' in asked
        sent = {word["Termin"]: "24.12.2027", word["Vergleich möglich"]: "nein"}
        preview = text(clerk.post(self.address(made), sent))
        assert "Das wird geschehen" in preview
        assert CaseFile.objects.get(pk=made[0].pk).business_data["Termin"] == "2026-03-01"
        clerk.post(self.address(made), sent | {"bestaetigt": "1"})
        for one in CaseFile.objects.filter(pk__in=[f.pk for f in made]):
            assert one.business_data["Termin"] == "2027-12-24"
            assert one.business_data["Vergleich möglich"] is False
            assert one.business_data["Gerichtsaktenzeichen"].startswith("2 A")

    def test_bad_values_are_named(self, clerk: Client, fields: Fields) -> None:
        made = lawsuits(2)
        answer = clerk.post(self.address(made), {f"fd_{fields['Termin'].pk}": "irgendwann"})
        assert answer.status_code == 400
        assert "Das ist kein Datum" in text(answer)

    def test_files_of_different_types_have_no_common_values(
        self, clerk: Client, building: Story, fields: Fields
    ) -> None:
        made = lawsuits(1)
        page = text(clerk.get(self.address([*made, building.case_file])))
        assert f'name="fd_{fields["Termin"].pk}"' not in page

    def test_a_file_that_lacks_what_is_required_stays(self, fields: Fields) -> None:
        good, lacking = lawsuits(2)
        CaseFile.objects.filter(pk=lacking.pk).update(business_data={})
        change = FileChange(file_type=LAWSUIT, business_data={"Termin": "2027-12-24"})
        actor = w.acting(personas.person(personas.CLERK_BUILDING))
        results = change_case_files(change, [good.pk, lacking.pk], actor)
        assert "Gericht" in results[lacking.pk].message
        assert CaseFile.objects.get(pk=lacking.pk).business_data == {}
        assert CaseFile.objects.get(pk=good.pk).business_data["Termin"] == "2027-12-24"
        taken = take_back(change, [good.pk], actor.operation.pk, actor)
        assert taken[good.pk].message == ""
        assert CaseFile.objects.get(pk=good.pk).business_data["Termin"] == "2026-03-01"
