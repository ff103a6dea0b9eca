"""Editing one document over its secret address: locks, saved states, versions, rights."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden
from integrations.models import DavShare
from integrations.webdav import scratch, shares, tidying
from integrations.webdav.editors import editors
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, CheckOut, Document, WorkingCopy
from records.selectors.documents import components_of
from records.services import blobs, check_outs, working_copies
from records.services.actor import person
from tests import personas, stories
from tests.integrations.webdav.editor import Editor, browses, docx, edits
from tests.records.views import filing
from tests.stories import Story

NAME = "bescheid.docx"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def document(story: Story) -> Document:
    return filing.file_data(story.matter, "Bescheid", (NAME, docx("Alter Text")))


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def voss(quick_city: None) -> User:
    return personas.person(personas.HEAD_SOCIAL)


@pytest.fixture
def editor(brandt: User, document: Document) -> Editor:
    return edits(brandt, document)


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def content_of(document: Document) -> bytes:
    [main] = components_of(fresh(document))
    return blobs.read_small(main.blob)


class TestOneVersion:
    def test_w8_many_saves_of_one_session_become_one_version(
        self, editor: Editor, document: Document, brandt: User
    ) -> None:
        assert editor.open(NAME).status == 200
        assert CheckOut.objects.get(document=document).holder == brandt
        for text in ("Entwurf 1", "Entwurf 2", "Entwurf 3"):
            assert editor.save(NAME, docx(text)).status == 204
        assert fresh(document).version_number == 1
        assert editor.ask("GET", NAME).body == docx("Entwurf 3")
        assert editor.close(NAME).status == 204
        assert (fresh(document).version_number, content_of(document)) == (2, docx("Entwurf 3"))
        version = document.versions.get(number=2)
        assert (version.created_by_id, version.is_draft) == (brandt.pk, False)
        assert not WorkingCopy.objects.exists()
        assert not CheckOut.objects.exists()

    def test_nothing_saved_makes_no_version(self, editor: Editor, document: Document) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Alter Text"))
        editor.close(NAME)
        assert fresh(document).version_number == 1

    def test_a_save_without_a_lock_is_a_version_at_once(
        self, editor: Editor, document: Document
    ) -> None:
        assert editor.save(NAME, docx("Neuer Text")).status == 204
        assert (fresh(document).version_number, content_of(document)) == (2, docx("Neuer Text"))

    def test_reading_and_the_address_are_written_down(
        self, editor: Editor, document: Document
    ) -> None:
        editor.ask("GET", NAME)
        told = AuditEntry.objects.filter(object_id=document.pk).values_list("action", "channel")
        assert ("records.document.original_taken", "webdav") in told
        assert (shares.OPENED, "") in told

    def test_a_specialist_system_came_between_the_saved_state_is_a_draft_beside_it(
        self, editor: Editor, document: Document
    ) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Mein Text"))
        CheckOut.objects.update(until=clock.now() - timedelta(minutes=1))
        filing.renew(document, (NAME, docx("Aus dem Fachverfahren")))
        assert working_copies.settle_left() == 1
        assert content_of(document) == docx("Mein Text")
        assert document.versions.get(number=3).is_draft

    def test_what_an_upload_would_refuse_is_refused(
        self, editor: Editor, document: Document, settings: Settings
    ) -> None:
        editor.open(NAME)
        assert editor.save(NAME, b"MZ\x90\x00" + b"\0" * 200).status == 422
        assert editor.save(NAME, b"").status == 422
        settings.UPLOAD_MAX_BYTES = 100
        assert editor.save(NAME, docx("x" * 200)).status == 413
        assert not WorkingCopy.objects.exists()


class TestOthers:
    def test_who_works_on_it_elsewhere_keeps_the_editor_out(
        self, editor: Editor, document: Document, voss: User
    ) -> None:
        check_outs.check_out([document.pk], person(voss, "test"))
        assert editor.open(NAME).status == 423
        assert editor.save(NAME, docx("x")).status == 423

    def test_a_second_window_of_the_same_person_is_kept_out(
        self, editor: Editor, document: Document, brandt: User
    ) -> None:
        second = edits(brandt, document)
        editor.open(NAME)
        assert second.open(NAME).status == 423
        assert second.save(NAME, docx("x")).status == 423

    def test_w8_who_takes_over_gets_what_was_saved_as_a_draft(
        self, editor: Editor, document: Document, brandt: User, voss: User
    ) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Halber Satz"))
        check_outs.take_over(document.pk, brandt.pk, person(voss, "test"))
        assert content_of(document) == docx("Halber Satz")
        version = document.versions.get(number=2)
        assert version.is_draft
        assert str(brandt) in version.comment
        assert editor.save(NAME, docx("Zu spät")).status in (412, 423)

    def test_ending_the_work_in_the_browser_ends_the_editors_lock(
        self, editor: Editor, document: Document, brandt: User
    ) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Stand"))
        check_outs.give_back([document.pk], person(brandt, "test"))
        assert fresh(document).status == DocumentStatus.DRAFT
        assert editor.save(NAME, docx("Danach")).status == 412

    def test_a_check_out_taken_by_hand_outlives_the_editor(
        self, editor: Editor, document: Document, brandt: User
    ) -> None:
        check_outs.check_out([document.pk], person(brandt, "test"))
        editor.open(NAME)
        editor.save(NAME, docx("Stand"))
        editor.close(NAME)
        assert fresh(document).version_number == 2
        assert CheckOut.objects.filter(holder=brandt).exists()


class TestLeftBehind:
    def test_an_editor_that_crashed_leaves_a_draft(
        self, editor: Editor, document: Document
    ) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Vor dem Absturz"))
        with clock.fixed(clock.now() + timedelta(minutes=20)):
            assert tidying.tidy() == 1
        assert document.versions.get(number=2).is_draft
        assert not CheckOut.objects.exists()

    def test_what_may_not_become_a_version_stays_with_the_reason(
        self, editor: Editor, document: Document, story: Story
    ) -> None:
        editor.open(NAME)
        editor.save(NAME, docx("Vor dem Abschluss"))
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
        CheckOut.objects.update(until=clock.now() - timedelta(minutes=1))
        assert working_copies.settle_left() == 1
        assert "abgeschlossen" in WorkingCopy.objects.get().problem
        assert working_copies.settle_left() == 0

    def test_old_addresses_go_with_their_scratch_area(
        self, editor: Editor, settings: Settings
    ) -> None:
        editor.save(f"~${NAME}", b"brandt")
        share = DavShare.objects.get()
        folder = scratch.folder_of(share)
        assert (folder / f"~${NAME}").exists()
        with clock.fixed(clock.now() + timedelta(days=9)):
            tidying.tidy()
        assert not folder.exists()
        assert not DavShare.objects.exists()


class TestAddress:
    def test_only_a_digest_of_it_is_kept(self, editor: Editor) -> None:
        share = DavShare.objects.get()
        assert bytes(share.token_digest) == shares.digest_of(editor.secret)

    def test_a_made_up_address_finds_nothing(self, editor: Editor) -> None:
        assert Editor("x" * 43).ask("PROPFIND").status == 404
        assert Editor("ü").ask("GET", NAME).status == 404

    def test_it_ends_after_its_hours(self, editor: Editor, settings: Settings) -> None:
        hours = timedelta(hours=settings.WEBDAV_SHARE_HOURS)
        with clock.fixed(clock.now() + hours - timedelta(minutes=1)):
            assert editor.ask("GET", NAME).status == 200
        with clock.fixed(clock.now() + hours + timedelta(minutes=1)):
            assert editor.ask("GET", NAME).status == 404

    def test_it_ends_with_the_account(self, editor: Editor, brandt: User) -> None:
        User.objects.filter(pk=brandt.pk).update(is_active=False)
        assert editor.ask("GET", NAME).status == 404

    def test_s1_who_loses_sight_of_the_file_loses_the_document(
        self, editor: Editor, document: Document
    ) -> None:
        hidden = stories.building_file().case_file.scope_id
        Document.objects.filter(pk=document.pk).update(scope=hidden)
        assert editor.ask("GET", NAME).status == 404
        assert editor.names() == ["_Zwischenablage"]

    def test_a_closed_file_is_read_only(self, editor: Editor, story: Story) -> None:
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
        assert editor.ask("GET", NAME).status == 200
        assert editor.open(NAME).status == 403
        assert editor.save(NAME, docx("x")).status == 403

    def test_who_may_not_change_it_gets_none(self, document: Document, story: Story) -> None:
        reader = personas.person(personas.CLERK_BUILDING)
        with pytest.raises(Forbidden):
            edits(reader, document)

    def test_plain_http_and_foreign_hosts_are_refused(
        self, editor: Editor, settings: Settings
    ) -> None:
        assert editor.ask("GET", NAME, HTTP_HOST="evil.example").status == 400
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        assert editor.ask("GET", NAME).status == 403
        assert editor.ask("GET", NAME, HTTP_X_FORWARDED_PROTO="https").status == 200

    def test_in_a_browser_nothing_of_it_runs(self, editor: Editor) -> None:
        answer = editor.ask("GET", NAME)
        assert answer.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_documents_are_not_deleted_moved_or_copied(self, editor: Editor) -> None:
        target = {"HTTP_DESTINATION": f"/dav/{editor.secret}/_Zwischenablage/x", "HTTP_DEPTH": "0"}
        assert editor.ask("DELETE", NAME).status == 403
        assert editor.ask("MOVE", NAME, **target).status == 403
        assert editor.ask("COPY", NAME, **target).status == 403
        assert editor.ask("MKCOL", "Neuer Ordner").status == 403

    def test_huge_and_endless_orders_are_refused(self, editor: Editor) -> None:
        assert editor.ask("PROPFIND", "", b"<x/>" * 100_000).status == 413
        assert editor.ask("PROPFIND", HTTP_TRANSFER_ENCODING="chunked").status == 411

    def test_an_xml_bomb_does_not_grow(self, editor: Editor) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "bummbumm">]><propfind xmlns="DAV:"><prop><a>&a;</a></prop></propfind>'
        assert b"bumm" not in editor.ask("PROPFIND", "", bomb).body


class TestFolder:
    def test_e8_a_file_laid_into_a_matter_becomes_a_document(
        self, story: Story, document: Document, brandt: User
    ) -> None:
        folder = browses(brandt, story.matter)
        assert NAME in folder.names()
        assert folder.save("Neu.docx", b"").status == 201
        assert Document.objects.filter(title="Neu").count() == 0
        folder.open("Neu.docx")
        assert folder.save("Neu.docx", docx("Neues Schreiben")).status == 204
        made = Document.objects.get(title="Neu")
        assert (made.matter_id, content_of(made)) == (story.matter.pk, docx("Neues Schreiben"))
        folder.save("Neu.docx", docx("Berichtigt"))
        folder.close("Neu.docx")
        assert (fresh(made).version_number, content_of(made)) == (2, docx("Berichtigt"))

    def test_lock_files_and_the_scratch_area_never_become_documents(
        self, story: Story, brandt: User
    ) -> None:
        folder = browses(brandt, story.matter)
        before = Document.objects.count()
        assert folder.save(f"~${NAME}", b"brandt").status == 201
        assert folder.save(f".~lock.{NAME}%23", b"brandt").status == 201
        assert folder.save("_Zwischenablage/versuch.docx", docx("x")).status == 201
        assert not any("~" in name for name in folder.names())
        onto = {"HTTP_DESTINATION": f"/dav/{folder.secret}/versuch.docx"}
        assert folder.ask("MOVE", "_Zwischenablage/versuch.docx", **onto).status == 403
        assert Document.objects.count() == before

    def test_the_scratch_area_has_an_end(
        self, story: Story, brandt: User, settings: Settings
    ) -> None:
        settings.WEBDAV_SCRATCH_MAX_BYTES = 1000
        folder = browses(brandt, story.matter)
        assert folder.save("_Zwischenablage/klein", b"x" * 400).status == 201
        assert folder.save("_Zwischenablage/gross", b"x" * 800).status == 507

    def test_nobody_leaves_the_scratch_area(self, story: Story, brandt: User) -> None:
        folder = browses(brandt, story.matter)
        for name in ("_Zwischenablage/../../x", "_Zwischenablage/%2e%2e/%2e%2e/x"):
            assert folder.save(name, b"x").status in (400, 403, 404, 409)

    def test_a_long_folder_costs_as_many_queries_as_a_short_one(
        self, story: Story, brandt: User
    ) -> None:
        folder = browses(brandt, story.matter)
        costs = []
        for _turn in range(2):
            filing.fill(story.matter, 20)
            with CaptureQueriesContext(connection) as queries:
                assert len(folder.names()) > 20
            costs.append(len(queries))
        assert costs[0] == costs[1]
        assert costs[0] <= 16

    def test_two_of_one_name_are_told_apart(self, story: Story, brandt: User) -> None:
        for text in ("eins", "zwei"):
            filing.file_data(story.matter, text, ("brief.docx", docx(text)))
        names = browses(brandt, story.matter).names()
        assert {"brief.docx", "brief (2).docx"} <= set(names)


@pytest.mark.parametrize(
    ("mime", "schemes"),
    [
        ("application/vnd.oasis.opendocument.spreadsheet", ["ms-excel", "vnd.libreoffice.command"]),
        ("application/vnd.oasis.opendocument.graphics", ["vnd.libreoffice.command"]),
        ("application/pdf", []),
    ],
)
def test_the_link_fits_the_file(mime: str, schemes: list[str]) -> None:
    assert [one.url.split(":")[0] for one in editors(mime, "https://x/dav/t/a.ods")] == schemes
