"""Storno of matters and files: everything below goes along, stays readable and comes back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
    Refusal,
)
from records import cancel_parents_desk
from records.choices import (
    CaseFileStatus,
    DeletionGround,
    DocumentStatus,
    MatterStatus,
    Medium,
    MisfilingReason,
)
from records.closing_checks import CASE_FILE, MATTER
from records.follow_ups import document_target
from records.models import CaseFile, Document, Matter
from records.selectors.cancelling import cancellation_of
from records.services import bulk_cancelling
from records.services.actor import Actor, connector, person
from records.services.cancelling import cancel_documents, restore_documents
from records.services.cancelling_parents import cancel_case_files, cancel_matters
from records.services.check_outs import check_out
from records.services.closing import close_case_files, close_matters
from records.services.deleting import Wish, propose_deletion
from records.services.documents import add_versions
from records.services.lifting_cancellations import restore_case_files, restore_matters
from records.services.matter_changes import change_matters, move_documents
from records.services.matters import NewMatter, open_matters
from records.services.merge_checks import MergeWish
from records.services.merging_matters import merge_matters
from records.services.misfiling import Finding, mark_misfiled, undo_marking
from records.services.move_checks import Place
from records.services.moving import move_to_file
from records.services.paper_loans import PaperPart, request_papers, set_paper_parts
from records.services.rights import narrow_matters
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story
from workflows.services.follow_ups import NewFollowUp, create_follow_ups

WHY = "Versehentlich doppelt angelegt"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def clerk(reason: str = WHY, name: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(name), "test.cancel", reason=reason)


def states(story: Story) -> tuple[str, list[str], list[str]]:
    """The file's, its matters' and its documents' states."""
    matters = Matter.objects.filter(case_file=story.case_file).order_by("pk")
    return (
        CaseFile.objects.get(pk=story.case_file.pk).status,
        list(matters.values_list("status", flat=True)),
        [one.status for one in filing.documents_of(story.case_file)],
    )


def told(results: Any) -> Counter[str]:
    return Counter(str(result.outcome) for result in results.values())


def below(story: Story, title: str = "Teil") -> Matter:
    return open_matters([NewMatter(story.case_file, title, parent=story.matter)], clerk())[0]


def test_w10_a_file_takes_everything_along_and_brings_it_back(story: Story) -> None:
    part = below(story)
    draft, own = filing.fill(part, 2)
    content = replace(filing.version(("neu.txt", b"Neu.")), is_draft=True)
    add_versions([(draft.pk, content)], clerk(""))
    cancel_documents([own.pk], clerk("schon vorher"))
    cancel_case_files([story.case_file.pk], clerk())
    assert states(story) == ("storniert", ["storniert"] * 2, ["storniert"] * 3)
    found = cancellation_of(CaseFile.objects.get(pk=story.case_file.pk))
    assert found is not None
    assert (found.reason, found.by) == (WHY, str(personas.person(personas.CLERK_SOCIAL)))
    actions = AuditEntry.objects.filter(fields=["status"]).values_list("action", flat=True)
    assert Counter(actions) == {
        "records.document.cancelled": 3,
        "records.matter.cancelled": 2,
        "records.case_file.cancelled": 1,
    }
    restore_case_files([story.case_file.pk], clerk(""))
    # What was cancelled by itself before stays cancelled.
    after = ["gueltig", DocumentStatus.DRAFT, "storniert"]
    assert states(story) == ("bearbeitung", ["bearbeitung"] * 2, after)


def test_w10_a_matter_takes_its_part_along_and_brings_it_back(story: Story) -> None:
    part = below(story)
    filing.fill(part, 1)
    [other] = open_matters([NewMatter(story.case_file, "Anderer")], clerk())
    filing.fill(other, 1)
    cancel_matters([story.matter.pk], clerk())
    cancelled = ["storniert", "storniert", "bearbeitung"]
    assert states(story) == ("bearbeitung", cancelled, ["storniert", "storniert", "gueltig"])
    with pytest.raises(IllegalState, match="übergeordnete Vorgang"):
        restore_matters([part.pk], clerk(""))
    with pytest.raises(IllegalState, match="ist storniert"):
        restore_documents([story.document.pk], clerk(""))
    restore_matters([story.matter.pk], clerk(""))
    assert states(story) == ("bearbeitung", ["bearbeitung"] * 3, ["gueltig"] * 3)
    with pytest.raises(IllegalState, match="nicht storniert"):
        restore_matters([story.matter.pk], clerk(""))


def test_a_later_storno_brings_back_no_earlier_one(story: Story) -> None:
    """Cancelled with the matter, back, cancelled alone: the matter's next Storno owns it no more."""
    cancel_matters([story.matter.pk], clerk())
    restore_matters([story.matter.pk], clerk(""))
    cancel_documents([story.document.pk], clerk("allein"))
    cancel_matters([story.matter.pk], clerk())
    restore_matters([story.matter.pk], clerk(""))
    assert states(story)[2] == ["storniert"]
    found = cancellation_of(Document.objects.get(pk=story.document.pk))
    assert found is not None
    assert found.reason == "allein"


def test_a_cancelled_parent_takes_nothing_and_says_what_to_do(story: Story) -> None:
    [other] = open_matters([NewMatter(story.case_file, "Anderer")], clerk())
    [document] = filing.fill(other, 1)
    cancel_matters([story.matter.pk], clerk())
    matter = story.matter.pk
    into_matter: list[Callable[[], object]] = [
        lambda: filing.fill(story.matter, 1),
        lambda: below(story),
        lambda: change_matters({matter: {"title": "Neu"}}, clerk()),
        lambda: move_documents({document.pk: matter}, clerk()),
        lambda: close_matters([matter], clerk()),
        lambda: cancel_matters([matter], clerk()),
    ]
    for attempt in into_matter:
        with pytest.raises(IllegalState, match="storniert"):
            attempt()
    with pytest.raises(IllegalState) as refusal:
        filing.fill(story.matter, 1)
    assert "heben Sie zuerst sein Storno auf" in refusal.value.next_step
    foreign = stories.social_file("4712")
    cancel_case_files([story.case_file.pk], clerk())
    place = Place(CaseFile.objects.get(pk=story.case_file.pk))
    into_file: list[Callable[[], object]] = [
        lambda: filing.fill(other, 1),
        lambda: open_matters([NewMatter(story.case_file, "Neuer")], clerk()),
        lambda: move_to_file([foreign.document.pk], place, clerk()),
        lambda: close_case_files([story.case_file.pk], clerk()),
        lambda: cancel_case_files([story.case_file.pk], clerk()),
        lambda: restore_matters([matter], clerk()),
    ]
    for attempt in into_file:
        with pytest.raises(IllegalState, match="storniert") as closed:
            attempt()
        assert closed.value.next_step


def test_deliveries_into_a_cancelled_file_are_refused_by_name(story: Story) -> None:
    """The specialist system's batch goes to clearing with this reason, nothing is lost."""
    cancel_case_files([story.case_file.pk], clerk())
    system = story.case_file.external_keys.get().system
    with pytest.raises(IllegalState, match="ist storniert"):
        stories.file_text(story.matter, "Nachtrag", "Text", connector(system, "test.delivery"))


def final(story: Story) -> None:
    Document.objects.filter(pk=story.document.pk).update(is_final=True)


def in_work(story: Story) -> None:
    check_out([story.document.pk], clerk())


def proposed(story: Story) -> None:
    wish = Wish(DeletionGround.PRIVATE, "Privates Attest")
    propose_deletion([story.document.pk], wish, clerk())


def waiting(story: Story) -> None:
    wanted = NewFollowUp(document_target(story.document), clock.today() + timedelta(days=7))
    actor = clerk()
    assert actor.user is not None
    create_follow_ups([wanted], actor=actor.user, operation=actor.operation)


def closed_part(story: Story) -> None:
    close_matters([below(story).pk], clerk())


def on_loan(story: Story) -> None:
    set_paper_parts({story.case_file.pk: PaperPart(Medium.HYBRID, "Regal 3")}, clerk())
    request_papers({story.case_file.pk: "Prüfung"}, clerk())


@pytest.mark.parametrize(
    ("hinder", "label"),
    [
        (final, "Endgültige Dokumente: 1"),
        (in_work, "Dokumente in Bearbeitung: 1"),
        (proposed, "Offene Löschvorschläge: 1"),
        (waiting, "Offene Wiedervorlagen: 1"),
        (closed_part, "Abgeschlossene Vorgänge: 1"),
        (on_loan, "Papierteil: 1"),
    ],
)
def test_w10_what_is_open_or_fixed_below_holds_it_up(
    story: Story, hinder: Callable[[Story], None], label: str
) -> None:
    hinder(story)
    before = states(story)
    with pytest.raises(IllegalState, match=label) as refusal:
        cancel_case_files([story.case_file.pk], clerk())
    assert refusal.value.next_step
    planned = bulk_cancelling.plan(CASE_FILE, [story.case_file.pk], clerk())
    assert label in planned[story.case_file.pk].message
    assert "Ahlers" not in planned[story.case_file.pk].message
    if hinder is not on_loan:
        with pytest.raises(IllegalState, match=label):
            cancel_matters([story.matter.pk], clerk())
    assert states(story) == before


def test_who_may_not_and_what_is_missing(story: Story) -> None:
    file, matter = story.case_file.pk, story.matter.pk
    attempts: list[tuple[type[Refusal], Callable[[], object]]] = [
        (InvalidInput, lambda: cancel_case_files([file], clerk(" "))),
        (InvalidInput, lambda: cancel_matters([matter], clerk(""))),
        (Forbidden, lambda: cancel_case_files([file], clerk(name=personas.CLERK_BUILDING))),
        (Forbidden, lambda: cancel_matters([matter], clerk(name=personas.CLERK_BUILDING))),
        (LostUpdate, lambda: cancel_case_files([file], clerk(), versions={file: 99})),
        (LostUpdate, lambda: cancel_matters([matter], clerk(), versions={matter: 99})),
    ]
    for refusal, attempt in attempts:
        with pytest.raises(refusal):
            attempt()
    assert states(story) == ("bearbeitung", ["bearbeitung"], ["gueltig"])
    cancel_case_files([file], clerk())
    with pytest.raises(Forbidden):
        restore_case_files([file], clerk(name=personas.CLERK_BUILDING))


def test_hidden_parts_hold_it_up_without_a_count(story: Story) -> None:
    [hidden] = open_matters([NewMatter(story.case_file, "Verdeckt")], clerk())
    filing.fill(hidden, 1)
    Document.objects.filter(matter=hidden).update(is_final=True)
    narrow_matters({hidden.pk: []}, clerk(name=personas.HEAD_SOCIAL))
    with pytest.raises(Forbidden):
        cancel_case_files([story.case_file.pk], clerk())
    planned = bulk_cancelling.plan(CASE_FILE, [story.case_file.pk], clerk())
    assert planned[story.case_file.pk].message == bulk_cancelling.HIDDEN_PARTS


def test_a_merged_matter_does_not_stand_again_by_lifting(story: Story) -> None:
    [other] = open_matters([NewMatter(story.case_file, "Anderer")], clerk())
    merge_matters(MergeWish(story.case_file, [story.matter, other], "Beide"), clerk(""))
    with pytest.raises(IllegalState, match="zusammengeführt"):
        restore_matters([other.pk], clerk(""))


def test_a_misfiled_document_does_not_return_below_a_storno(story: Story) -> None:
    finding = Finding(MisfilingReason.WRONG_FILE)
    [marked] = mark_misfiled([story.document.pk], finding, clerk(""))
    cancel_matters([story.matter.pk], clerk())
    with pytest.raises(IllegalState, match="inzwischen storniert"):
        undo_marking([marked.pk], clerk(""))
    restore_matters([story.matter.pk], clerk(""))
    undo_marking([marked.pk], clerk(""))
    assert states(story)[2] == ["gueltig"]


def test_the_dry_run_of_many_matters_is_what_happens_and_comes_back(story: Story) -> None:
    part = below(story)
    free, held, touched = open_matters(
        [NewMatter(story.case_file, title) for title in ("Frei", "Gehalten", "Berührt")], clerk()
    )
    final_one = filing.fill(held, 1)[0]
    Document.objects.filter(pk=final_one.pk).update(is_final=True)
    foreign = stories.building_file().matter.pk
    asked = [story.matter.pk, part.pk, free.pk, held.pk, touched.pk, foreign, 10**9]
    planned = bulk_cancelling.plan(MATTER, asked, clerk())
    assert told(planned) == {"changed": 4, "refused": 3}
    assert planned[foreign] == planned[10**9]
    job = jobs.start_now(
        Wanted(cancel_parents_desk.MATTERS, "Stornieren", asked, {}), clerk().operation
    )
    assert (job.changed, job.refused) == (4, 3)
    assert bulk_cancelling.plan(MATTER, [free.pk], clerk())[free.pk].outcome == "unchanged"
    restore_matters([touched.pk], clerk(""))
    back = jobs.start_now(jobs.undoing(job, "Zurück"), clerk("").operation, undo_of=job)
    assert back.changed == 3
    assert set(states(story)[1]) == {MatterStatus.ACTIVE}
    assert states(story)[2] == ["gueltig"] * 2


def test_many_files_at_once_and_back(story: Story) -> None:
    second, third = stories.social_file("4712"), stories.social_file("4713")
    final(third)
    asked = [one.case_file.pk for one in (story, second, third, stories.building_file())]
    assert told(bulk_cancelling.plan(CASE_FILE, asked, clerk())) == {"changed": 2, "refused": 2}
    job = jobs.start_now(
        Wanted(cancel_parents_desk.FILES, "Stornieren", asked, {}), clerk().operation
    )
    assert (job.changed, job.refused) == (2, 2)
    assert states(second) == ("storniert", ["storniert"], ["storniert"])
    back = jobs.start_now(jobs.undoing(job, "Zurück"), clerk("").operation, undo_of=job)
    assert back.changed == 2
    assert states(second) == states(third) == ("bearbeitung", ["bearbeitung"], ["gueltig"])
    assert CaseFile.objects.filter(status=CaseFileStatus.CANCELLED).count() == 0


def test_the_queries_do_not_grow_with_what_lies_below(
    story: Story, django_assert_max_num_queries: Any
) -> None:
    filing.fill(story.matter, 60)
    with django_assert_max_num_queries(45):
        cancel_case_files([story.case_file.pk], clerk())
    with django_assert_max_num_queries(40):
        restore_case_files([story.case_file.pk], clerk(""))
