"""Opening, changing and reassigning files in the browser (A1, A6, A9, A13, S2)."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations.models import Operation
from records.choices import CaseFileStatus, Confidentiality
from records.models import CaseFile, FilePlanEntry, FormerNumber
from records.services.case_files import change_metadata
from tests import file_types, personas, stories
from tests.access import world as w
from tests.personas import person
from tests.records.views.conftest import logged_in
from tests.stories import Story

RIGHT_TO_LEFT = "\u202e"


@pytest.fixture
def building(quick_city: None) -> Story:
    return stories.building_file()


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_BUILDING)


def address(name: str, story: Story, *further: object) -> str:
    return reverse(name, args=[story.case_file.uuid, *further])


def text(response: Any) -> str:
    return str(response.content.decode())


class TestNewFile:
    def new(self, client: Client, code: str = "63.20", **values: object) -> Any:
        where = f"{reverse('case-file-new')}?eintrag={w.entry(code).pk}"
        data = {"title": "Zaun am Leinekanal", "lead_unit": w.unit("63.1").pk} | values
        return client.post(where, data, follow=True)

    def test_the_entry_is_found_by_a_word_or_a_code(self, clerk: Client) -> None:
        for typed in ("bauordnung", "63.2", "bauen verfahren"):
            page = text(clerk.get(reverse("case-file-new"), {"wort": typed}))
            assert "Bauordnungsverfahren" in page, typed
        assert "Grundsicherung" not in page

    def test_without_a_word_the_own_units_entries_are_offered(self, clerk: Client) -> None:
        page = text(clerk.get(reverse("case-file-new")))
        assert "Baugenehmigungen" in page
        assert "Grundsicherung" not in page

    def test_a3_only_entries_that_take_files_are_offered(self, clerk: Client) -> None:
        FilePlanEntry.objects.filter(code="63.10").update(locked=True)
        page = text(clerk.get(reverse("case-file-new"), {"wort": "63"}))
        assert "63.20" in page
        assert "Baugenehmigungen" not in page
        refused = clerk.get(reverse("case-file-new"), {"eintrag": w.entry("63.10").pk})
        assert "lassen sich keine Akten anlegen" in text(refused)

    def test_a6_the_file_opens_with_its_number(self, clerk: Client) -> None:
        page = text(self.new(clerk, remark="erste Zeile\nzweite"))
        made = CaseFile.objects.get(title="Zaun am Leinekanal")
        assert f"Die Akte {made.aktenzeichen} ist angelegt." in page
        assert (made.entry.code, made.lead_unit.code) == ("63.20", "63.1")
        assert made.remark == "erste Zeile\nzweite"

    def test_what_is_typed_survives_a_refusal(self, clerk: Client) -> None:
        answer = self.new(clerk, title="T" * 501, remark="Das bleibt stehen")
        assert answer.status_code == 422
        assert "Das bleibt stehen" in text(answer)
        assert not CaseFile.objects.exists()

    def test_marks_nobody_sees_go_and_it_is_said(self, clerk: Client) -> None:
        page = text(self.new(clerk, title=f"Akte{RIGHT_TO_LEFT}gnp.exe"))
        assert CaseFile.objects.get().title == "Aktegnp.exe"
        assert "Unsichtbare Zeichen" in page

    def test_only_own_units_are_offered(self, clerk: Client) -> None:
        answer = self.new(clerk, lead_unit=w.unit("10").pk)
        assert answer.status_code == 422
        assert not CaseFile.objects.exists()

    def test_d3_an_entry_of_a_circle_needs_a_unit_of_it(self, clerk: Client) -> None:
        assert self.new(clerk, code="50.30").status_code == 409

    def test_a_registry_cannot_hide_a_file_from_itself(self, quick_city: None) -> None:
        registry = logged_in(personas.REGISTRY)
        values = {"lead_unit": w.unit("10").pk, "confidentiality": Confidentiality.CONFIDENTIAL}
        answer = self.new(registry, "10.10", **values)
        assert answer.status_code == 422
        assert "Sie selbst sähen die Akte nicht" in text(answer)

    def test_the_way_there_is_offered_only_to_those_who_may(self, clerk: Client) -> None:
        leaf = reverse("file-plan-entry", args=[w.entry("63.20").pk])
        for page in (reverse("case-files"), leaf):
            assert reverse("case-file-new") in text(clerk.get(page))
            archive = logged_in(personas.ARCHIVE)
            assert reverse("case-file-new") not in text(archive.get(page))
        FilePlanEntry.objects.filter(code="63.20").update(locked=True)
        assert reverse("case-file-new") not in text(clerk.get(leaf))


class TestChanging:
    def change(self, client: Client, story: Story, **values: object) -> Any:
        data = {"title": "Garage Lindenweg 4", "row_version": story.case_file.row_version} | values
        return client.post(address("case-file-edit", story), data, follow=True)

    def test_a13_title_type_worker_and_remark(self, clerk: Client, building: Story) -> None:
        me = person(personas.CLERK_BUILDING)
        file_types.define("Bau")
        page = text(
            self.change(
                clerk, building, title="Ärger", file_type="Bau", case_worker=me.pk, remark="Eilt"
            )
        )
        file = CaseFile.objects.get(pk=building.case_file.pk)
        assert (file.title, file.sort_key, file.file_type) == ("Ärger", "arger", "Bau")
        assert (file.case_worker, file.remark) == (me, "Eilt")
        assert "Die Angaben sind geändert." in page

    def test_the_change_can_be_taken_back(self, clerk: Client, building: Story) -> None:
        self.change(clerk, building, title="Versehen")
        operation = Operation.objects.filter(verb="records.case_file.change").latest("pk")
        clerk.post(address("case-file-undo", building, operation.pk))
        assert CaseFile.objects.get(pk=building.case_file.pk).title == "Garage Lindenweg 4"

    def test_nothing_changed_is_said_and_not_written(self, clerk: Client, building: Story) -> None:
        assert "nichts zu ändern" in text(self.change(clerk, building))
        assert CaseFile.objects.get(pk=building.case_file.pk).row_version == 1

    def test_two_people_at_once_get_a_merge_question(self, clerk: Client, building: Story) -> None:
        pk = building.case_file.pk
        file_types.define("Bauakte")
        theirs = {"title": "Garage Lindenweg 4a", "file_type": "Bauakte"}
        change_metadata({pk: theirs}, w.acting(person(personas.CLERK_BUILDING)))
        answer = self.change(clerk, building, title="Garage und Zaun", remark="Meine Bemerkung")
        assert answer.status_code == 409
        page = text(answer)
        for said in ("Garage Lindenweg 4a", "Garage und Zaun", "Meine Bemerkung", "Bauakte"):
            assert said in page
        assert CaseFile.objects.get(pk=pk).title == "Garage Lindenweg 4a"

    @pytest.mark.parametrize(
        ("choice", "title"), [("meine", "Garage und Zaun"), ("gespeichert", "Garage Lindenweg 4a")]
    )
    def test_the_answer_to_it_is_kept(
        self, clerk: Client, building: Story, choice: str, title: str
    ) -> None:
        pk = building.case_file.pk
        change_metadata(
            {pk: {"title": "Garage Lindenweg 4a"}}, w.acting(person(personas.CLERK_BUILDING))
        )
        self.change(
            clerk, building, title="Garage und Zaun", remark="neu", row_version=2, wahl_title=choice
        )
        file = CaseFile.objects.get(pk=pk)
        assert (file.title, file.remark) == (title, "neu")

    def test_a_closed_file_is_read_only(self, clerk: Client, building: Story) -> None:
        CaseFile.objects.update(status=CaseFileStatus.CLOSED)
        assert self.change(clerk, building, title="x").status_code == 409
        page = text(clerk.get(address("case-file", building)))
        assert address("case-file-edit", building) not in page

    def test_the_menu_offers_it_by_key(self, clerk: Client, building: Story) -> None:
        page = text(clerk.get(address("case-file", building)))
        assert f'href="{address("case-file-edit", building)}" data-key="e"' in page

    def test_a_stranger_of_the_unit_is_no_case_worker(self, clerk: Client, building: Story) -> None:
        stranger = person(personas.CLERK_SOCIAL)
        answer = self.change(clerk, building, case_worker=stranger.pk)
        assert answer.status_code == 422


class TestReassigning:
    def wish(self, entry: str = "63.20", unit: str = "63.1") -> dict[str, Any]:
        return {"eintrag": w.entry(entry).pk, "einheit": w.unit(unit).pk, "row_version": 1}

    def test_nothing_is_written_by_looking(self, clerk: Client, building: Story) -> None:
        before = Operation.objects.count()
        page = text(clerk.get(address("case-file-reassign", building), self.wish()))
        assert "neues Aktenzeichen" in page
        assert Operation.objects.count() == before

    def test_s2_the_preview_names_who_gains_and_loses(self, clerk: Client, building: Story) -> None:
        page = text(clerk.get(address("case-file-reassign", building), self.wish("63.10", "10")))
        lost, gained = map(page.index, ("Sehen die Akte dann nicht mehr", "Sehen die Akte neu"))
        assert lost < page.index("Tobias Kruse", lost) < gained < page.index("Ingrid Lindner")
        assert "Ja, ich gebe die Akte ab." in page

    def test_a9_the_old_number_redirects(self, clerk: Client, building: Story) -> None:
        old = building.case_file.aktenzeichen
        page = text(clerk.post(address("case-file-reassign", building), self.wish(), follow=True))
        new = CaseFile.objects.get(pk=building.case_file.pk).aktenzeichen
        assert f"Die Akte {new} ist umgeschrieben." in page
        for number in (old, new):
            answer = clerk.get(reverse("case-file-by-number", args=[number]))
            assert answer.headers["Location"] == address("case-file", building)
        assert clerk.get(reverse("search"), {"q": old}).status_code == 302

    def test_unknown_and_invisible_numbers_read_the_same(
        self, clerk: Client, building: Story
    ) -> None:
        outsider = logged_in(personas.CLERK_SOCIAL)
        clerk.post(address("case-file-reassign", building), self.wish())
        numbers = [FormerNumber.objects.get().number, "63.10-9999/2026"]
        hidden, unknown = (outsider.get(f"/akte/nummer/{quote(n)}") for n in numbers)
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        pages = (text(hidden).replace(numbers[0], ""), text(unknown).replace(numbers[1], ""))
        first, second = (re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page) for page in pages)
        assert first == second

    def test_giving_a_file_away_is_confirmed(self, clerk: Client, building: Story) -> None:
        where, wish = address("case-file-reassign", building), self.wish("63.10", "10")
        refused = clerk.post(where, wish)
        assert refused.status_code == 409
        assert "Bitte bestätigen" in text(refused)
        done = clerk.post(where, wish | {"loss_confirmed": "on"}, follow=True)
        assert "Sie sehen sie nicht mehr" in text(done)
        assert clerk.get(address("case-file", building)).status_code == 404

    def test_it_can_be_taken_back(self, clerk: Client, building: Story) -> None:
        clerk.post(address("case-file-reassign", building), self.wish())
        operation = Operation.objects.filter(verb="records.case_file.reassign").latest("pk")
        clerk.post(address("case-file-undo", building, operation.pk))
        file = CaseFile.objects.get(pk=building.case_file.pk)
        assert file.aktenzeichen == building.case_file.aktenzeichen

    def test_a_change_since_the_preview_shows_it_again(
        self, clerk: Client, building: Story
    ) -> None:
        change_metadata(
            {building.case_file.pk: {"title": "anders"}},
            w.acting(person(personas.CLERK_BUILDING)),
        )
        answer = clerk.post(address("case-file-reassign", building), self.wish())
        assert answer.status_code == 409
        assert "noch einmal" in text(answer)

    def test_what_is_not_possible_is_said_in_the_preview(
        self, clerk: Client, building: Story
    ) -> None:
        FilePlanEntry.objects.filter(code="63.20").update(circle="sozial")
        page = text(clerk.get(address("case-file-reassign", building), self.wish()))
        assert "anderen Berechtigungskreis" in page
        assert "Jetzt umschreiben" not in page

    def test_a_secretariat_files_but_does_not_reassign(self, building: Story) -> None:
        secretary = w._person("sekretariat")
        accounts.give_role(secretary, w.unit("63.1"), Role.SECRETARIAT)
        client = logged_in("sekretariat")
        assert client.get(address("case-file-edit", building)).status_code == 200
        assert client.get(address("case-file-reassign", building)).status_code == 403
        page = text(client.get(address("case-file", building)))
        assert address("case-file-reassign", building) not in page
