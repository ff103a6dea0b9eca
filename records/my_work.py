"""What records puts into "Meine Arbeit": documents in work, requests, reviews, paper."""

from django.db.models import DateField, Q
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from goettingen_ecm.operations import clock
from records import policies
from records.models import CaseFile, CheckOut, EmergencyAccess, Hold, PaperLoan
from records.selectors import emergencies, holds, paper_loans, rights_reviews
from records.selectors.case_files import SHOWN_STATES
from records.services.locks import until_text

IN_WORK, HOLDS = "in-bearbeitung", "loeschsperren"
PAPER, REVIEWS, EMERGENCIES = "papierakten", "rechtepruefung", "notzugriffe"


def in_work(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """Documents the person has checked out, by the day the check-out ends or somebody asked."""
    scopes = rights_of(request.user).scope_ids
    rows = CheckOut.objects.filter(
        holder=request.user.pk,
        document__status__in=SHOWN_STATES,
        document__scope__any_of=scopes,
        document__case_file__scope__any_of=scopes,
    ).select_related("document", "release_asked_by")
    day = TruncDate(Coalesce("release_asked_at", "until"))
    return [_in_work(one) for one in following(rows.annotate(day=day), "day", after, limit)]


def _in_work(one: CheckOut) -> WorkItem:
    if not one.is_in_force(clock.now()):
        page, note = "document", _("Ihre Bearbeitung ist abgelaufen; das Dokument ist frei.")
    elif one.release_asked_by is not None:
        page = "document-check-out"
        note = _("%(name)s bittet um Freigabe.") % {"name": one.release_asked_by}
    else:
        page, note = "document", _("in Bearbeitung bis %(until)s") % {"until": until_text(one)}
    url = reverse(page, args=[one.document.uuid])
    return WorkItem(one.day, one.pk, one.document.title, url, note)  # type: ignore[attr-defined]


def hold_reviews(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """One's own holds whose review is near or over."""
    rows = Hold.objects.filter(
        owner_id=request.user.pk, lifted_at=None, review_on__lte=clock.today() + holds.NEAR
    ).filter(case_file__in=CaseFile.objects.visible_to(request.user).values("pk"))
    found = following(rows.select_related("case_file"), "review_on", after, limit)
    return [
        WorkItem(
            one.review_on,
            one.pk,
            _named(one.case_file),
            reverse("hold", args=[one.uuid]),
            str(one.get_kind_display()),
        )
        for one in found
    ]


def paper(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """What one has borrowed too long; where one keeps the paper, also requests."""
    today, user = clock.today(), request.user
    overdue = Q(due_on__lt=today)
    own = Q(borrower=user.pk, case_file__in=CaseFile.objects.visible_to(user).values("pk"))
    rows = PaperLoan.objects.filter(ended_at=None)
    wanted = own & overdue
    if rights_of(user).has_role(Role.REGISTRY):
        kept = paper_loans.open_loans(user).order_by().values("pk")
        wanted |= Q(pk__in=kept) & (overdue | Q(handed_out_at=None))
    day = Coalesce("due_on", TruncDate("requested_at"), output_field=DateField())
    rows = rows.filter(wanted).annotate(day=day).select_related("case_file", "borrower")
    return [_paper(one, user.pk) for one in following(rows, "day", after, limit)]


def _paper(one: PaperLoan, user_id: int | None) -> WorkItem:
    if one.handed_out_at is None:
        note = _("%(name)s fordert den Papierteil an.") % {"name": one.borrower}
    elif one.borrower_id == user_id:
        note = _("Sie haben den Papierteil; er ist zurückzugeben.")
    else:
        note = _("%(name)s hat den Papierteil nicht zurückgegeben.") % {"name": one.borrower}
    url = reverse("case-file-paper", args=[one.case_file.uuid])
    return WorkItem(one.day, one.pk, _named(one.case_file), url, note)  # type: ignore[attr-defined]


def due_reviews(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """The own units whose yearly look at releases is due."""
    rows = following(rights_reviews.due_by_day(request.user), "day", after, limit)
    note = _("Die jährliche Prüfung der Freigaben ist fällig.")
    return [
        WorkItem(one.day, one.pk, one.name, reverse("rights-review", args=[one.uuid]), note)
        for one in rows
    ]


def emergency_reviews(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """Break-glass nobody of data protection has looked at."""
    rows = emergencies.accesses_for(request.user).filter(reviewed_at__isnull=True)
    found = following(rows.annotate(day=TruncDate("granted_at")), "day", after, limit)
    return [_emergency(one) for one in found]


def _emergency(one: EmergencyAccess) -> WorkItem:
    title = _("Notzugriff von %(name)s") % {"name": one.user}
    return WorkItem(one.day, one.pk, title, reverse("emergency-accesses"), one.reason)  # type: ignore[attr-defined]


def _named(case_file: CaseFile) -> str:
    return f"{case_file.aktenzeichen} {case_file.title}"


def _heads(request: HttpRequest) -> bool:
    return rights_of(request.user).has_role(Role.HEAD)


def _data_protection(request: HttpRequest) -> bool:
    return policies.can_review_emergency_access(request.user)


def register() -> None:
    """Called once when the app is ready."""
    kinds = {
        IN_WORK: WorkSource(gettext_lazy("In Bearbeitung"), "lock", in_work),
        HOLDS: WorkSource(gettext_lazy("Löschsperren"), "hold", hold_reviews),
        PAPER: WorkSource(gettext_lazy("Papierakten"), "folder", paper),
        REVIEWS: WorkSource(
            gettext_lazy("Rechteprüfung"), "shield", due_reviews, _heads, "rights-reviews"
        ),
        EMERGENCIES: WorkSource(
            gettext_lazy("Notzugriffe"),
            "shield",
            emergency_reviews,
            _data_protection,
            "emergency-accesses",
        ),
    }
    for number, (name, source) in enumerate(kinds.items()):
        work_sources.register(name, source, order=20 + number)
