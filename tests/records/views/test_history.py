"""The history page: who did what, old and new values, every row once, nothing hidden."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from goettingen_ecm.operations import clock
from records.choices import Confidentiality, Direction, DocumentStatus
from records.models import Document, DocumentType
from records.selectors import history
from records.services.actor import Actor, connector, person
from records.services.documents import change_metadata, withdraw_documents
from records.services.matters import NewMatter, open_matters
from records.services.rights import change_confidentiality, narrow_matters
from tests import personas
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story


def lines(client: Client, story: Story, **query: str) -> list[str]:
    """The events as a person reads them, newest first."""
    answer = client.get(reverse("case-file-history", args=[story.case_file.uuid]), query)
    assert answer.status_code == 200
    items = page(answer.content).xpath('//li[contains(@class, "desk-timeline__item")]')
    return [text_of(item) for item in items]


def by_clerk() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test.change")


def by_head() -> Actor:
    return person(personas.person(personas.HEAD_SOCIAL), "test.change")


class TestSentences:
    def test_what_a_delivery_brought(self, clerk: Client, story: Story) -> None:
        filed, matter, opened = lines(clerk, story)
        assert filed.endswith("OPEN/PROSOZ (Schnittstelle) hat „Bescheid“ abgelegt")
        assert "hat den Vorgang „Bewilligung 2026“ angelegt" in matter
        assert "hat die Akte „Ahlers, Hannelore (4711)“ angelegt" in opened

    def test_a_change_names_old_and_new_values(self, clerk: Client, story: Story) -> None:
        notice = DocumentType.objects.get(code="widerspruch")
        values = {
            "title": "Widerspruch",
            "document_type": notice,
            "received_on": date(2026, 12, 24),
            "direction": Direction.INCOMING,
        }
        change_metadata({story.document.pk: values}, by_clerk())
        newest = lines(clerk, story)[0]
        assert "Sabine Brandt hat „Widerspruch“ geändert" in newest
        assert "Betreff: Bescheid → Widerspruch" in newest
        assert "Dokumenttyp: – → Widerspruch" in newest
        assert "Posteingang: – → 24.12.2026" in newest
        assert "Richtung: Ausgang → Eingang" in newest
        assert "Zeilenversion" not in newest

    def test_the_value_before_is_the_one_before(self, clerk: Client, story: Story) -> None:
        """Also when two changes carry the same moment, as a batch's do."""
        with clock.fixed(clock.now()):
            for title in ("Erster", "Zweiter", "Dritter"):
                change_metadata({story.document.pk: {"title": title}}, by_clerk())
        changes = [line.partition("Betreff: ")[2] for line in lines(clerk, story)[:3]]
        assert changes == ["Zweiter → Dritter", "Erster → Zweiter", "Bescheid → Erster"]

    def test_a_withdrawal_by_the_system(self, clerk: Client, story: Story) -> None:
        system = story.case_file.external_keys.get().system
        withdraw_documents([story.document.pk], connector(system, "test.withdraw"))
        newest = lines(clerk, story)[0]
        assert "OPEN/PROSOZ (Schnittstelle) hat „Bescheid“ geändert" in newest
        assert "Stand: gültig → vom Fachverfahren für ungültig erklärt" in newest

    def test_a_new_version(self, clerk: Client, story: Story) -> None:
        filing.renew(story.document, ("neu.txt", b"Neuer Text"))
        assert "Fassung: 1 → 2" in lines(clerk, story)[0]

    def test_rights_change_without_their_numbers(self, clerk: Client, story: Story) -> None:
        change_confidentiality({story.case_file.pk: Confidentiality.OPEN}, by_head())
        newest = lines(clerk, story)[0]
        assert "Petra Voss hat „Ahlers, Hannelore (4711)“ geändert" in newest
        assert "Vertraulichkeitsstufe: intern → offen" in newest

    def test_a_narrowing_is_told_to_those_who_still_see(self, story: Story) -> None:
        head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        narrow_matters({story.matter.pk: [head.group_id]}, by_head())
        newest = lines(logged_in(personas.HEAD_SOCIAL), story)[0]
        assert "Petra Voss hat „Bewilligung 2026“ geändert" in newest
        assert "beschränkt auf Gruppen geändert" in newest
        assert str(head.group_id) not in newest.partition("geändert")[2]


class TestHidden:
    @pytest.fixture
    def hidden(self, story: Story) -> Document:
        matter = open_matters([NewMatter(story.case_file, "Geheimer Vorgang")], by_clerk())[0]
        document = filing.file_data(matter, "Geheimes Schreiben", ("g.txt", b"geheim"))
        head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        narrow_matters({matter.pk: [head.group_id]}, by_head())
        return document

    def test_a_narrowed_matter_leaves_no_trace(
        self, clerk: Client, story: Story, hidden: Document
    ) -> None:
        assert "Geheim" not in "\n".join(lines(clerk, story))

    def test_a_misfiled_document_leaves_no_trace(self, clerk: Client, story: Story) -> None:
        Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.MISFILED)
        assert "Bescheid" not in "\n".join(lines(clerk, story))

    def test_a_move_out_of_a_hidden_matter_does_not_name_it(
        self, clerk: Client, story: Story, hidden: Document
    ) -> None:
        moved = Document.objects.get(pk=hidden.pk)
        moved.matter, moved.scope = story.matter, story.matter.scope
        moved.save()
        newest = lines(clerk, story)[0]
        assert "Vorgang: (nicht sichtbar) → Bewilligung 2026" in newest
        assert "Geheimer Vorgang" not in newest


class TestPaging:
    def every_page(self, story: Story, limit: int) -> Iterator[history.Event]:
        user, after = personas.person(personas.CLERK_SOCIAL), ""
        while True:
            found = history.case_file_history(user, story.case_file, after=after, limit=limit)
            assert len(found.events) <= limit
            yield from found.events
            if found.next_cursor is None:
                return
            after = found.next_cursor

    @pytest.mark.parametrize("limit", [1, 3, 7, 50])
    def test_rows_of_one_moment_come_once_each(self, story: Story, limit: int) -> None:
        """A batch of files, matters, documents and changes, all at the same moment."""
        moment = clock.now() + timedelta(hours=1)
        with clock.fixed(moment):
            matters = open_matters(
                [NewMatter(story.case_file, f"Vorgang {n}") for n in range(5)], by_clerk()
            )
            documents = [d for matter in matters for d in filing.fill(matter, 4)]
            new_titles = {d.pk: {"title": f"Neu {d.pk}"} for d in documents}
            change_metadata(new_titles, by_clerk())
        events = list(self.every_page(story, limit))
        sentences = [one.sentence for one in events]
        assert [e.at for e in events] == sorted((e.at for e in events), reverse=True)
        assert len(events) == 3 + 5 + 20 + 20
        assert sum("den Vorgang „Vorgang" in s for s in sentences) == 5
        assert {s for s in sentences if "Neu" in s} == {
            f"Sabine Brandt hat „Neu {pk}“ geändert" for pk in new_titles
        }
        assert sum("abgelegt" in s for s in sentences) == 21

    def test_the_link_to_older_entries_leads_on(self, clerk: Client, story: Story) -> None:
        filing.fill(story.matter, history.PAGE)
        address = reverse("case-file-history", args=[story.case_file.uuid])
        first = page(clerk.get(address).content)
        (link,) = first.xpath('//a[@rel="next"]/@href')
        second = page(clerk.get(address + link).content)
        counts = [len(p.xpath('//li[contains(@class, "timeline__item")]')) for p in (first, second)]
        assert counts == [history.PAGE, 3]
        assert second.xpath('//a[@rel="next"]') == []

    @pytest.mark.parametrize(
        "cursor",
        [
            "nonsense",
            "",
            "eyJ4IjoxfQ==",
            Cursor("2026-11-20T10:00:00+00:00", 5).encode(),
            Cursor("7 2026-11-20T10:00:00+00:00", 5).encode(),
            Cursor("1 2026-11-20T10:00:00", 5).encode(),
            Cursor("1 2026-13-45T10:00:00+00:00", 5).encode(),
            Cursor("1 heute", 10**40).encode(),
            Cursor("1 x\0", 5).encode(),
        ],
    )
    def test_a_foreign_cursor_is_the_first_page(
        self, clerk: Client, story: Story, cursor: str
    ) -> None:
        assert len(lines(clerk, story, nach=cursor)) == 3

    def test_before_all_time_there_is_nothing(self, clerk: Client, story: Story) -> None:
        cursor = Cursor("1 0001-01-01T00:00:00+14:00", 5).encode()
        assert lines(clerk, story, nach=cursor) == []


def test_more_changes_cost_no_more_queries(
    clerk: Client, story: Story, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def change(count: int) -> None:
        kinds = list(DocumentType.objects.all()[:count])
        for number, kind in enumerate(kinds):
            values = {"document_type": kind, "title": f"Titel {number}"}
            change_metadata({story.document.pk: values}, by_clerk())

    change(2)
    lines(clerk, story)
    with CaptureQueriesContext(connection) as few:
        lines(clerk, story)
    change(12)
    with django_assert_num_queries(len(few)):
        assert len(lines(clerk, story)) > 12


def test_others_get_nothing(outsider: Client, story: Story) -> None:
    address = reverse("case-file-history", args=[story.case_file.uuid])
    assert outsider.get(address).status_code == 404
