"""Paper parts that are not back on their day: borrower and Registratur are reminded, once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from records.follow_ups import FILE, file_target
from records.models import PaperLoan
from records.models.paper_loan import OUT
from records.policies import FILING_ROLES
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from workflows.services.reminding import Reminder, end_reminders, remind

REMINDED = "records.paper.reminded"
SYSTEM = "Ausleihe"
BATCH = 500


def remind_overdue() -> int:
    """Lay a follow-up before borrower and Registratur of every loan past its day.

    Returns how many loans; each is taken once, however often this runs.
    """
    reminded = 0
    while taken := _remind_some():
        reminded += taken
    return reminded


def _remind_some() -> int:
    with transaction.atomic():
        rows = PaperLoan.objects.select_for_update(of=("self",), skip_locked=True)
        due = rows.filter(OUT, due_on__lt=clock.today(), reminded_at=None).order_by("pk")
        loans = list(due.select_related("case_file", "borrower", "handed_out_by")[:BATCH])
        if not loans:
            return 0
        actor, now = Actor(begin(REMINDED, Acting(system=SYSTEM))), clock.now()
        remind(_reminders(loans), now, operation=actor.operation)
        for loan in loans:
            loan.reminded_at = now
        writing.update(loans, ["reminded_at"], actor)
        record_changes(REMINDED, [loan.case_file for loan in loans], actor)
    return len(loans)


def _reminders(loans: Sequence[PaperLoan]) -> list[Reminder]:
    """The borrower while in service; the Registratur of the lead unit, else who lent it."""
    units = {loan.case_file.lead_unit_id for loan in loans}
    held = Membership.objects.current(clock.today()).filter(user__is_active=True)
    keeping = held.filter(unit_role__unit__in=units, unit_role__role__in=FILING_ROLES)
    keepers = set(keeping.values_list("unit_role__unit_id", "user_id"))
    registries = set(
        keeping.filter(unit_role__role=Role.REGISTRY).values_list("unit_role__unit_id", flat=True)
    )
    found = []
    for loan in loans:
        if loan.borrower.is_active:
            found.append(_to_borrower(loan))
        keeper = _to_keeper(loan, keepers, registries)
        if keeper.owner is None or keeper.owner != loan.borrower:
            found.append(keeper)
    return found


def _to_borrower(loan: PaperLoan) -> Reminder:
    assert loan.handed_out_by is not None  # noqa: S101 - a loan that is out was handed out
    said = _("Papierteil seit %(day)s überfällig: bitte zurückgeben")
    return Reminder(
        target=file_target(loan.case_file),
        reason=said % {"day": german.short_date(loan.due_on)},
        unit_id=loan.case_file.lead_unit_id,
        because_of=loan.handed_out_by,
        owner=loan.borrower,
    )


def _to_keeper(loan: PaperLoan, keepers: set[tuple[int, int]], registries: set[int]) -> Reminder:
    assert loan.handed_out_by is not None  # noqa: S101 - a loan that is out was handed out
    unit, lender = loan.case_file.lead_unit, loan.handed_out_by
    owner = lender if (unit.pk, lender.pk) in keepers and unit.pk not in registries else None
    named = Role.REGISTRY if unit.pk in registries else Role.HEAD
    facts = {"day": german.short_date(loan.due_on), "name": loan.borrower}
    return Reminder(
        target=file_target(loan.case_file),
        reason=_("Papierteil seit %(day)s überfällig: bei %(name)s") % facts,
        unit_id=unit.pk,
        because_of=lender,
        owner=owner,
        role=None if owner else ensure_unit_role(unit, named),
    )


def end_reminders_of(loans: Sequence[PaperLoan], actor: Actor) -> None:
    """The paper is back: nobody is reminded any more."""
    made_at: dict[int, datetime] = {
        loan.case_file_id: loan.reminded_at for loan in loans if loan.reminded_at is not None
    }
    if made_at and actor.user is not None:
        end_reminders(FILE, made_at, by=actor.user, operation=actor.operation)
