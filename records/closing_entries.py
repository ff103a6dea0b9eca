"""What closing, retention and holds show in the menu and head of a file and on the start page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Card, start_cards
from records import policies
from records.actions import Action, Fact, file_actions, file_facts
from records.models import CaseFile
from records.selectors import holds


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """z. d. A. while the file is open; its dates and holds always."""
    address = reverse("case-file-closing", args=[case_file.uuid])
    may_close = policies.is_open(case_file) and policies.can_close(request.user, case_file)
    label = _("z. d. A. verfügen") if may_close else _("Abschluss und Fristen")
    return [
        Action(label, address, "archive"),
        Action(_("Löschsperren"), reverse("case-file-holds", args=[case_file.uuid]), "hold"),
    ]


def retention_facts(request: HttpRequest, case_file: CaseFile) -> list[Fact]:
    """When the file was closed and until when it is kept."""
    if case_file.closed_on is None:
        return []
    said = _("z. d. A. %(day)s") % {"day": german.short_date(case_file.closed_on)}
    if case_file.retention_end is not None:
        end = german.short_date(case_file.retention_end)
        said = _("%(closed)s, Aufbewahrung bis %(end)s") % {"closed": said, "end": end}
    elif case_file.retention_permanent:
        said = _("%(closed)s, unbefristet aufzubewahren") % {"closed": said}
    return [Fact(said, "archive", reverse("case-file-closing", args=[case_file.uuid]))]


def hold_facts(request: HttpRequest, case_file: CaseFile) -> list[Fact]:
    """The kinds of holds that stand on the file or on a matter the person sees."""
    kinds = holds.kinds_standing(request.user, case_file)
    if not kinds:
        return []
    label = _("Löschsperre: %(kinds)s") % {"kinds": ", ".join(kinds)}
    return [Fact(label, "hold", reverse("case-file-holds", args=[case_file.uuid]))]


def review_card(request: HttpRequest) -> Card | None:
    """One's own holds whose review is near; nothing when there is none."""
    today = clock.today()
    rows = holds.holds_to_review(request.user, today)
    if not rows:
        return None
    return Card("records/start_holds.html", {"rows": [(r, r.review_on <= today) for r in rows]})


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.closing", offered, order=60)
    file_facts.register("records.retention", retention_facts, order=10)
    file_facts.register("records.holds", hold_facts, order=20)
    start_cards.register("records.holds", review_card, order=7)
