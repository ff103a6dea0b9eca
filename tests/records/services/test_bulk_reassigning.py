"""Reassigning many files: the dry run says what happens, each refusal has its reason, and back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import Wanted
from goettingen_ecm.operations.models import Job
from records import bulk_jobs
from records.choices import CaseFileStatus
from records.models import CaseFile, FormerNumber
from records.selectors.sight_of_many import sight_of_many
from records.services import bulk_reassigning
from records.services.actor import Actor, person
from records.services.bulk_reassigning import FileMove
from records.services.case_files import change_metadata
from records.services.volumes import open_next_volumes
from tests import personas, stories
from tests.access import world as w
from tests.records.services.test_bulk_changes import told
from tests.stories import Story


@pytest.fixture
def three(quick_city: None) -> list[Story]:
    return [stories.building_file() for _number in range(3)]


def clerk(name: str = personas.CLERK_BUILDING) -> Actor:
    return person(personas.person(name), "test.bulk")


def ids_of(found: list[Story]) -> list[int]:
    return [one.case_file.pk for one in found]


def numbers(ids: list[int]) -> list[str]:
    rows = CaseFile.objects.filter(pk__in=ids).order_by("pk")
    return list(rows.values_list("aktenzeichen", flat=True))


def ordered(move: FileMove, ids: list[int], by: str = personas.CLERK_BUILDING) -> Job:
    wanted = Wanted(bulk_jobs.MOVES, "Umschreiben", ids, bulk_jobs.move_parameters(move))
    return jobs.start_now(wanted, clerk(by).operation)


def taken_back(job: Job, by: str = personas.CLERK_BUILDING) -> Job:
    return jobs.start_now(jobs.undoing(job, "Zurück"), clerk(by).operation, undo_of=job)


def test_a9_files_move_with_new_numbers_and_come_back(three: list[Story]) -> None:
    ids = ids_of(three)
    before = numbers(ids)
    move = FileMove(entry=w.entry("63.20"))
    assert told(bulk_reassigning.plan(move, ids, clerk())) == {"changed": 3}
    assert numbers(ids) == before
    job = ordered(move, ids)
    assert (job.changed, job.refused) == (3, 0)
    assert [number[:5] for number in numbers(ids)] == ["63.20"] * 3
    assert FormerNumber.objects.filter(number__in=before).count() == 3
    audited = AuditEntry.objects.filter(
        action="records.case_file.reassigned", operation_id=job.operation_id
    )
    assert set(audited.values_list("object_id", flat=True)) == set(ids)
    assert taken_back(job).changed == 3
    assert numbers(ids) == before


def test_each_file_that_stays_says_why(three: list[Story]) -> None:
    foreign = stories.social_file()
    closed, there, free = three
    CaseFile.objects.filter(pk=closed.case_file.pk).update(status=CaseFileStatus.CLOSED)
    move = FileMove(entry=w.entry("63.20"))
    ordered(move, [there.case_file.pk])
    planned = bulk_reassigning.plan(move, [*ids_of(three), foreign.case_file.pk], clerk())
    assert told(planned) == {"refused": 2, "unchanged": 1, "changed": 1}
    assert planned[free.case_file.pk].outcome == JobItemOutcome.CHANGED
    assert "abgeschlossen" in planned[closed.case_file.pk].message
    assert "sichtbar" in planned[foreign.case_file.pk].message
    assert bulk_reassigning.move_case_files(move, list(planned), clerk()) == planned


def test_d3_no_file_of_the_set_changes_its_circle(quick_city: None) -> None:
    social = stories.social_file()
    planned = bulk_reassigning.plan(
        FileMove(lead_unit=w.unit("63.1")), [social.case_file.pk], clerk(personas.CLERK_SOCIAL)
    )
    assert "Berechtigungskreis" in planned[social.case_file.pk].message


def test_nobody_loses_sight_without_saying_so(three: list[Story]) -> None:
    accounts.give_role(w._person("neu"), w.unit("32"), Role.CLERK)
    ids = ids_of(three)
    unit = w.unit("32")
    unconfirmed = ordered(FileMove(lead_unit=unit), ids)
    assert (unconfirmed.changed, unconfirmed.refused) == (0, 3)
    confirmed = ordered(FileMove(lead_unit=unit, loss_confirmed=True), ids)
    assert confirmed.changed == 3
    assert CaseFile.objects.filter(pk__in=ids, lead_unit=unit).count() == 3


def test_a_unit_without_anybody_takes_nothing(three: list[Story]) -> None:
    ids = ids_of(three)
    planned = bulk_reassigning.plan(FileMove(lead_unit=w.unit("20")), ids, clerk())
    assert told(planned) == {"refused": 3}
    assert "niemand" in planned[ids[0]].message


def test_the_new_case_worker_works_in_the_new_unit(three: list[Story]) -> None:
    ids = ids_of(three)
    stranger = FileMove(w.entry("63.20"), case_worker=personas.person(personas.CLERK_SOCIAL))
    assert told(bulk_reassigning.plan(stranger, ids, clerk())) == {"refused": 3}
    own = personas.person(personas.CLERK_BUILDING)
    job = ordered(FileMove(w.entry("63.20"), case_worker=own), ids)
    assert CaseFile.objects.filter(pk__in=ids, case_worker=own).count() == 3
    taken_back(job)
    assert CaseFile.objects.filter(pk__in=ids, case_worker=None).count() == 3


def test_what_was_changed_since_stays_where_it_is(three: list[Story]) -> None:
    ids = ids_of(three)
    job = ordered(FileMove(w.entry("63.20")), ids)
    change_metadata({ids[0]: {"remark": "inzwischen"}}, clerk())
    back = taken_back(job)
    assert (back.changed, back.refused) == (2, 1)
    assert numbers(ids[:1])[0].startswith("63.20")


def test_volumes_go_and_come_back_together(three: list[Story]) -> None:
    first = three[0].case_file.pk
    [second] = open_next_volumes([first], clerk())
    before = numbers([first, second.pk])
    job = ordered(FileMove(w.entry("63.20")), [second.pk])
    assert {number[:5] for number in numbers([first, second.pk])} == {"63.20"}
    assert taken_back(job).changed == 1
    assert numbers([first, second.pk]) == before


def test_s2_the_preview_counts_who_gains_and_loses_how_many(three: list[Story]) -> None:
    accounts.give_role(w._person("neu"), w.unit("32"), Role.CLERK)
    move = FileMove(lead_unit=w.unit("32"))
    files = bulk_reassigning.visible_files(ids_of(three), clerk())
    pairs = bulk_reassigning.before_and_after(move, list(files.values()))
    sight = sight_of_many(pairs, personas.person(personas.CLERK_BUILDING))
    assert [(one.person.name, one.files) for one in sight.gains] == [("neu", 3)]
    assert ("Tobias Kruse", 3) in [(one.person.name, one.files) for one in sight.loses]
    assert (sight.lost_by_oneself, sight.unexplained) == (3, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_dry_run_asks_no_more_for_more_files(three: list[Story], number: int) -> None:
    actor = clerk()
    move = FileMove(w.entry("63.20"))
    with CaptureQueriesContext(connection) as asked:
        bulk_reassigning.plan(move, ids_of(three)[:number], actor)
    # Outside a request the age of the rights is asked for with every file.
    real = [one["sql"] for one in asked.captured_queries if "access_accessepoch" not in one["sql"]]
    assert len(real) <= 12
