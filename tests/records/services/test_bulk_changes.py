"""Bulk changes: what the dry run says is what happens; history, audit and the way back for each."""

from collections import Counter
from typing import Any

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.models import Job
from records import bulk_jobs
from records.choices import CaseFileStatus, Direction, DocumentStatus
from records.models import CaseFile, Document, DocumentType
from records.services import bulk_case_files, bulk_documents
from records.services.actor import Actor, person
from records.services.bulk_case_files import FileChange
from records.services.bulk_documents import DocumentChange
from records.services.case_files import change_metadata
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def clerk() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test.bulk")


def ordered(kind: str, parameters: dict[str, Any], ids: list[int]) -> Job:
    return jobs.start_now(Wanted(kind, "Ändern", ids, parameters), clerk().operation)


def taken_back(job: Job) -> Job:
    return jobs.start_now(jobs.undoing(job, "Zurück"), clerk().operation, undo_of=job)


def told(results: Any) -> Counter[str]:
    return Counter(str(result.outcome) for result in results.values())


def test_the_dry_run_names_what_will_happen_and_writes_nothing(story: Story) -> None:
    made = filing.fill(story.matter, 6)
    ids = [one.pk for one in made]
    Document.objects.filter(pk=ids[0]).update(status=DocumentStatus.CANCELLED)
    Document.objects.filter(pk=ids[1]).update(is_final=True)
    Document.objects.filter(pk=ids[2]).update(direction=Direction.INTERNAL)
    foreign = stories.building_file().document.pk
    change = DocumentChange({"direction": Direction.INTERNAL})
    before = Document.history.count()
    planned = bulk_documents.plan(change, [*ids, foreign, 10**9], clerk())
    assert told(planned) == {"refused": 4, "unchanged": 1, "changed": 3}
    assert "sichtbar" in planned[foreign].message
    assert planned[foreign] == planned[10**9]
    assert Document.history.count() == before
    assert bulk_documents.change_documents(change, [*ids, foreign, 10**9], clerk()) == planned
    changed = Document.objects.filter(pk__in=ids, direction=Direction.INTERNAL).count()
    assert changed == 4


def test_every_changed_document_has_history_and_audit(story: Story) -> None:
    made = filing.fill(story.matter, 5)
    kind = DocumentType.objects.all()[0]
    parameters = bulk_jobs.document_parameters(DocumentChange({"document_type": kind}))
    job = ordered(bulk_jobs.DOCUMENTS, parameters, [one.pk for one in made])
    assert (job.state, job.changed, job.refused) == (JobState.DONE, 5, 0)
    for one in made:
        row = Document.history.filter(id=one.pk, operation_id=job.operation_id).get()
        assert row.document_type_id == kind.pk
        assert AuditEntry.objects.filter(
            action="records.document.changed", object_id=one.pk, operation_id=job.operation_id
        ).exists()
    assert not Document.objects.filter(pk__in=[d.pk for d in made], indexed_at__isnull=False)


def test_documents_move_with_their_rights_and_come_back(story: Story) -> None:
    made = filing.fill(story.matter, 4)
    target = open_matters([NewMatter(story.case_file, "Widerspruch")], clerk())[0]
    change = DocumentChange({"direction": Direction.INTERNAL}, target)
    ids = [one.pk for one in made]
    job = ordered(bulk_jobs.DOCUMENTS, bulk_jobs.document_parameters(change), ids)
    assert job.changed == 4
    rows = Document.objects.filter(pk__in=ids)
    assert set(rows.values_list("matter_id", "direction")) == {(target.pk, "intern")}
    back = taken_back(job)
    assert (back.changed, back.refused) == (4, 0)
    assert set(rows.values_list("matter_id", "direction")) == {(story.matter.pk, "eingang")}


def test_what_was_changed_since_stays_when_the_job_is_taken_back(story: Story) -> None:
    made = filing.fill(story.matter, 3)
    ids = [one.pk for one in made]
    change = DocumentChange({"direction": Direction.INTERNAL})
    job = ordered(bulk_jobs.DOCUMENTS, bulk_jobs.document_parameters(change), ids)
    bulk_documents.change_documents(
        DocumentChange({"direction": Direction.OUTGOING}), ids[:1], clerk()
    )
    back = taken_back(job)
    assert (back.changed, back.refused) == (2, 1)
    assert Document.objects.get(pk=ids[0]).direction == Direction.OUTGOING
    assert Document.objects.get(pk=ids[1]).direction == Direction.INCOMING


def test_a_matter_of_another_file_is_refused(story: Story) -> None:
    other = stories.social_file("4712")
    planned = bulk_documents.plan(DocumentChange({}, other.matter), [story.document.pk], clerk())
    assert "anderen Akte" in planned[story.document.pk].message


def test_a_closed_file_refuses_each_of_its_documents(story: Story) -> None:
    other = stories.social_file("4712")
    made = [*filing.fill(story.matter, 2), *filing.fill(other.matter, 2)]
    CaseFile.objects.filter(pk=other.case_file.pk).update(status=CaseFileStatus.CLOSED)
    change = DocumentChange({"direction": Direction.INTERNAL})
    results = bulk_documents.change_documents(change, [d.pk for d in made], clerk())
    assert [str(results[d.pk].outcome) for d in made] == ["changed"] * 2 + ["refused"] * 2


def test_files_are_handed_over_with_a_remark_and_come_back(story: Story) -> None:
    other = stories.social_file("4712")
    foreign = stories.building_file()
    head = personas.person(personas.CLERK_SOCIAL)
    change_metadata({story.case_file.pk: {"remark": "Erste Zeile"}}, clerk())
    ids = [story.case_file.pk, other.case_file.pk, foreign.case_file.pk]
    change = FileChange(head, "Zuständig ab 1.12.")
    planned = bulk_case_files.plan(change, ids, clerk())
    assert told(planned) == {"changed": 2, "refused": 1}
    job = ordered(bulk_jobs.FILES, bulk_jobs.file_parameters(change), ids)
    assert (job.changed, job.refused) == (2, 1)
    row = CaseFile.objects.get(pk=story.case_file.pk)
    assert (row.case_worker, row.remark) == (head, "Erste Zeile\nZuständig ab 1.12.")
    assert taken_back(job).changed == 2
    row.refresh_from_db()
    assert (row.case_worker, row.remark) == (None, "Erste Zeile")


def test_files_go_only_to_who_works_in_their_unit(story: Story) -> None:
    change = FileChange(personas.person(personas.CLERK_BUILDING))
    planned = bulk_case_files.plan(change, [story.case_file.pk], clerk())
    assert "arbeitet nicht" in planned[story.case_file.pk].message


def test_only_the_person_who_may_see_an_object_learns_its_name(story: Story) -> None:
    describe = jobs.kinds.get(bulk_jobs.DOCUMENTS).describe
    ids = [story.document.pk]
    assert describe(personas.person(personas.CLERK_SOCIAL), ids)[ids[0]].label == "Bescheid"
    assert describe(personas.person(personas.CLERK_BUILDING), ids) == {}
