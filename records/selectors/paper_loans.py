"""Loans of paper parts: of one file, and all that are open where the person keeps the paper."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.models import name_columns
from goettingen_ecm.operations import clock
from records.models import CaseFile, PaperLoan
from records.policies import FILING_ROLES

ENDED_SHOWN = 20
LISTED = 200
STATES = ("ueberfaellig", "ausgeliehen", "angefordert")


def loans_of(case_file: CaseFile) -> list[PaperLoan]:
    """The open loan first, then requests in their order, then the last ended ones."""
    rows = case_file.paper_loans.select_related("borrower", "handed_out_by", "ended_by")
    waiting = rows.filter(ended_at=None).order_by(
        F("handed_out_at").asc(nulls_last=True), "requested_at", "pk"
    )
    ended = rows.exclude(ended_at=None).order_by("-ended_at", "-pk")[:ENDED_SHOWN]
    return [*waiting[:LISTED], *ended]


def loan_out(case_file: CaseFile) -> PaperLoan | None:
    """Who has the paper now."""
    rows = case_file.paper_loans.filter(ended_at=None).exclude(handed_out_at=None)
    names = name_columns("borrower")
    return rows.select_related("borrower").only("due_on", "ended_at", *names).order_by("pk").first()


def visible_loan(user: Person, uuid: UUID) -> PaperLoan:
    """A loan of a file the person sees. Raises Http404 for missing and invisible alike."""
    files = CaseFile.objects.visible_to(user)
    rows = PaperLoan.objects.filter(uuid=uuid, case_file__in=files)
    found = rows.select_related("case_file", "borrower").first()
    if found is None:
        raise Http404
    return found


def open_loans(user: Person, state: str = "") -> QuerySet[PaperLoan]:
    """Open loans and requests of visible files whose paper the person keeps.

    ``state`` is one of STATES or empty; what is due first comes first, requests last.
    """
    units = {unit for role, unit in rights_of(user).roles if role in FILING_ROLES}
    files = CaseFile.objects.visible_to(user).filter(lead_unit__in=units)
    rows = PaperLoan.objects.filter(ended_at=None, case_file__in=files)
    if state == "ueberfaellig":
        rows = rows.filter(due_on__lt=clock.today())
    elif state == "ausgeliehen":
        rows = rows.exclude(handed_out_at=None)
    elif state == "angefordert":
        rows = rows.filter(handed_out_at=None)
    rows = rows.select_related("case_file", "borrower")
    return rows.order_by(F("due_on").asc(nulls_last=True), "requested_at", "pk")


def state_of(loan: PaperLoan) -> str:
    """One of STATES, or ``beendet``."""
    if loan.ended_at is not None:
        return "beendet"
    if loan.handed_out_at is None:
        return "angefordert"
    return "ueberfaellig" if is_overdue(loan) else "ausgeliehen"


def is_overdue(loan: PaperLoan) -> bool:
    """Past the day of return, which is the last good day."""
    return loan.ended_at is None and loan.due_on is not None and loan.due_on < clock.today()


def keeping_card_rows(user: Person, limit: int) -> Sequence[PaperLoan]:
    """What the Registratur has to do: overdue ones and requests; one query."""
    to_do = Q(due_on__lt=clock.today()) | Q(handed_out_at=None)
    return list(open_loans(user).filter(to_do)[:limit])
