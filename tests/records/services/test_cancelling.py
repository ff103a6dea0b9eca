"""Storno: cancelled with a reason, read-only until it is lifted, as it was before."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.cancel_desk import JOB
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, Document, Matter
from records.selectors.cancelling import cancellation_of
from records.services.actor import Actor, person
from records.services.cancelling import cancel_documents, cancel_each, plan, restore_documents
from records.services.check_outs import check_out
from records.services.documents import add_versions, change_metadata
from records.services.matter_changes import move_documents
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story

WHY = "Versehentlich doppelt abgelegt"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def clerk(reason: str = WHY, name: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(name), "test.cancel", reason=reason)


def state(document: Document) -> str:
    return Document.objects.get(pk=document.pk).status


def told(results: Any) -> Counter[str]:
    return Counter(str(result.outcome) for result in results.values())


def test_w10_a_cancelled_document_keeps_who_when_and_why(story: Story) -> None:
    [cancelled] = cancel_documents([story.document.pk], clerk())
    assert state(story.document) == DocumentStatus.CANCELLED
    found = cancellation_of(cancelled)
    assert found is not None
    assert (found.reason, found.by) == (WHY, str(personas.person(personas.CLERK_SOCIAL)))
    entry = AuditEntry.objects.get(action="records.document.cancelled")
    assert (entry.object_id, entry.fields) == (story.document.pk, ["status"])


@pytest.mark.parametrize("before", [DocumentStatus.DRAFT, DocumentStatus.VALID])
def test_lifting_brings_back_the_state_before(story: Story, before: str) -> None:
    version = filing.version(("neu.txt", b"Neu."))
    draft = type(version)(version.components, is_draft=before == DocumentStatus.DRAFT)
    add_versions([(story.document.pk, draft)], clerk())
    cancel_documents([story.document.pk], clerk())
    restore_documents([story.document.pk], clerk(""))
    assert state(story.document) == before
    assert AuditEntry.objects.filter(action="records.document.restored").count() == 1
    with pytest.raises(IllegalState, match="nicht storniert"):
        restore_documents([story.document.pk], clerk(""))


def test_nothing_is_written_on_a_cancelled_document(story: Story) -> None:
    pk = story.document.pk
    other = open_matters([NewMatter(story.case_file, "Anderer")], clerk())[0]
    cancel_documents([pk], clerk())
    attempts: list[Callable[[], object]] = [
        lambda: cancel_documents([pk], clerk()),
        lambda: change_metadata({pk: {"title": "Neu"}}, clerk()),
        lambda: add_versions([(pk, filing.version(("n.txt", b"n")))], clerk()),
        lambda: move_documents({pk: other.pk}, clerk()),
        lambda: check_out([pk], clerk()),
    ]
    for attempt in attempts:
        with pytest.raises(IllegalState, match="ist storniert") as refusal:
            attempt()
        assert refusal.value.next_step == "Heben Sie zuerst das Storno auf."


def test_what_cannot_be_cancelled(story: Story) -> None:
    pk = story.document.pk
    with pytest.raises(InvalidInput, match="Grund"):
        cancel_documents([pk], clerk(" "))
    with pytest.raises(LostUpdate):
        cancel_documents([pk], clerk(), versions={pk: 99})
    with pytest.raises(Forbidden):
        cancel_documents([pk], clerk(name=personas.CLERK_BUILDING))
    check_out([pk], clerk())
    with pytest.raises(IllegalState, match="in Bearbeitung"):
        cancel_documents([pk], clerk())
    Document.objects.filter(pk=pk).update(is_final=True)
    with pytest.raises(IllegalState, match="endgültig"):
        cancel_documents([pk], clerk())
    assert state(story.document) == DocumentStatus.VALID


def test_nothing_is_cancelled_or_lifted_in_what_is_closed(story: Story) -> None:
    first, second = filing.fill(story.matter, 2)
    cancel_documents([first.pk], clerk())
    Matter.objects.filter(pk=story.matter.pk).update(status=CaseFileStatus.CLOSED)
    for attempt, one in ((cancel_documents, second), (restore_documents, first)):
        with pytest.raises(IllegalState):
            attempt([one.pk], clerk())
    Matter.objects.filter(pk=story.matter.pk).update(status=CaseFileStatus.ACTIVE)
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    with pytest.raises(IllegalState):
        cancel_documents([second.pk], clerk())


def test_the_dry_run_is_what_happens_and_comes_back(story: Story) -> None:
    ids = [one.pk for one in filing.fill(story.matter, 5)]
    cancel_documents([ids[0]], clerk())
    Document.objects.filter(pk=ids[1]).update(is_final=True)
    check_out([ids[2]], clerk())
    foreign = stories.building_file().document.pk
    asked = [*ids, foreign, 10**9]
    planned = plan(asked, clerk())
    assert told(planned) == {"unchanged": 1, "refused": 4, "changed": 2}
    assert planned[foreign] == planned[10**9]
    with pytest.raises(InvalidInput):
        cancel_each(asked, clerk(""))
    job = jobs.start_now(Wanted(JOB, "Stornieren", asked, {}), clerk().operation)
    assert (job.state, job.changed, job.refused) == (JobState.DONE, 2, 4)
    restore_documents([ids[3]], clerk(""))
    back = jobs.start_now(jobs.undoing(job, "Zurück"), clerk("").operation, undo_of=job)
    assert isinstance(back, Job)
    states = [Document.objects.get(pk=pk).status for pk in ids]
    assert states == ["storniert", *["gueltig"] * 4]
    assert back.changed == 1
