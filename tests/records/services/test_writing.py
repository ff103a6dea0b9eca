"""The bulk write: one statement however many rows, nothing lost, nothing cut short."""

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import LostUpdate
from records import bulk_jobs
from records.choices import Direction
from records.models import CaseFile, Document, DocumentType, FilePlanEntry, Party
from records.services import writing
from records.services.actor import Actor, person
from records.services.bulk_documents import DocumentChange
from records.services.matters import NewMatter, open_matters
from records.services.parties import Involvement, involve
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def clerk() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test.write")


def test_a_row_somebody_else_has_changed_since_is_not_overwritten(story: Story) -> None:
    first, second = filing.fill(story.matter, 2)
    Document.objects.filter(pk=second.pk).update(row_version=7, title="Von anderer Hand")
    first.title, second.title = "Meiner", "Auch meiner"
    with pytest.raises(LostUpdate):
        writing.update([first, second], ["title"], clerk())
    assert Document.objects.get(pk=second.pk).title == "Von anderer Hand"


def test_values_of_every_kind_arrive_in_one_statement(story: Story) -> None:
    file, entry = story.case_file, FilePlanEntry.objects.get(code="50.20")
    file.business_data, file.remark = {"a": [1, None], "ü": "'{}"}, 'Zeile 1\n"Zeile" 2'
    file.case_worker = None
    writing.update([file], ["business_data", "remark", "case_worker"], clerk())
    stored = CaseFile.objects.get(pk=file.pk)
    assert (stored.business_data, stored.remark) == (file.business_data, file.remark)
    assert (stored.case_worker_id, stored.row_version) == (None, file.row_version)
    entry.allowed_types, entry.required_data = ['a"b', "c,d", "{}", ""], ["x"]
    writing.update([entry], ["allowed_types", "required_data"], clerk())
    again = FilePlanEntry.objects.get(pk=entry.pk)
    assert (again.allowed_types, again.required_data) == (entry.allowed_types, ["x"])
    newest = FilePlanEntry.history.filter(id=entry.pk).order_by("-history_id")[0]
    assert newest.allowed_types == entry.allowed_types


def test_each_row_gets_its_own_array(story: Story) -> None:
    involve(
        [Involvement(story.case_file, "Antrag", name) for name in ("Ahlers", "Brandt")], clerk()
    )
    parties = list(Party.objects.order_by("-pk")[:2])
    parties[0].sound_keys, parties[1].sound_keys = [], ["174", "6"]
    writing.update(parties, ["sound_keys"], clerk())
    stored = Party.objects.in_bulk([one.pk for one in parties])
    assert [stored[one.pk].sound_keys for one in parties] == [[], ["174", "6"]]


def test_a_text_too_long_for_its_column_is_refused_not_cut(story: Story) -> None:
    story.document.refresh_from_db()
    story.document.title = "x" * 501
    with pytest.raises(DataError):
        writing.update([story.document], ["title"], clerk())


@pytest.mark.parametrize("back", [False, True])
def test_a_batch_asks_no_more_for_more_documents(story: Story, back: bool) -> None:
    """Rights, files, entries, types: each once per batch, whatever its size."""
    kinds = list(DocumentType.objects.all()[:2])
    target = open_matters([NewMatter(story.case_file, "Widerspruch")], clerk())[0]
    asked = []
    for number in (2, 9):
        made = [one.pk for one in filing.fill(story.matter, number)]
        Document.objects.filter(pk__in=made).update(document_type=kinds[0])
        change = DocumentChange(
            {"document_type": kinds[1], "direction": Direction.INTERNAL}, target
        )
        wanted = Wanted(bulk_jobs.DOCUMENTS, "Ändern", made, bulk_jobs.document_parameters(change))
        job = jobs.start_now(wanted, clerk().operation)
        if back:
            assert job.changed == number
            job = jobs.start(jobs.undoing(job, "Zurück"), clerk().operation, undo_of=job)
        else:
            job = jobs.start(jobs_again(job, made, kinds[0]), clerk().operation)
        with CaptureQueriesContext(connection) as captured:
            assert jobs.run_batch(job.pk)
        job.refresh_from_db()
        assert job.changed == number
        asked.append(len(captured))
    assert asked[0] == asked[1]


def jobs_again(job: Job, made: list[int], kind: DocumentType) -> Wanted:
    """The same documents once more, now that they have a type already."""
    change = DocumentChange({"document_type": kind})
    return Wanted(job.kind, "Ändern", made, bulk_jobs.document_parameters(change))
