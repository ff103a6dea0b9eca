"""z. d. A. and lifting it (R1, R3), read-only afterwards, retention in the database (R2, A5)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import (
    CaseFileStatus,
    ComponentKind,
    Confidentiality,
    Direction,
    DispositionType,
    DocumentStatus,
    RetentionStart,
)
from records.models import CaseFile, Document, FilePlanEntry, Matter, SpecialistSystem
from records.services import (
    case_files,
    check_outs,
    documents,
    matters,
    parties,
    reassigning,
    retention,
    rights,
)
from records.services.actor import Actor, connector, person
from records.services.closing import (
    close_case_files,
    close_matters,
    reopen_case_files,
    reopen_matters,
)
from records.services.documents import NewComponent, NewVersion
from records.services.matters import NewMatter
from tests import personas, stories
from tests.access import world as w
from tests.stories import Story
from workflows.models import FollowUp


def clerk() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test")


def head(reason: str = "Nachtrag zum Bescheid") -> Actor:
    return person(personas.person(personas.HEAD_SOCIAL), "test", reason=reason)


def prosoz() -> Actor:
    return connector(SpecialistSystem.objects.get(code="openprosoz"), "test")


@pytest.fixture
def story(quick_city: None) -> Story:
    FilePlanEntry.objects.filter(code="50.10").update(retention_years=10, transfer_years=2)
    return stories.social_file()


def closed(story: Story, actor: Actor | None = None) -> CaseFile:
    [case_file] = close_case_files([story.case_file.pk], actor or clerk(), with_open_matters=True)
    return case_file


def current(one: CaseFile) -> CaseFile:
    one.refresh_from_db()
    return one


def follow_up(target: CaseFile | Document) -> FollowUp:
    user, day = personas.person(personas.CLERK_SOCIAL), clock.today()
    return FollowUp.objects.create(
        object_type=target._meta.label_lower,
        object_id=target.pk,
        object_uuid=target.uuid,
        owner=user,
        unit=w.unit("50.1"),
        wished_on=day,
        due_on=day,
        series_start=day,
        created_by=user,
        created_at=timezone.now(),
    )


def draft(story: Story) -> None:
    Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.DRAFT)


def editable(story: Story) -> None:
    Document.objects.filter(pk=story.document.pk).update(is_final=False)


def take_into_work(story: Story) -> None:
    check_outs.check_out([story.document.pk], clerk())


OBSTACLES: dict[str, Callable[[Story], object]] = {
    "Entwürfe": draft,
    "Dokumente in Bearbeitung": take_into_work,
    "Offene Wiedervorlagen": lambda story: follow_up(story.document),
}


class TestClosing:
    def test_r1_the_file_is_closed_today_with_its_retention_end(self, story: Story) -> None:
        case_file = current(closed(story))
        year = clock.today().year
        assert (case_file.status, case_file.closed_on) == (CaseFileStatus.CLOSED, clock.today())
        assert case_file.retention_from == date(year + 1, 1, 1)
        assert case_file.transfer_end == date(year + 2, 12, 31)
        assert case_file.retention_end == date(year + 10, 12, 31)
        assert case_file.retention_rule == "50.10"
        assert AuditEntry.objects.filter(action="records.case_file.closed").count() == 1

    def test_r1_a_matter_has_its_own_day_and_end(self, story: Story) -> None:
        [matter] = close_matters([story.matter.pk], clerk())
        matter.refresh_from_db()
        assert (matter.status, matter.closed_on) == (CaseFileStatus.CLOSED, clock.today())
        assert matter.retention_end == date(clock.today().year + 10, 12, 31)
        assert current(story.case_file).status == CaseFileStatus.ACTIVE

    def test_r1_open_matters_are_closed_along_only_when_asked(self, story: Story) -> None:
        with pytest.raises(IllegalState, match="Offene Vorgänge: 1"):
            close_case_files([story.case_file.pk], clerk())
        assert current(story.case_file).status == CaseFileStatus.ACTIVE
        closed(story)
        assert Matter.objects.get(pk=story.matter.pk).status == CaseFileStatus.CLOSED

    def test_r1_specialist_systems_close_along_only_when_they_ask(self, story: Story) -> None:
        with pytest.raises(IllegalState, match="Offene Vorgänge"):
            close_case_files([story.case_file.pk], prosoz())
        assert closed(story, prosoz()).status == CaseFileStatus.CLOSED

    @pytest.mark.parametrize("obstacle", OBSTACLES)
    def test_r1_nothing_is_closed_while_work_is_open(self, story: Story, obstacle: str) -> None:
        editable(story)
        OBSTACLES[obstacle](story)
        with pytest.raises(IllegalState, match=f"{obstacle}: 1"):
            close_matters([story.matter.pk], clerk())
        with pytest.raises(IllegalState, match=f"{obstacle}: 1"):
            closed(story)
        assert Matter.objects.get(pk=story.matter.pk).status == CaseFileStatus.ACTIVE

    def test_r1_a_follow_up_of_the_file_keeps_the_file_open_not_the_matter(
        self, story: Story
    ) -> None:
        follow_up(story.case_file)
        close_matters([story.matter.pk], clerk())
        with pytest.raises(IllegalState, match="Offene Wiedervorlagen: 1"):
            closed(story)

    def test_r1_sub_matters_are_closed_first_or_together(self, story: Story) -> None:
        below = sub_matter(story)
        with pytest.raises(IllegalState, match="Offene Vorgänge: 1"):
            close_matters([story.matter.pk], clerk())
        both = close_matters([story.matter.pk, below.pk], clerk())
        assert {m.status for m in both} == {CaseFileStatus.CLOSED}

    def test_r1_closing_again_does_not_move_the_day(self, story: Story) -> None:
        closed(story)
        CaseFile.objects.filter(pk=story.case_file.pk).update(closed_on=date(2025, 3, 1))
        with pytest.raises(IllegalState, match=r"seit 01\.03\.2025"):
            closed(story)
        assert current(story.case_file).closed_on == date(2025, 3, 1)

    def test_others_may_not_close(self, story: Story) -> None:
        outsider = person(personas.person(personas.CLERK_BUILDING), "test")
        with pytest.raises(Forbidden):
            closed(story, outsider)
        with pytest.raises(Forbidden):
            close_matters([story.matter.pk], outsider)

    def test_a_matter_the_actor_does_not_see_is_not_closed_along(self, story: Story) -> None:
        rights.narrow_matters({story.matter.pk: [w.group_id("50.1", Role.HEAD)]}, w.machine())
        with pytest.raises(Forbidden, match="nicht bearbeiten dürfen"):
            closed(story)

    def test_a_lost_update_is_refused(self, story: Story) -> None:
        versions = {story.case_file.pk: story.case_file.row_version - 1}
        with pytest.raises(LostUpdate):
            close_case_files(
                [story.case_file.pk], clerk(), versions=versions, with_open_matters=True
            )

    def test_twenty_take_no_more_queries_than_one(
        self, story: Story, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        files = [w.open_file("50.10", "50.1").pk for _ in range(20)]
        actor = prosoz()
        with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
            close_case_files(files, actor)
        assert CaseFile.objects.filter(pk__in=files, status=CaseFileStatus.CLOSED).count() == 20


def sub_matter(story: Story) -> Matter:
    [below] = matters.open_matters([NewMatter(story.case_file, "Widerspruch")], clerk())
    Matter.objects.filter(pk=below.pk).update(parent=story.matter)
    return below


def letter(story: Story) -> NewVersion:
    part = story.document.versions.get().components.get()
    return NewVersion([NewComponent(ComponentKind.MAIN, part.blob, "Nachtrag.txt")])


def new_document(story: Story) -> documents.NewDocument:
    return documents.NewDocument(story.matter, "Nachtrag", Direction.INTERNAL, letter(story))


IN_MATTER: dict[str, Callable[[Story, Actor], object]] = {
    "file": lambda s, a: documents.file_documents([new_document(s)], a),
    "version": lambda s, a: documents.add_versions([(s.document.pk, letter(s))], a),
    "document facts": lambda s, a: documents.change_metadata({s.document.pk: {"title": "X"}}, a),
    "withdraw": lambda s, a: documents.withdraw_documents([s.document.pk], a),
    "check out": lambda s, a: check_outs.check_out([s.document.pk], a),
}
IN_FILE: dict[str, Callable[[Story, Actor], object]] = {
    **IN_MATTER,
    "file facts": lambda s, a: case_files.change_metadata({s.case_file.pk: {"title": "X"}}, a),
    "matter": lambda s, a: matters.open_matters([NewMatter(s.case_file, "Neu")], a),
    "party": lambda s, a: parties.involve([parties.Involvement(s.case_file, "Antrag", "Öl")], a),
    "close matter": lambda s, a: close_matters([s.matter.pk], a),
}
OF_LEADERS: dict[str, Callable[[Story, Actor], object]] = {
    "reassign": lambda s, a: reassigning.reassign_case_files(
        {s.case_file.pk: reassigning.Destination(w.entry("50.20"), w.unit("50.1"))}, a
    ),
    "grant": lambda s, a: rights.grant_case_file_access(
        [rights.NewGrant(s.case_file.pk, "Vertretung", group_id=w.group_id("50.2", Role.CLERK))], a
    ),
    "level": lambda s, a: rights.change_confidentiality(
        {s.case_file.pk: Confidentiality.CONFIDENTIAL}, a
    ),
    "narrow": lambda s, a: rights.narrow_matters({s.matter.pk: []}, a),
    "readmit": lambda s, a: rights.readmit_persons(s.case_file.pk, [1], a),
    "reopen matter": lambda s, a: reopen_matters([s.matter.pk], a),
}


class TestReadOnly:
    @pytest.mark.parametrize("service", IN_FILE)
    @pytest.mark.parametrize("actor", [clerk, prosoz])
    def test_r1_a_closed_file_takes_nothing_from_anybody(
        self, story: Story, service: str, actor: Callable[[], Actor]
    ) -> None:
        editable(story)
        closed(story)
        with pytest.raises(IllegalState, match="abgeschlossen"):
            IN_FILE[service](story, actor())

    @pytest.mark.parametrize("service", OF_LEADERS)
    def test_r1_nor_from_those_in_charge(self, story: Story, service: str) -> None:
        closed(story)
        with pytest.raises(IllegalState, match="abgeschlossen"):
            OF_LEADERS[service](story, head())

    @pytest.mark.parametrize("service", IN_MATTER)
    @pytest.mark.parametrize("actor", [clerk, prosoz])
    def test_r1_a_closed_matter_takes_nothing_in_an_open_file(
        self, story: Story, service: str, actor: Callable[[], Actor]
    ) -> None:
        editable(story)
        close_matters([story.matter.pk], clerk())
        with pytest.raises(IllegalState, match="abgeschlossen"):
            IN_MATTER[service](story, actor())

    def test_who_must_not_see_it_is_kept_out_of_a_closed_file_too(self, story: Story) -> None:
        closed(story)
        accused = personas.person(personas.CLERK_SOCIAL)
        rights.exclude_persons(
            [rights.Exclusion(story.case_file.pk, accused.pk, "Befangen")], head()
        )
        assert not CaseFile.objects.visible_to(accused).filter(pk=story.case_file.pk).exists()


class TestLifting:
    def test_r3_lifting_clears_the_ends_and_leaves_matters_closed(self, story: Story) -> None:
        closed(story)
        reopen_case_files([story.case_file.pk], head())
        case_file = current(story.case_file)
        assert (case_file.status, case_file.closed_on) == (CaseFileStatus.ACTIVE, None)
        ends = (case_file.retention_from, case_file.transfer_end, case_file.retention_end)
        assert ends == (None, None, None)
        assert Matter.objects.get(pk=story.matter.pk).status == CaseFileStatus.CLOSED
        newest = CaseFile.history.filter(id=case_file.pk).latest("history_id")
        assert newest.history_change_reason == "Nachtrag zum Bescheid"

    def test_r3_a_matter_is_lifted_in_an_open_file(self, story: Story) -> None:
        close_matters([story.matter.pk], clerk())
        reopen_matters([story.matter.pk], head())
        matter = Matter.objects.get(pk=story.matter.pk)
        assert (matter.status, matter.closed_on) == (CaseFileStatus.ACTIVE, None)
        assert (matter.transfer_end, matter.retention_end) == (None, None)

    def test_r3_it_needs_a_reason(self, story: Story) -> None:
        closed(story)
        with pytest.raises(InvalidInput, match="Grund"):
            reopen_case_files([story.case_file.pk], head(" "))
        with pytest.raises(InvalidInput, match="Grund"):
            reopen_matters([story.matter.pk], head(""))

    def test_r3_it_needs_a_right_of_its_own(self, story: Story) -> None:
        closed(story)
        asking = person(personas.person(personas.CLERK_SOCIAL), "test", reason="Nachtrag")
        with pytest.raises(Forbidden):
            reopen_case_files([story.case_file.pk], asking)
        system = prosoz()
        system.operation.reason = "Nachtrag"
        with pytest.raises(Forbidden):
            reopen_case_files([story.case_file.pk], system)

    @pytest.mark.parametrize(("days", "possible"), [(0, True), (-1, False)])
    def test_r3_only_while_the_transfer_period_runs(
        self, story: Story, days: int, possible: bool
    ) -> None:
        closed(story)
        end = clock.today() + timedelta(days=days)
        CaseFile.objects.filter(pk=story.case_file.pk).update(transfer_end=end)
        if possible:
            reopen_case_files([story.case_file.pk], head())
            return
        with pytest.raises(IllegalState, match="Transferfrist"):
            reopen_case_files([story.case_file.pk], head())

    @pytest.mark.parametrize("state", [CaseFileStatus.ACTIVE, CaseFileStatus.OFFERED])
    def test_r3_there_must_be_a_closing_to_lift(self, story: Story, state: str) -> None:
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=state)
        with pytest.raises(IllegalState, match="keinen Abschluss"):
            reopen_case_files([story.case_file.pk], head())


class TestRecomputation:
    def test_r2_a_new_rule_moves_the_stored_ends(self, story: Story) -> None:
        closed(story)
        FilePlanEntry.objects.filter(code="50.10").update(
            retention_years=6, retention_start=RetentionStart.CLOSING_DAY
        )
        [changed] = retention.recompute_retention([story.case_file.pk], clerk())
        today = clock.today()
        assert changed.retention_end == today.replace(year=today.year + 6)
        matter = Matter.objects.get(pk=story.matter.pk)
        assert matter.retention_end == changed.retention_end

    def test_r2_nothing_is_written_when_nothing_changes(self, story: Story) -> None:
        closed(story)
        assert retention.recompute_retention([story.case_file.pk], clerk()) == []

    def test_r2_the_event_gives_the_dates_when_it_is_entered(self, story: Story) -> None:
        FilePlanEntry.objects.filter(code="50.10").update(
            retention_start=RetentionStart.END_OF_BENEFIT
        )
        assert closed(story).retention_end is None
        [known] = retention.set_retention_events({story.case_file.pk: date(2028, 5, 1)}, clerk())
        assert (known.retention_from, known.retention_end) == (
            date(2029, 1, 1),
            date(2038, 12, 31),
        )
        assert Matter.objects.get(pk=story.matter.pk).retention_end == date(2038, 12, 31)

    def test_r2_a_rule_without_event_takes_none(self, story: Story) -> None:
        with pytest.raises(IllegalState, match="keinem Ereignis"):
            retention.set_retention_events({story.case_file.pk: date(2028, 5, 1)}, clerk())

    @pytest.mark.parametrize("state", CaseFileStatus.values)
    @pytest.mark.parametrize("decided", DispositionType.values)
    def test_a5_disposition_reaches_what_is_still_to_be_appraised(
        self, story: Story, state: str, decided: str
    ) -> None:
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=state, disposition=decided)
        FilePlanEntry.objects.filter(code="50.10").update(disposition=DispositionType.DESTROY)
        retention.recompute_retention([story.case_file.pk], clerk())
        follows = decided == DispositionType.APPRAISE and state in (
            "bearbeitung", "abgeschlossen", "aufbewahrung",
        )  # fmt: skip
        expected = DispositionType.DESTROY if follows else decided
        assert current(story.case_file).disposition == expected

    def test_a4_permanent_below_a_period_stays_permanent(self, story: Story) -> None:
        FilePlanEntry.objects.filter(code="50").update(retention_years=10)
        FilePlanEntry.objects.filter(code="50.10").update(
            retention_years=None, retention_permanent=True
        )
        file = w.open_file("50.10", "50.1")
        assert (file.retention_permanent, file.retention_years) == (True, None)
