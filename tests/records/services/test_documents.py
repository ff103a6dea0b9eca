"""Filing, versions, metadata, withdrawal: sets, history, audit, refusals (A13, K5, K8, R1)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records.choices import CaseFileStatus, ComponentKind, Direction, DocumentStatus
from records.models import (
    Blob,
    CaseFile,
    Document,
    ExternalKey,
    Matter,
    SpecialistSystem,
)
from records.services.actor import connector
from records.services.documents import (
    NewComponent,
    NewDocument,
    NewVersion,
    add_versions,
    change_metadata,
    file_documents,
    withdraw_documents,
)
from records.services.rights import narrow_matters
from tests.access import world as w
from tests.personas import person


def content(blob: Blob, name: str = "Bescheid.pdf", **more: Any) -> NewVersion:
    return NewVersion([NewComponent(ComponentKind.MAIN, blob, name)], **more)


def wish(matter: Matter, blob: Blob, title: str = "Bescheid") -> NewDocument:
    return NewDocument(matter, title, Direction.OUTGOING, content(blob))


@pytest.fixture
def document(matter: Matter, letter: Blob) -> Document:
    return file_documents([wish(matter, letter)], w.machine())[0]


class TestFiling:
    def test_a_document_has_its_first_version_and_the_rights_of_its_matter(
        self, matter: Matter, letter: Blob
    ) -> None:
        brandt = person("brandt")
        [made] = file_documents([wish(matter, letter)], w.acting(brandt))
        [version] = made.versions.all()
        [component] = version.components.all()
        assert (version.number, version.created_by_id) == (1, brandt.pk)
        assert (component.blob, component.file_name) == (letter, "Bescheid.pdf")
        assert made.scope_id == matter.scope_id
        assert Document.objects.visible_to(brandt).filter(pk=made.pk).exists()
        assert not Document.objects.visible_to(person("kruse")).filter(pk=made.pk).exists()

    @pytest.mark.parametrize(
        ("received", "written", "expected"),
        [
            (date(2026, 3, 5), date(2026, 3, 1), date(2026, 3, 5)),
            (None, date(2026, 3, 1), date(2026, 3, 1)),
            (None, None, date(2026, 7, 1)),
        ],
    )
    def test_the_sort_date_is_receipt_else_letter_else_filing(
        self,
        matter: Matter,
        letter: Blob,
        received: date | None,
        written: date | None,
        expected: date,
    ) -> None:
        wanted = replace(wish(matter, letter), received_on=received, letter_date=written)
        # Half past midnight in Berlin: still the day before in UTC.
        with clock.fixed(datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))):
            [made] = file_documents([wanted], w.machine())
            assert made.sort_date == expected
            change_metadata({made.pk: {"title": "neu"}}, w.machine())
        made.refresh_from_db()
        assert made.sort_date == expected

    def test_without_a_title_the_file_name_stands_for_it(
        self, matter: Matter, letter: Blob
    ) -> None:
        [made] = file_documents([wish(matter, letter, "  ")], w.machine())
        assert made.title == "Bescheid.pdf"

    def test_without_a_main_file_nothing_is_filed(self, matter: Matter, letter: Blob) -> None:
        only_data = NewVersion([NewComponent(ComponentKind.DATA, letter, "a.xml")])
        wanted = [wish(matter, letter), replace(wish(matter, letter), content=only_data)]
        with pytest.raises(InvalidInput):
            file_documents(wanted, w.machine())
        assert not Document.objects.exists()

    def test_history_and_audit_carry_the_operation(self, matter: Matter, letter: Blob) -> None:
        actor = w.acting(person("brandt"))
        made = file_documents([wish(matter, letter), wish(matter, letter)], actor)
        for document in made:
            [row] = document.history.all()
            assert (row.operation_id, row.history_user) == (actor.operation.pk, actor.user)
        entries = AuditEntry.objects.filter(operation_id=actor.operation.pk)
        assert {(e.action, e.object_id, e.object_uuid) for e in entries} == {
            ("records.document.filed", d.pk, d.uuid) for d in made
        }

    def test_a_thousand_cost_no_more_statements_than_one(
        self, matter: Matter, letter: Blob
    ) -> None:
        def statements(count: int) -> int:
            wanted = [wish(matter, letter)] * count
            with CaptureQueriesContext(
                connection,
            ) as seen:
                file_documents(wanted, w.machine())
            return len(seen)

        statements(1)
        assert statements(300) == statements(1)

    def test_filing_shows_in_the_files_last_activity(self, matter: Matter, letter: Blob) -> None:
        later = datetime(2027, 1, 2, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        with clock.fixed(later):
            file_documents([wish(matter, letter)], w.machine())
        assert CaseFile.objects.get(pk=matter.case_file_id).last_activity_at == later


class TestWhoMayFile:
    @pytest.mark.parametrize(
        ("username", "allowed"),
        [("brandt", True), ("voss", True), ("kruse", False), ("lindner", False), ("yilmaz", False)],
    )
    def test_a_working_role_in_the_lead_unit_or_leading_above(
        self, matter: Matter, letter: Blob, username: str, allowed: bool
    ) -> None:
        actor = w.acting(person(username))
        if allowed:
            assert file_documents([wish(matter, letter)], actor)
        else:
            with pytest.raises(Forbidden):
                file_documents([wish(matter, letter)], actor)

    def test_r1_a_closed_file_takes_nothing_from_anybody(
        self, matter: Matter, letter: Blob, document: Document
    ) -> None:
        CaseFile.objects.filter(pk=matter.case_file_id).update(status=CaseFileStatus.CLOSED)
        system = connector(SpecialistSystem.objects.get(code="openprosoz"), "test")
        for actor in (w.acting(person("brandt")), system, w.machine()):
            with pytest.raises(IllegalState):
                file_documents([wish(matter, letter)], actor)
            with pytest.raises(IllegalState):
                add_versions([(document.pk, content(letter))], actor)
            with pytest.raises(IllegalState):
                change_metadata({document.pk: {"title": "x"}}, actor)
            with pytest.raises(IllegalState):
                withdraw_documents([document.pk], actor)

    def test_r1_a_closed_matter_takes_nothing(self, matter: Matter, letter: Blob) -> None:
        Matter.objects.filter(pk=matter.pk).update(status=CaseFileStatus.CLOSED)
        with pytest.raises(IllegalState):
            file_documents([wish(matter, letter)], w.acting(person("brandt")))

    def test_k8_a_connector_reaches_only_its_branch(self, letter: Blob) -> None:
        system = connector(SpecialistSystem.objects.get(code="openprosoz"), "test")
        building = w.open_file("63.10", "63.1")
        [foreign] = Matter.objects.bulk_create(
            [
                Matter(
                    case_file=building,
                    title="Bau",
                    opened_on=clock.today(),
                    scope_id=building.scope_id,
                )
            ]
        )
        with pytest.raises(Forbidden):
            file_documents([wish(foreign, letter)], system)

    def test_rights_narrowed_since_the_page_was_shown_hold(
        self, matter: Matter, letter: Blob
    ) -> None:
        """The matter in the caller's hands still has the old scope."""
        shown = Matter.objects.get(pk=matter.pk)
        narrow_matters({matter.pk: [w.group_id("50.1", Role.HEAD)]}, w.machine())
        [made] = file_documents([wish(shown, letter)], w.machine())
        assert not Document.objects.visible_to(person("brandt")).filter(pk=made.pk).exists()
        with pytest.raises(Forbidden):
            file_documents([wish(shown, letter)], w.acting(person("brandt")))
        with pytest.raises(Forbidden):
            change_metadata({made.pk: {"title": "x"}}, w.acting(person("brandt")))


class TestVersions:
    def test_the_old_version_stays_as_it_was(self, document: Document, letter: Blob) -> None:
        [changed] = add_versions([(document.pk, content(letter, "neu.pdf"))], w.machine())
        numbers = [
            (v.number, v.components.get().file_name) for v in changed.versions.order_by("number")
        ]
        assert numbers == [(1, "Bescheid.pdf"), (2, "neu.pdf")]
        assert (changed.version_number, changed.row_version) == (2, 2)
        assert changed.indexed_at is None

    def test_a_set_of_documents_gets_versions_in_the_order_asked(
        self, matter: Matter, letter: Blob
    ) -> None:
        first, second = file_documents([wish(matter, letter), wish(matter, letter)], w.machine())
        pairs = [(second.pk, content(letter, "b")), (first.pk, content(letter, "a"))]
        assert [d.pk for d in add_versions(pairs, w.machine())] == [second.pk, first.pk]
        assert first.versions.get(number=2).components.get().file_name == "a"

    @pytest.mark.parametrize("status", [DocumentStatus.CANCELLED, DocumentStatus.MISFILED])
    def test_what_is_cancelled_or_misfiled_stays_unchanged(
        self, document: Document, letter: Blob, status: DocumentStatus
    ) -> None:
        Document.objects.filter(pk=document.pk).update(status=status)
        with pytest.raises(IllegalState):
            add_versions([(document.pk, content(letter))], w.machine())
        with pytest.raises(IllegalState):
            change_metadata({document.pk: {"title": "x"}}, w.machine())
        assert document.versions.count() == 1


class TestMetadata:
    def test_only_what_differs_is_written(self, document: Document) -> None:
        actor = w.machine()
        [same] = change_metadata({document.pk: {"title": document.title}}, actor)
        assert same.row_version == 1
        assert not AuditEntry.objects.filter(operation_id=actor.operation.pk).exists()
        [new] = change_metadata(
            {document.pk: {"title": "Änderungsbescheid", "received_on": date(2026, 2, 3)}}, actor
        )
        assert (new.title, new.sort_date, new.row_version) == (
            "Änderungsbescheid", date(2026, 2, 3), 2,
        )  # fmt: skip
        entry = AuditEntry.objects.get(operation_id=actor.operation.pk)
        assert (entry.action, entry.fields) == (
            "records.document.changed", ["received_on", "title"],
        )  # fmt: skip
        assert "Änderungsbescheid" not in str(entry.__dict__)
        assert [h.title for h in document.history.order_by("history_id")] == [
            "Bescheid", "Änderungsbescheid",
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["scope_id", "status", "is_final", "row_version", "uuid"])
    def test_other_fields_are_refused(self, document: Document, name: str) -> None:
        with pytest.raises(InvalidInput):
            change_metadata({document.pk: {name: 1}}, w.machine())


class TestWithdrawal:
    def test_k5_it_is_marked_and_stays(self, document: Document) -> None:
        system = connector(SpecialistSystem.objects.get(code="openprosoz"), "test")
        withdraw_documents([document.pk], system)
        document.refresh_from_db()
        assert document.status == DocumentStatus.WITHDRAWN
        assert document.versions.count() == 1
        assert Document.objects.visible_to(person("brandt")).filter(pk=document.pk).exists()

    def test_a_second_time_changes_nothing(self, document: Document) -> None:
        for _time in range(2):
            withdraw_documents([document.pk], w.machine())
        document.refresh_from_db()
        assert document.row_version == 2
        assert AuditEntry.objects.filter(action="records.document.withdrawn").count() == 1


def test_foreign_keys_of_connectors_lead_to_the_document(matter: Matter, letter: Blob) -> None:
    system = SpecialistSystem.objects.get(code="openprosoz")
    wanted = replace(wish(matter, letter), foreign_key=("1", "D-77"))
    [made] = file_documents([wanted], connector(system, "test"))
    key = ExternalKey.objects.get(value="D-77")
    assert (key.document, key.matter, key.case_file_id) == (made, matter, matter.case_file_id)


def test_every_refusal_has_a_reason_and_a_status() -> None:
    for kind, status in ((Forbidden, 403), (IllegalState, 409), (InvalidInput, 400)):
        refusal: Refusal = kind("Grund", next_step="Nächster Schritt")
        assert (refusal.status, str(refusal), refusal.next_step) == (
            status, "Grund", "Nächster Schritt",
        )  # fmt: skip
