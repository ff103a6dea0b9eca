"""The paper part of files: place, request, hand out, return (issue 3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, Medium
from records.models import CaseFile, PaperLoan
from records.selectors import paper_loans as selectors
from records.services.paper_loans import (
    PaperPart,
    hand_out_papers,
    request_papers,
    return_papers,
    set_paper_parts,
    withdraw_requests,
)
from tests import personas, stories
from tests.access import world as w

SHELF = PaperPart(Medium.HYBRID, "Altregistratur, Regal 12")


def acting(username: str) -> Any:
    return w.acting(personas.person(username))


@pytest.fixture
def file(quick_city: None) -> CaseFile:
    """A hybrid file of the Sozialamt; seen by its clerk and the head of department."""
    made = stories.social_file().case_file
    [placed] = set_paper_parts({made.pk: SHELF}, acting(personas.CLERK_SOCIAL))
    return placed


def asked(file: CaseFile, username: str = personas.HEAD_SOCIAL) -> PaperLoan:
    [loan] = request_papers({file.pk: "Rechnungsprüfung"}, acting(username))
    return loan


def given(file: CaseFile, username: str = personas.HEAD_SOCIAL, days: int = 14) -> PaperLoan:
    due_on = clock.today() + timedelta(days=days)
    [loan] = hand_out_papers([asked(file, username).pk], acting(personas.CLERK_SOCIAL), due_on)
    return loan


def test_the_place_is_remembered_with_history_and_audit(file: CaseFile) -> None:
    stored = CaseFile.objects.get(pk=file.pk)
    assert (stored.medium, stored.paper_location) == (Medium.HYBRID, SHELF.location)
    assert CaseFile.history.filter(id=file.pk).latest().paper_location == SHELF.location
    entry = AuditEntry.objects.filter(action="records.case_file.changed").latest("pk")
    assert entry.fields == ["medium", "paper_location"]


def test_the_way_of_a_loan_is_evidence(file: CaseFile) -> None:
    loan = given(file)
    [back] = return_papers([loan.pk], acting(personas.CLERK_SOCIAL))
    assert back.ended_by == personas.person(personas.CLERK_SOCIAL)
    kinds = PaperLoan.history.filter(id=loan.pk).values_list("history_type", flat=True)
    assert sorted(kinds) == ["+", "~", "~"]
    told = AuditEntry.objects.filter(action__startswith="records.paper.", object_id=file.pk)
    assert list(told.order_by("pk").values_list("action", flat=True)) == [
        "records.paper.requested",
        "records.paper.handed_out",
        "records.paper.returned",
    ]
    assert "Rechnungsprüfung" not in str(list(told.values()))
    assert given(file).pk != loan.pk


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (PaperPart(Medium.HYBRID, ""), "wo das Papier steht"),
        (PaperPart(Medium.PAPER, " \u200b "), "wo das Papier steht"),
        (PaperPart(Medium.PAPER, "R" * 201), "200"),
    ],
)
def test_bad_places_are_refused(file: CaseFile, part: PaperPart, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        set_paper_parts({file.pk: part}, acting(personas.CLERK_SOCIAL))
    assert CaseFile.objects.get(pk=file.pk).paper_location == SHELF.location


def test_only_those_who_keep_it_place_hand_out_and_take_back(file: CaseFile) -> None:
    loan = asked(file)
    due_on = clock.today() + timedelta(days=1)
    for who in (personas.CLERK_BUILDING, personas.REGISTRY, personas.ARCHIVE):
        with pytest.raises(Forbidden):
            set_paper_parts({file.pk: SHELF}, acting(who))
        with pytest.raises(Forbidden):
            hand_out_papers([loan.pk], acting(who), due_on)
        with pytest.raises(Forbidden):
            withdraw_requests([loan.pk], acting(who))
        with pytest.raises(Forbidden):
            request_papers({file.pk: ""}, acting(who))
    assert PaperLoan.objects.get(pk=loan.pk).handed_out_at is None


def test_illegal_states_say_why(file: CaseFile) -> None:
    clerk = acting(personas.CLERK_SOCIAL)
    tomorrow = clock.today() + timedelta(days=1)
    waiting = asked(file)
    with pytest.raises(IllegalState, match="schon angefordert"):
        asked(file)
    with pytest.raises(IllegalState, match="noch nicht ausgegeben"):
        return_papers([waiting.pk], clerk)
    with pytest.raises(IllegalState, match="angefordert oder ausgeliehen"):
        set_paper_parts({file.pk: PaperPart(Medium.ELECTRONIC)}, clerk)
    with pytest.raises(InvalidInput, match="Vergangenheit"):
        hand_out_papers([waiting.pk], clerk, clock.today() - timedelta(days=1))
    with pytest.raises(InvalidInput, match="Länger als ein Jahr"):
        hand_out_papers([waiting.pk], clerk, clock.today() + timedelta(days=367))
    hand_out_papers([waiting.pk], clerk, tomorrow)
    with pytest.raises(IllegalState, match="schon; er ist zurückzugeben bis"):
        asked(file)
    with pytest.raises(IllegalState, match="schon erledigt"):
        hand_out_papers([waiting.pk], clerk, tomorrow)
    with pytest.raises(IllegalState, match="muss zurückgegeben werden"):
        withdraw_requests([waiting.pk], clerk)
    second = asked(file, personas.CLERK_SOCIAL)
    with pytest.raises(IllegalState, match=r"hat Petra Voss|hat .*Voss.* bis"):
        hand_out_papers([second.pk], clerk, tomorrow)
    return_papers([waiting.pk], clerk)
    with pytest.raises(IllegalState, match=r"seit .* zurück"):
        return_papers([waiting.pk], clerk)
    hand_out_papers([second.pk], clerk, tomorrow)
    return_papers([second.pk], clerk)
    set_paper_parts({file.pk: PaperPart(Medium.ELECTRONIC, "egal")}, clerk)
    assert CaseFile.objects.get(pk=file.pk).paper_location == ""
    with pytest.raises(IllegalState, match="keinen Papierteil"):
        asked(file)


def test_destroyed_files_have_no_paper_any_more(file: CaseFile) -> None:
    waiting = asked(file)
    CaseFile.objects.filter(pk=file.pk).update(status=CaseFileStatus.DESTROYED)
    with pytest.raises(IllegalState, match="nicht mehr im Haus"):
        hand_out_papers(
            [waiting.pk], acting(personas.CLERK_SOCIAL), clock.today() + timedelta(days=1)
        )
    with pytest.raises(IllegalState, match="nicht mehr im Haus"):
        request_papers({file.pk: ""}, acting(personas.CLERK_SOCIAL))


def test_who_asked_may_end_the_request(file: CaseFile) -> None:
    loan = asked(file)
    withdraw_requests([loan.pk], acting(personas.HEAD_SOCIAL))
    with pytest.raises(IllegalState, match="schon beendet"):
        withdraw_requests([loan.pk], acting(personas.CLERK_SOCIAL))


def test_a_stale_page_changes_nothing(file: CaseFile) -> None:
    loan = asked(file)
    with pytest.raises(LostUpdate):
        withdraw_requests(
            [loan.pk], acting(personas.CLERK_SOCIAL), versions={loan.pk: loan.row_version + 1}
        )
    assert PaperLoan.objects.get(pk=loan.pk).ended_at is None


def test_the_database_lets_paper_out_only_once(file: CaseFile) -> None:
    given(file)
    second = asked(file, personas.CLERK_SOCIAL)
    rows = PaperLoan.objects.filter(pk=second.pk)
    clerk = personas.person(personas.CLERK_SOCIAL)
    with pytest.raises(IntegrityError, match="paper_out_once"), transaction.atomic():
        rows.update(handed_out_at=clock.now(), handed_out_by=clerk, due_on=clock.today())
    with pytest.raises(IntegrityError, match="paper_handed_out_with_end"), transaction.atomic():
        rows.update(handed_out_at=clock.now())


def test_overdue_begins_the_day_after(file: CaseFile) -> None:
    loan = given(file)
    rows = PaperLoan.objects.filter(pk=loan.pk)
    for days, state in ((0, "ausgeliehen"), (-1, "ueberfaellig")):
        rows.update(due_on=clock.today() + timedelta(days=days))
        assert selectors.state_of(rows.get()) == state
    clerk = personas.person(personas.CLERK_SOCIAL)
    assert list(selectors.open_loans(clerk, "ueberfaellig")) == [loan]
    assert list(selectors.open_loans(clerk, "angefordert")) == []
    for who in (personas.CLERK_BUILDING, personas.REGISTRY):
        assert not selectors.open_loans(personas.person(who)).exists()


def test_many_at_once_are_all_or_nothing(file: CaseFile) -> None:
    first, second = asked(file), asked(file, personas.CLERK_SOCIAL)
    with pytest.raises(IllegalState, match="nur an eine Person"):
        hand_out_papers(
            [first.pk, second.pk],
            acting(personas.CLERK_SOCIAL),
            clock.today() + timedelta(days=1),
        )
    assert not PaperLoan.objects.exclude(handed_out_at=None).exists()
