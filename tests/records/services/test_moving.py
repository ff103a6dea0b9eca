"""Moving documents into another file: what follows, what is refused, and the way back."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.bulk_jobs import actor_of
from records.choices import CaseFileStatus, Confidentiality, DocumentStatus, HoldKind
from records.models import (
    CaseFile,
    Document,
    DocumentMove,
    DocumentType,
    FilePlanEntry,
    Matter,
    RegisterPlacement,
    SearchEntry,
)
from records.moving_desk import JOB, job_parameters
from records.selectors import case_files
from records.selectors.history import case_file_history
from records.selectors.search import search
from records.services.actor import Actor, person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.check_outs import check_out
from records.services.documents import change_metadata
from records.services.holds import NewHold, place_holds
from records.services.matters import NewMatter, open_matters
from records.services.move_checks import Place
from records.services.moving import MATTER_TITLE, move_to_file, plan, undo_move
from records.services.registers import write_register
from records.services.scoping import recompute
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

CLERK = personas.CLERK_BUILDING


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def acting(name: str = CLERK) -> Actor:
    return person(personas.person(name), "test.move")


def another_file(title: str = "Carport Lindenweg 6", *, confidentiality: str = "") -> CaseFile:
    wanted = NewCaseFile(entry=w.entry("63.20"), lead_unit=w.unit("63.1"), title=title)
    [opened] = open_case_files([wanted], acting())
    if confidentiality:
        opened.confidentiality = confidentiality
        opened.save()
        opened = recompute([opened.pk])[opened.pk]
    return opened


def matter_in(case_file: CaseFile, title: str = "Bauantrag") -> Matter:
    return open_matters([NewMatter(case_file, title)], acting())[0]


def fresh(document: Document) -> Document:
    found: Document = Document.objects.select_related("case_file", "matter").get(pk=document.pk)
    return found


def registry_of(case_file: CaseFile) -> User:
    """Sees what is internal in the unit's files, and nothing confidential."""
    keeper = w._person("registratur_63")
    accounts.give_role(keeper, w.unit("63.1"), Role.REGISTRY)
    recompute([case_file.pk])
    return keeper


def move(document: Document, there: Place, name: str = CLERK, **more: Any) -> Actor:
    actor = acting(name)
    move_to_file([document.pk], there, actor, **more)
    return actor


def told(user: str, case_file: CaseFile) -> list[tuple[str, Sequence[str]]]:
    events = case_file_history(personas.person(user), case_file).events
    return [(one.sentence, one.changes) for one in events]


class TestFollowing:
    def test_the_document_lies_there_with_its_own_address(self, story: Story) -> None:
        there = matter_in(another_file())
        move(story.document, Place(there.case_file, there))
        moved = fresh(story.document)
        assert (moved.uuid, moved.matter_id) == (story.document.uuid, there.pk)
        assert (moved.case_file_id, moved.scope_id) == (there.case_file_id, there.scope_id)
        entry = AuditEntry.objects.get(action="records.document.moved_to_file")
        assert (entry.object_id, entry.fields) == (moved.pk, ["case_file", "matter"])

    def test_without_a_matter_one_is_opened_once(self, story: Story) -> None:
        there = another_file()
        first, second = filing.fill(story.matter, 2)
        move(first, Place(there))
        move(second, Place(there))
        assert fresh(first).matter_id == fresh(second).matter_id
        assert fresh(first).matter.title == MATTER_TITLE

    def test_search_follows_at_once(self, story: Story) -> None:
        there = another_file(confidentiality=Confidentiality.CONFIDENTIAL)
        move(story.document, Place(there))
        row = SearchEntry.objects.get(document_id=story.document.pk)
        scope = fresh(story.document).scope
        assert (row.case_file_id, row.acl, row.deny) == (there.pk, scope.allow, scope.deny)
        assert [h.document.pk for h in search(personas.person(CLERK), "Garage").hits] == [
            story.document.pk
        ]

    def test_k1_a_later_version_of_the_specialist_system_finds_it(self, quick_city: None) -> None:
        story, there = stories.social_file(), stories.social_file("4712")
        [key] = story.case_file.external_keys.all()
        key.pk, key.kind, key.value, key.document = None, "document", "D1", story.document
        key.save()
        move(story.document, Place(there.case_file, there.matter), personas.CLERK_SOCIAL)
        key.refresh_from_db()
        assert (key.case_file_id, key.matter_id) == (there.case_file.pk, there.matter.pk)

    def test_both_files_tell_it_and_the_source_hides_the_target(self, story: Story) -> None:
        there = another_file(confidentiality=Confidentiality.CONFIDENTIAL)
        move(story.document, Place(there))
        [(sentence, changes)] = [t for t in told(CLERK, story.case_file) if "verschoben" in t[0]]
        assert "„Bescheid“" in sentence
        assert changes == [f"in die Akte {there.aktenzeichen}"]
        assert any("Akte: " in "".join(found) for _text, found in told(CLERK, there))
        colleague = registry_of(story.case_file)
        [(sentence, changes)] = [
            t for t in told(colleague.username, story.case_file) if "verschoben" in t[0]
        ]
        assert sentence.endswith("hat ein Dokument in eine andere Akte verschoben")
        assert not changes


class TestRefused:
    @pytest.mark.parametrize("closed", ["source", "target", "matter"])
    def test_r1_nothing_moves_out_of_or_into_what_is_closed(
        self, story: Story, closed: str
    ) -> None:
        there = matter_in(another_file())
        rows: Any = {
            "source": CaseFile.objects.filter(pk=story.case_file.pk),
            "target": CaseFile.objects.filter(pk=there.case_file_id),
            "matter": Matter.objects.filter(pk=there.pk),
        }[closed]
        rows.update(status=CaseFileStatus.CLOSED)
        with pytest.raises(IllegalState, match="abgeschlossen"):
            move(story.document, Place(there.case_file, there))

    def test_who_may_not_change_both_files(self, story: Story) -> None:
        social = stories.social_file()
        for document, there, name in (
            (story.document, social.case_file, CLERK),
            (social.document, story.case_file, CLERK),
        ):
            with pytest.raises(Forbidden):
                move(document, Place(there), name)

    def test_s1_data_does_not_change_its_circle(self, story: Story) -> None:
        there = another_file()
        CaseFile.objects.filter(pk=there.pk).update(circle="sozial")
        there.circle = "sozial"
        with pytest.raises(IllegalState, match="Berechtigungskreisen"):
            move(story.document, Place(there))

    def test_r6_a_hold_keeps_what_it_holds(self, story: Story) -> None:
        owner = personas.person(CLERK)
        review = clock.today() + timedelta(days=30)
        hold = NewHold(story.case_file, HoldKind.LITIGATION, "Klage", owner, review)
        place_holds([hold], acting())
        with pytest.raises(IllegalState, match="Löschsperre"):
            move(story.document, Place(another_file()))

    def test_a4_the_entry_takes_the_type(self, story: Story) -> None:
        kind, other = DocumentType.objects.order_by("pk")[:2]
        Document.objects.filter(pk=story.document.pk).update(document_type=kind)
        FilePlanEntry.objects.filter(code="63.20").update(allowed_types=[other.code])
        there = Place(another_file())
        with pytest.raises(IllegalState, match="sieht den Dokumenttyp"):
            move(story.document, there)
        Document.objects.filter(pk=story.document.pk).update(document_type=other)
        move(story.document, there)

    def test_in_work_by_another_person_names_who_and_when(self, story: Story) -> None:
        colleague = w._person("kollegin")
        accounts.give_role(colleague, w.unit("63.1"), Role.CLERK)
        check_out([story.document.pk], acting("kollegin"))
        with pytest.raises(IllegalState, match=r"in Bearbeitung durch .*kollegin.* bis "):
            move(story.document, Place(another_file()))
        assert (
            "in Bearbeitung"
            in plan([story.document.pk], Place(another_file()), acting())[story.document.pk].message
        )

    def test_cancelled_lost_and_own_file(self, story: Story) -> None:
        with pytest.raises(LostUpdate):
            move(story.document, Place(another_file()), versions={story.document.pk: 99})
        with pytest.raises(IllegalState, match="schon in dieser Akte"):
            move(story.document, Place(story.case_file))
        Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.CANCELLED)
        with pytest.raises(IllegalState, match="Stornierte"):
            move(story.document, Place(another_file()))

    def test_a_move_that_hides_the_document_from_its_mover_is_confirmed(self, story: Story) -> None:
        """The rights of the file there are written anew by the move: here they have grown narrow."""
        there, keeper = another_file(), registry_of(story.case_file)
        recompute([there.pk])
        CaseFile.objects.filter(pk=there.pk).update(confidentiality=Confidentiality.CONFIDENTIAL)
        with pytest.raises(InvalidInput, match="danach nicht mehr") as refused:
            move(story.document, Place(there), keeper.username)
        assert refused.value.field == "loss_confirmed"
        assert fresh(story.document).case_file_id == story.case_file.pk
        move(story.document, Place(there), keeper.username, loss_confirmed=True)
        assert fresh(story.document).case_file_id == there.pk


class TestTheWayBack:
    def test_it_lies_again_where_it_was_in_the_register_too(self, story: Story) -> None:
        [section] = write_register(story.matter, ["Anträge"], acting())
        RegisterPlacement.objects.create(document=story.document, section=section)
        done = move(story.document, Place(another_file()))
        assert not RegisterPlacement.objects.exists()
        undo_move(done.operation.pk, acting())
        back = fresh(story.document)
        assert (back.case_file_id, back.matter_id) == (story.case_file.pk, story.matter.pk)
        assert back.register_placement.section_id == section.pk
        assert DocumentMove.objects.count() == 2

    def test_not_by_another_and_not_when_changed_since(self, story: Story) -> None:
        done = move(story.document, Place(another_file()))
        with pytest.raises(Forbidden):
            undo_move(done.operation.pk, acting(personas.CLERK_SOCIAL))
        change_metadata({story.document.pk: {"title": "Neu"}}, acting())
        with pytest.raises(IllegalState, match="inzwischen wieder geändert"):
            undo_move(done.operation.pk, acting())

    def test_the_dry_run_is_what_happens_and_comes_back(self, story: Story) -> None:
        made = filing.fill(story.matter, 4)
        Document.objects.filter(pk=made[0].pk).update(status=DocumentStatus.CANCELLED)
        there = Place(another_file())
        ids = [*(one.pk for one in made), stories.social_file().document.pk, 10**9]
        planned = plan(ids, there, acting())
        assert Counter(str(one.outcome) for one in planned.values()) == {"refused": 3, "changed": 3}
        job = jobs.start_now(
            Wanted(JOB, "Verschieben", ids, job_parameters(there)), acting().operation
        )
        assert (job.state, job.changed, job.refused) == (JobState.DONE, 3, 3)
        assert Document.objects.filter(case_file=there.case_file).count() == 3
        back = jobs.start_now(jobs.undoing(job, "Zurück"), acting().operation, undo_of=job)
        assert (back.changed, actor_of(back).user) == (3, personas.person(CLERK))
        assert not Document.objects.filter(case_file=there.case_file).exists()


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=6
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_any_moves_and_undos_keep_each_document_in_one_place(
    quick_city: None, steps: list[tuple[int, int, bool]]
) -> None:
    """Lists of the files sum up, and who sees a document is who would see a new one there."""
    with transaction.atomic():
        story = stories.building_file()
        documents = [story.document, *filing.fill(story.matter, 3)]
        secret = another_file("Geheim", confidentiality=Confidentiality.CONFIDENTIAL)
        places = [
            Place(story.case_file, story.matter),
            Place(another_file()),
            Place(secret, matter_in(secret)),
        ]
        for number, target, back in steps:
            document, there = documents[number], places[target]
            if fresh(document).case_file_id == there.case_file.pk:
                continue
            done = move(document, there)
            if back:
                undo_move(done.operation.pk, acting())
        _assert_sums(documents, places)
        transaction.set_rollback(True)


def _assert_sums(documents: list[Document], places: list[Place]) -> None:
    user = personas.person(CLERK)
    rows = case_files.documents_in_use(user)
    lists = [set(rows.filter(case_file=p.case_file).values_list("pk", flat=True)) for p in places]
    assert sum(len(one) for one in lists) == len(documents)
    assert set().union(*lists) == {one.pk for one in documents}
    for moved in map(fresh, documents):
        assert moved.matter.case_file_id == moved.case_file_id
        [new] = filing.fill(moved.matter, 1)
        assert moved.scope_id == new.scope_id
        found = SearchEntry.objects.filter(document_id=moved.pk)
        assert not found.filter(~Q(acl=moved.scope.allow) | ~Q(case_file_id=moved.case_file_id))
        Document.objects.filter(pk=new.pk).update(status=DocumentStatus.MISFILED)
