"""Changing documents at the desk: facts, versions, check-outs; what is offered and what is not."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from goettingen_ecm.operations import clock, outbox
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, CheckOut, Document, SearchEntry
from records.services.actor import person
from records.services.check_outs import ask_release, check_out, take_over
from records.services.documents import change_metadata
from tests import personas
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def head(quick_city: None) -> Client:
    return logged_in(personas.HEAD_SOCIAL)


def address(name: str, story: Story, *further: object) -> str:
    return reverse(name, args=[story.document.uuid, *further])


def fresh(story: Story) -> Document:
    return Document.objects.get(pk=story.document.pk)


def facts(story: Story, **more: Any) -> dict[str, Any]:
    """The form as it comes filled in, with ``more`` typed over it."""
    found = fresh(story)
    return {
        "title": found.title,
        "document_type": "",
        "direction": found.direction,
        "letter_date": "20.11.2026",
        "received_on": "",
        "dispatched_on": "",
        "foreign_reference": "",
        "row_version": found.row_version,
        **more,
    }


def offered(client: Client, story: Story) -> str:
    """The menu of the document page, as text."""
    found = page(client.get(address("document", story)).content)
    return " ".join(text_of(one) for one in found.xpath('//a[@class="desk-menu__item"]'))


def said(client: Client, answer: Any) -> str:
    shown = client.get(answer.headers["Location"])
    return text_of(page(shown.content).xpath('//*[@id="meldungen"]')[0])


def holding(story: Story, username: str = personas.CLERK_SOCIAL) -> CheckOut:
    user = personas.person(username)
    return check_out([story.document.pk], person(user, "test.check_out"))[0]


class TestFacts:
    def test_w8_sort_date_and_search_follow_a_change(self, clerk: Client, story: Story) -> None:
        typed = facts(story, title="Zuckerrübenschaden", received_on="23.11.2026")
        answer = clerk.post(address("document-edit", story), typed)
        assert answer.status_code == 302
        outbox.deliver_batch()
        found = fresh(story)
        assert (found.title, found.sort_date) == ("Zuckerrübenschaden", date(2026, 11, 23))
        hits = clerk.get(reverse("search"), {"q": "Zuckerrübenschäden"}).content.decode()
        assert address("document", story) in hits
        rows = SearchEntry.objects.filter(document_id=found.pk)
        assert [row.sort_date for row in rows] == [date(2026, 11, 23)]

    def test_a_change_is_taken_back(self, clerk: Client, story: Story) -> None:
        before = fresh(story)
        answer = clerk.post(
            address("document-edit", story), facts(story, title="Neu", received_on="23.11.2026")
        )
        shown = clerk.get(answer.headers["Location"]).content.decode()
        undo = re.search(r"/dokument/[^\"]+/angaben/zurueck/\d+/", shown)
        assert undo is not None
        assert clerk.post(undo.group()).status_code == 302
        now = fresh(story)
        assert (now.title, now.received_on, now.sort_date) == (
            before.title,
            before.received_on,
            before.sort_date,
        )

    def test_what_was_changed_again_is_not_taken_back(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        answer = clerk.post(address("document-edit", story), facts(story, title="Neu"))
        shown = clerk.get(answer.headers["Location"]).content.decode()
        undo = re.search(r"/dokument/[^\"]+/angaben/zurueck/\d+/", shown)
        assert undo is not None
        assert head.post(undo.group()).status_code == 403
        head.post(address("document-edit", story), facts(story, title="Noch neuer"))
        assert clerk.post(undo.group()).status_code == 409
        assert fresh(story).title == "Noch neuer"

    def test_two_at_once_are_asked_with_both_values(self, clerk: Client, story: Story) -> None:
        typed = facts(story, title="Meine Fassung", foreign_reference="AZ 7")
        other = personas.person(personas.HEAD_SOCIAL)
        values = {"title": "Ihre Fassung", "dispatched_on": date(2026, 11, 22)}
        change_metadata({story.document.pk: values}, person(other, "test.change"))
        answer = clerk.post(address("document-edit", story), typed)
        text = text_of(page(answer.content))
        assert answer.status_code == 409
        assert "Petra Voss" in text and "Ihre Fassung" in text
        shown = answer.content.decode()
        assert 'value="Meine Fassung"' in shown and 'value="AZ 7"' in shown
        assert 'value="22.11.2026"' in shown
        assert fresh(story).title == "Ihre Fassung"
        again = {**typed, "row_version": fresh(story).row_version, "dispatched_on": "22.11.2026"}
        assert clerk.post(address("document-edit", story), again).status_code == 302
        assert (fresh(story).title, fresh(story).dispatched_on) == (
            "Meine Fassung",
            date(2026, 11, 22),
        )

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"title": "  "}, "title"),
            ({"letter_date": "gar nicht"}, "letter_date"),
            ({"direction": "quer"}, "direction"),
            ({"title": "x" * 501}, "title"),
        ],
    )
    def test_bad_input_stands_at_its_field(
        self, clerk: Client, story: Story, typed: dict[str, str], field: str
    ) -> None:
        answer = clerk.post(address("document-edit", story), facts(story, **typed))
        assert answer.status_code == 422
        assert page(answer.content).xpath(f'//*[@id="id_{field}_error"]')
        assert fresh(story).row_version == story.document.row_version

    def test_direction_marks_go_from_a_title(self, clerk: Client, story: Story) -> None:
        answer = clerk.post(
            address("document-edit", story), facts(story, title="Be\u202escheid neu")
        )
        assert fresh(story).title == "Bescheid neu"
        assert "Unsichtbare Zeichen" in said(clerk, answer)

    def test_w8_final_documents_are_read_only(self, clerk: Client, story: Story) -> None:
        typed = facts(story, title="Neu")
        Document.objects.filter(pk=story.document.pk).update(is_final=True)
        assert "Angaben" not in offered(clerk, story)
        for name in ("document-edit", "document-version-new", "document-check-out"):
            assert clerk.get(address(name, story)).status_code == 409
        assert clerk.post(address("document-edit", story), typed).status_code == 409
        assert "endgültig" in clerk.get(address("document", story)).content.decode()

    def test_a_closed_file_is_read_only(self, clerk: Client, story: Story) -> None:
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
        assert offered(clerk, story).count("Fassung") == 0
        assert clerk.get(address("document-edit", story)).status_code == 409


class TestVersions:
    def send(self, client: Client, story: Story, text: str, base: int = 1, **more: Any) -> Any:
        values = {
            "file": SimpleUploadedFile("bescheid.txt", text.encode()),
            "comment": "Frist berichtigt",
            "base_number": base,
            "repeat_key": text,
            **more,
        }
        return client.post(address("document-version-new", story), values)

    def test_w8_the_page_lists_who_filed_which_version_when_and_why(
        self, clerk: Client, story: Story
    ) -> None:
        assert self.send(clerk, story, "Zweiter Text").status_code == 302
        shown = page(clerk.get(address("document", story)).content)
        [newest, first] = shown.xpath('//ol[@class="desk-versions"]/li')
        assert "Fassung 2" in text_of(newest) and "Frist berichtigt" in text_of(newest)
        assert "Sabine Brandt" in text_of(newest) and "2026" in text_of(newest)
        assert first.xpath(".//a/@href") == [
            address("document", story) + "?fassung=1",
            address("document-compare", story) + "?alt=1",
        ]

    def test_an_older_version_is_opened_and_restored(self, clerk: Client, story: Story) -> None:
        self.send(clerk, story, "Zweiter Text")
        older = clerk.get(address("document", story) + "?fassung=1")
        assert address("document-original", story, 1, 0) in older.content.decode()
        answer = clerk.post(address("document-version-restore", story, 1), {"stand": "2"})
        assert "Fassung 1 gilt wieder, jetzt als Fassung 3" in said(clerk, answer)
        assert fresh(story).version_number == 3

    def test_restoring_is_taken_back_by_the_notice(self, clerk: Client, story: Story) -> None:
        self.send(clerk, story, "Zweiter Text")
        answer = clerk.post(address("document-version-restore", story, 1), {"stand": "2"})
        shown = clerk.get(answer.headers["Location"]).content.decode()
        assert address("document-version-restore", story, 2) in shown
        assert clerk.post(address("document-version-restore", story, 2)).status_code == 302
        assert fresh(story).version_number == 4

    def test_a_newer_version_meanwhile_is_a_question(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        self.send(head, story, "Zweiter Text")
        answer = self.send(clerk, story, "Meiner")
        assert answer.status_code == 409
        assert "Fassung 2 von Petra Voss kam dazwischen" in text_of(page(answer.content))
        assert 'value="Frist berichtigt"' in answer.content.decode()
        assert self.send(clerk, story, "Meiner", base=2).status_code == 302

    def test_a_draft_is_marked_on_page_and_list(self, clerk: Client, story: Story) -> None:
        self.send(clerk, story, "Halb fertig", is_draft="on")
        assert fresh(story).status == DocumentStatus.DRAFT
        for shown in (
            address("document", story),
            reverse("case-file", args=[story.case_file.uuid]),
        ):
            found = page(clerk.get(shown).content)
            assert "Entwurf" in text_of(found)
            assert "<span" not in text_of(found)

    def test_what_is_not_taken_is_said_at_the_file(self, clerk: Client, story: Story) -> None:
        answer = self.send(clerk, story, "")
        assert answer.status_code == 422
        assert page(answer.content).xpath('//div[@id="id_file_error"]')
        assert filing.tmp_files() == []


class TestCheckOuts:
    def act(self, client: Client, story: Story, what: str, **more: Any) -> HttpResponse:
        values = {"tun": what, **more}
        return client.post(address("document-check-out", story), values)  # type: ignore[return-value]

    def test_w8_lists_and_page_say_who_and_until_when(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        assert self.act(clerk, story, "nehmen").status_code == 302
        for shown in (
            address("document", story),
            reverse("case-file", args=[story.case_file.uuid]),
        ):
            text = text_of(page(head.get(shown).content))
            assert re.search(r"in Bearbeitung durch Sabine Brandt bis .*\d\d:\d\d Uhr", text)
            assert "<span" not in text

    def test_others_are_offered_only_to_ask_or_take_over(self, head: Client, story: Story) -> None:
        holding(story)
        assert "Um Freigabe bitten" in offered(head, story)
        assert "Angaben ändern" not in offered(head, story)
        for name in ("document-edit", "document-version-new"):
            answer = head.get(address(name, story))
            assert answer.status_code == 409
            assert "Sabine Brandt" in text_of(page(answer.content))

    def test_w8_a_request_for_release_stands_on_the_holders_start_page(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        holding(story)
        assert "Sabine Brandt sieht Ihre Bitte" in said(head, self.act(head, story, "bitten"))
        text = text_of(page(clerk.get(reverse("start")).content))
        assert "Petra Voss bittet um Freigabe" in text
        assert "bittet um Freigabe" not in text_of(page(head.get(reverse("start")).content))

    def test_w8_who_was_taken_over_finds_it_on_the_start_page(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        lock = holding(story)
        answer = self.act(head, story, "uebernehmen", von=str(lock.holder_id))
        assert answer.status_code == 302
        text = text_of(page(clerk.get(reverse("start")).content))
        assert "Petra Voss hat die Bearbeitung übernommen" in text
        assert clerk.get(address("document-version-new", story)).status_code == 409

    def test_taking_over_what_the_page_has_not_shown_is_refused(
        self, head: Client, story: Story
    ) -> None:
        holding(story)
        assert self.act(head, story, "uebernehmen", von="").status_code == 409
        assert self.act(head, story, "uebernehmen", von="²").status_code == 409
        assert CheckOut.objects.get().holder.username == personas.CLERK_SOCIAL

    def test_giving_back_frees_the_document(self, clerk: Client, story: Story) -> None:
        holding(story)
        assert "Bearbeitung beenden" in offered(clerk, story)
        assert self.act(clerk, story, "zurueck").status_code == 302
        assert not CheckOut.objects.exists()

    def test_filing_the_version_gives_the_document_back_unless_told_otherwise(
        self, clerk: Client, story: Story
    ) -> None:
        holding(story)
        sender = TestVersions()
        sender.send(clerk, story, "Halb fertig", is_draft="on", keep_lock="on")
        assert CheckOut.objects.exists()
        sender.send(clerk, story, "Fertig", base=2)
        assert not CheckOut.objects.exists()

    def test_w8_an_expired_lock_is_shown_to_the_holder_and_blocks_nobody(
        self, clerk: Client, head: Client, story: Story
    ) -> None:
        holding(story)
        with clock.fixed(clock.now() + timedelta(days=30)):
            assert "Angaben ändern" in offered(head, story)
            text = text_of(page(clerk.get(reverse("start")).content))
        assert "Ihre Bearbeitung ist abgelaufen" in text

    def test_nothing_unknown_is_done(self, clerk: Client, story: Story) -> None:
        assert self.act(clerk, story, "verbrennen").status_code == 404

    def test_who_lost_sight_of_the_document_hears_no_more_of_it(
        self, clerk: Client, story: Story
    ) -> None:
        holding(story)
        Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.MISFILED)
        assert "In Bearbeitung" not in text_of(page(clerk.get(reverse("start")).content))

    def test_a_former_holder_is_told_until_the_document_is_given_back(
        self, clerk: Client, story: Story
    ) -> None:
        lock = holding(story)
        voss = personas.person(personas.HEAD_SOCIAL)
        ask_release(story.document.pk, person(voss, "test.ask"))
        take_over(story.document.pk, lock.holder_id, person(voss, "test.take_over"))
        assert "übernommen" in text_of(page(clerk.get(reverse("start")).content))
        CheckOut.objects.all().delete()
        assert "übernommen" not in text_of(page(clerk.get(reverse("start")).content))
