"""What the paper part shows in the menu and head of a file and on the start page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.desk import german
from goettingen_ecm.operations.registry import Card, start_cards
from records import policies
from records.actions import Action, Fact, file_actions, file_facts
from records.models import CaseFile
from records.selectors import paper_loans

CARD_ROWS = 8


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """For files with paper, and for those who could say that there is some."""
    if not policies.has_paper(case_file) and not policies.can_keep_paper(request.user, case_file):
        return []
    return [Action(_("Papierteil"), reverse("case-file-paper", args=[case_file.uuid]), "folder")]


def paper_facts(request: HttpRequest, case_file: CaseFile) -> list[Fact]:
    """Where the paper is; one query for files that have some."""
    if not policies.has_paper(case_file):
        return []
    address = reverse("case-file-paper", args=[case_file.uuid])
    out = paper_loans.loan_out(case_file)
    if out is None:
        place = case_file.paper_location or _("Standort unbekannt")
        return [Fact(_("Papierteil: %(place)s") % {"place": place}, "folder", address)]
    facts = {"name": out.borrower, "day": german.short_date(out.due_on)}
    if paper_loans.is_overdue(out):
        said = _("Papierteil bei %(name)s, überfällig seit %(day)s") % facts
        return [Fact(said, "warning", address)]
    said = _("Papierteil bei %(name)s bis %(day)s") % facts
    return [Fact(said, "folder", address)]


def keeper_card(request: HttpRequest) -> Card | None:
    """Overdue paper and requests, for the Registratur; nothing when there is none."""
    if not rights_of(request.user).has_role(Role.REGISTRY):
        return None
    rows = paper_loans.keeping_card_rows(request.user, CARD_ROWS + 1)
    if not rows:
        return None
    shown = [(one, paper_loans.is_overdue(one)) for one in rows[:CARD_ROWS]]
    return Card("records/start_paper_loans.html", {"rows": shown, "more": len(rows) > CARD_ROWS})


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.paper", offered, order=55)
    file_facts.register("records.paper", paper_facts, order=30)
    start_cards.register("records.paper", keeper_card, order=8)
