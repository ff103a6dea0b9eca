"""The file plan in the browser: preview, save, undo, merge question, bounded pages (A1-A7)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import CaseFile, FilePlan, FilePlanEntry
from records.models.file_plan import plan_sort_key
from records.selectors.file_plan import LEVEL_PAGE
from tests import personas, stories
from tests.access import world as w
from tests.records.views.conftest import logged_in

pytestmark = pytest.mark.usefixtures("quick_city")


@pytest.fixture
def registry() -> Client:
    return logged_in(personas.REGISTRY)


def url(name: str, code: str = "50") -> str:
    return reverse(name, args=[w.entry(code).pk])


def typed(code: str = "50", **values: Any) -> dict[str, Any]:
    """The form as the page has shown it, with some fields typed over."""
    entry = w.entry(code)
    shown = {
        "title": entry.title,
        "description": entry.description,
        "lead_unit": entry.lead_unit_id or "",
        "retention_years": entry.retention_years or "",
        "disposition": entry.disposition,
        "circle": entry.circle,
        "confidentiality": entry.confidentiality,
        "retention_start": entry.retention_start,
        "capacity": entry.capacity,
        "allowed_types": entry.allowed_types,
        "allowed_file_types": entry.allowed_file_types,
        "required_data": entry.required_data,
        "row_version": entry.row_version,
    }
    return shown | values


def undo_url(client: Client, page: str) -> str:
    """The address of the offered "Rückgängig"."""
    text = client.get(page).content.decode()
    assert "Rückgängig" in text
    start = text.index("/rueckgaengig/")
    begin = text.rindex('"', 0, start) + 1
    return text[begin : text.index('"', start)]


class TestEditing:
    def test_a4_preview_then_save_then_back(self, registry: Client) -> None:
        story = stories.social_file()
        shown = registry.post(url("file-plan-edit"), typed(retention_years=30))
        text = shown.content.decode()
        assert "10 → 30" in text
        assert "1 Akten bekommen andere Fristen" in text
        assert w.entry("50").retention_years == 10
        saved = registry.post(
            url("file-plan-edit"), typed(retention_years=30) | {"schritt": "speichern"}
        )
        assert saved.status_code == 302
        story.case_file.refresh_from_db()
        assert (w.entry("50").retention_years, story.case_file.retention_years) == (30, 30)
        registry.post(undo_url(registry, url("file-plan-entry")))
        story.case_file.refresh_from_db()
        assert (w.entry("50").retention_years, story.case_file.retention_years) == (10, 10)

    def test_what_was_typed_comes_back_from_the_preview(self, registry: Client) -> None:
        data = typed(title="Soziales und Teilhabe") | {"schritt": "aendern"}
        page = registry.post(url("file-plan-edit"), data)
        assert 'value="Soziales und Teilhabe"' in page.content.decode()

    def test_nothing_changed_is_said(self, registry: Client) -> None:
        assert registry.post(url("file-plan-edit"), typed()).status_code == 302
        assert "nichts zu ändern" in registry.get(url("file-plan-entry")).content.decode()
        assert w.entry("50").row_version == 1

    def test_s2_the_preview_names_who_would_see_new_files(self, registry: Client) -> None:
        page = registry.post(
            url("file-plan-edit", "63.10"), typed("63.10", confidentiality="offen")
        )
        text = page.content.decode()
        assert "Sehen neue Akten zusätzlich" in text
        assert str(personas.person(personas.CLERK_SOCIAL)) in text

    def test_years_and_permanent_exclude_each_other(self, registry: Client) -> None:
        data = typed(retention_years=5, retention_permanent="on")
        page = registry.post(url("file-plan-edit"), data)
        assert page.status_code == 422
        assert "nicht beides" in page.content.decode()

    def test_two_at_once_are_asked(self, registry: Client) -> None:
        mine = typed(title="Soziales A", description="meine Erläuterung")
        other = logged_in(personas.ADMINISTRATION)
        other.post(url("file-plan-edit"), typed(title="Soziales B") | {"schritt": "speichern"})
        asked = registry.post(url("file-plan-edit"), mine | {"schritt": "speichern"})
        text = asked.content.decode()
        assert asked.status_code == 409
        assert "Was soll gelten" in text
        assert "meine Erläuterung" in text
        again = mine | {"row_version": 2, "wahl_title": "gespeichert", "schritt": "speichern"}
        assert registry.post(url("file-plan-edit"), again).status_code == 302
        entry = w.entry("50")
        assert (entry.title, entry.description) == ("Soziales B", "meine Erläuterung")

    def test_history_in_sentences(self, registry: Client) -> None:
        data = typed(title="Soziales und Teilhabe") | {"schritt": "speichern"}
        registry.post(url("file-plan-edit"), data)
        text = registry.get(url("file-plan-history")).content.decode()
        name = personas.person(personas.REGISTRY)
        assert f"{name} hat „Soziales und Teilhabe“ geändert" in text
        assert "Bezeichnung: Soziales → Soziales und Teilhabe" in text


class TestAdding:
    def test_a1_below_an_entry(self, registry: Client) -> None:
        data = {"code": "50.70", "title": "Bildung und Teilhabe", "capacity": 100, "row_version": 1}
        answer = registry.post(url("file-plan-new"), data)
        assert answer.headers["Location"] == url("file-plan-entry", "50.70")
        assert "50.70" in registry.get(url("file-plan-entry")).content.decode()

    def test_a_taken_code_is_said_beside_the_field(self, registry: Client) -> None:
        data = {"code": "50.10", "title": "Doppelt", "capacity": 100, "row_version": 1}
        answer = registry.post(url("file-plan-new"), data)
        assert answer.status_code == 422
        assert "gibt es schon" in answer.content.decode()

    def test_taken_back_leads_to_the_entry_above(self, registry: Client) -> None:
        data = {"code": "50.70", "title": "Irrtum", "capacity": 100, "row_version": 1}
        registry.post(url("file-plan-new"), data)
        page = url("file-plan-entry", "50.70")
        answer = registry.post(undo_url(registry, page))
        assert answer.headers["Location"] == url("file-plan-entry")
        assert not FilePlanEntry.objects.filter(code="50.70").exists()


class TestClosing:
    def test_a3_locked_and_opened_again(self, registry: Client) -> None:
        assert "abgewiesen" in registry.get(url("file-plan-lock", "50.10")).content.decode()
        for state, said in (("ja", "ist gesperrt"), ("nein", "ist entsperrt")):
            version = w.entry("50.10").row_version
            sent = {"gesperrt": state, "row_version": version}
            registry.post(url("file-plan-lock", "50.10"), sent)
            assert said in registry.get(url("file-plan-entry", "50.10")).content.decode()
            assert w.entry("50.10").locked == (state == "ja")

    def test_a3_nobody_opens_in_a_retired_entry(self, registry: Client) -> None:
        data = {"day": "heute", "successor": "50.20", "row_version": 1}
        assert (
            "50.20 Hilfe" in registry.post(url("file-plan-retire", "50.10"), data).content.decode()
        )
        assert w.entry("50.10").retired_on is None
        registry.post(url("file-plan-retire", "50.10"), data | {"schritt": "speichern"})
        page = logged_in(personas.CLERK_SOCIAL).get(url("file-plan-entry", "50.10"))
        text = page.content.decode()
        assert "stillgelegt" in text
        assert "Nachfolger: 50.20 Hilfe zum Lebensunterhalt" in text
        assert "Neue Akte" not in text.split("<main")[1]

    def test_an_unknown_successor_is_said(self, registry: Client) -> None:
        data = {"day": "heute", "successor": "99.99", "row_version": 1}
        answer = registry.post(url("file-plan-retire", "50.10"), data)
        assert answer.status_code == 422

    def test_somebody_was_faster(self, registry: Client) -> None:
        w.entry("50.10")
        FilePlanEntry.objects.filter(code="50.10").update(row_version=2)
        sent = {"gesperrt": "ja", "row_version": 1}
        answer = registry.post(url("file-plan-lock", "50.10"), sent)
        assert answer.status_code == 409
        assert not w.entry("50.10").locked


class TestBounded:
    def grow(self, how_many: int) -> None:
        plan, parent = FilePlan.objects.get(code="AP2026"), w.entry("50")
        made = FilePlanEntry.objects.bulk_create(
            FilePlanEntry(
                plan=plan,
                parent=parent,
                code=f"50.1{n:05d}",
                title=f"Fachbereich {n}",
                sort_key=plan_sort_key(f"50.1{n:05d}", f"Fachbereich {n}"),
            )
            for n in range(how_many)
        )
        for entry in made:
            entry.ancestors = [parent.pk, entry.pk]
        FilePlanEntry.objects.bulk_update(made, ["ancestors"], batch_size=1000)

    def queries(self, client: Client, address: str) -> int:
        for _ in range(2):
            assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    def test_a7_three_thousand_children_in_pages(self, registry: Client) -> None:
        few = self.queries(registry, url("file-plan-entry"))
        self.grow(3000)
        many = self.queries(registry, url("file-plan-entry"))
        # One more: the level is counted when a page does not hold it.
        assert many <= few + 1
        page = registry.get(url("file-plan-entry"))
        assert page.content.decode().count("desk-tree__link") == LEVEL_PAGE

    def test_a7_every_child_is_on_one_page(self, registry: Client) -> None:
        self.grow(LEVEL_PAGE * 2)
        seen: list[str] = []
        address = url("file-plan-entry")
        while address:
            page = registry.get(address)
            seen += [node.number for node in page.context["nodes"]]
            following = page.context.get("next_url", "")
            address = url("file-plan-entry") + following if following else ""
        children = FilePlanEntry.objects.filter(parent=w.entry("50"))
        assert seen == list(children.order_by("sort_key", "pk").values_list("code", flat=True))

    def test_the_preview_of_a_change_above_three_thousand(self, registry: Client) -> None:
        def preview() -> int:
            registry.get(url("file-plan-edit"))
            with CaptureQueriesContext(connection) as captured:
                page = registry.post(url("file-plan-edit"), typed(retention_years=30))
            assert "10 → 30" in page.content.decode()
            return len(captured)

        few = preview()
        self.grow(3000)
        assert preview() <= few


def test_files_stay_where_a_clerk_has_no_menu() -> None:
    stories.social_file()
    page = logged_in(personas.CLERK_SOCIAL).get(url("file-plan-entry", "50.10"))
    assert "Eintrag ändern" not in page.content.decode()
    assert CaseFile.objects.filter(entry=w.entry("50.10")).exists()
