"""Lent paper past its day: borrower and Registratur are reminded once, until it is back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from records.choices import Medium
from records.models import CaseFile, PaperLoan
from records.services.paper_loans import (
    PaperPart,
    hand_out_papers,
    request_papers,
    return_papers,
    set_paper_parts,
)
from records.tasks import remind_of_overdue_papers
from tests import personas, stories
from tests.access import world as w
from tests.records.views.conftest import logged_in
from workflows.models import FollowUp

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
LENDER, BORROWER = personas.CLERK_SOCIAL, personas.HEAD_SOCIAL
DAYS = 14


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def loan(quick_city: None) -> PaperLoan:
    file = stories.social_file().case_file
    set_paper_parts({file.pk: PaperPart(Medium.HYBRID, "Regal 12")}, acting(LENDER))
    [asked] = request_papers({file.pk: "Prüfung"}, acting(BORROWER))
    due_on = clock.today() + timedelta(days=DAYS)
    [given] = hand_out_papers([asked.pk], acting(LENDER), due_on)
    return given


def acting(username: str) -> Any:
    return w.acting(personas.person(username))


def after(days: int) -> Any:
    return clock.fixed(MONDAY + timedelta(days=days))


def open_ones() -> list[FollowUp]:
    return list(FollowUp.objects.filter(done_at=None).order_by("pk"))


def test_overdue_paper_is_reminded_of_once_and_not_every_night(loan: PaperLoan) -> None:
    with after(DAYS):
        assert remind_of_overdue_papers() == 0
    with after(DAYS + 1):
        assert remind_of_overdue_papers() == 1
        assert remind_of_overdue_papers() == 0
        to_borrower, to_lender = open_ones()
        assert to_borrower.due_on == clock.today()
    with after(DAYS + 2):
        assert remind_of_overdue_papers() == 0
    assert to_borrower.owner == personas.person(BORROWER)
    assert "bitte zurückgeben" in to_borrower.reason
    # The Sozialamt of the story has no Registratur of its own.
    assert to_lender.owner == personas.person(LENDER)
    assert str(personas.person(BORROWER)) in to_lender.reason
    assert len(open_ones()) == 2
    loan.refresh_from_db()
    assert loan.history.latest().reminded_at == loan.reminded_at is not None
    assert AuditEntry.objects.filter(action="records.paper.reminded").count() == 1


def test_the_registratur_of_the_unit_is_reminded_where_there_is_one(loan: PaperLoan) -> None:
    keeper = User.objects.create(username="regal", last_name="Regal")
    role = accounts.give_role(keeper, OrgUnit.objects.get(code="50.1"), Role.REGISTRY).unit_role
    with after(DAYS + 1):
        remind_of_overdue_papers()
    assert [one.owner_role for one in open_ones()] == [None, role]


def test_who_left_is_not_reminded_but_somebody_is(loan: PaperLoan) -> None:
    User.objects.filter(username__in=[LENDER, BORROWER]).update(is_active=False)
    with after(DAYS + 1):
        remind_of_overdue_papers()
    [to_head] = open_ones()
    assert to_head.owner_role is not None
    assert (to_head.owner_role.role, to_head.owner_role.unit.code) == (Role.HEAD, "50.1")


def test_the_reminder_stands_on_mein_tag_and_goes_when_the_paper_is_back(
    loan: PaperLoan,
) -> None:
    number = CaseFile.objects.get(pk=loan.case_file_id).aktenzeichen
    with after(DAYS + 1):
        remind_of_overdue_papers()
        page = logged_in(BORROWER).get("/").content.decode()
        assert number in page
        assert "bitte zurückgeben" in page
        return_papers([loan.pk], acting(LENDER))
        assert open_ones() == []
        assert "bitte zurückgeben" not in logged_in(BORROWER).get("/").content.decode()


def test_paper_that_is_back_in_time_reminds_nobody(loan: PaperLoan) -> None:
    return_papers([loan.pk], acting(LENDER))
    with after(DAYS + 1):
        assert remind_of_overdue_papers() == 0
    assert open_ones() == []
