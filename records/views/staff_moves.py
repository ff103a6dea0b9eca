"""Moving people to another unit: who leaves, what that means, planned and past moves."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records.models import StaffMove
from records.selectors import staff_moves as selectors
from records.services import actor as actors
from records.services import staff_moves as services
from records.services.staff_moves import Withdrawn
from records.staff_move_forms import LeftUnitForm, StaffMoveForm

VERB = "records.staff_move.plan"


@require_GET
def staff_moves(request: HttpRequest) -> HttpResponse:
    """Planned and past moves; above them the unit whose people are to move."""
    user = _administrator(request)
    form = LeftUnitForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("staff-move-new", form.cleaned_data["einheit"].uuid)
    moves = selectors.moves_shown(user)
    context = {"form": form, "moves": moves, "user_id": user.pk}
    return render(request, "records/staff_moves.html", context, status=422 if form.errors else 200)


def _administrator(request: HttpRequest) -> User:
    user = person_of(request)
    if not may_change_staff(user):
        raise Forbidden(
            _("Umsetzungen plant die Fachadministration."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )
    return user


@require_http_methods(["GET", "POST"])
def staff_move_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who goes where and when; then what ends and goes over; then it is planned."""
    user = _administrator(request)
    left = get_object_or_404(OrgUnit, uuid=uuid)
    step = request.POST.get("schritt", "")
    form = StaffMoveForm(request.POST or None, left=left)
    context: dict[str, object] = {"form": form, "left": left}
    if request.method == "GET" or step == "aendern" or not form.is_valid():
        wrong = bool(request.method == "POST" and step != "aendern")
        return render(request, "records/staff_move_new.html", context, status=422 if wrong else 200)
    wish = form.wish()
    try:
        if step == "speichern":
            moves = services.plan_moves(wish, actors.person(user, VERB))
            return _planned(request, moves)
        services.check_move(wish, actors.person(user, VERB))
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return render(request, "records/staff_move_new.html", context, status=422)
    context |= {"effects": selectors.effects(wish.users, wish.first_day), "wish": wish}
    return render(request, "records/staff_move_preview.html", context)


def _planned(request: HttpRequest, moves: list[StaffMove]) -> HttpResponse:
    if moves[0].first_day <= clock.today():
        text = ngettext("%(n)s Person umgesetzt.", "%(n)s Personen umgesetzt.", len(moves))
    else:
        text = ngettext("%(n)s Umsetzung geplant.", "%(n)s Umsetzungen geplant.", len(moves))
    undo_url = reverse("staff-move-withdraw", args=[moves[0].uuid]) if len(moves) == 1 else ""
    add_notice(request, text % {"n": len(moves)}, undo_url=undo_url)
    return redirect("staff-moves")


@require_POST
def staff_move_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one back."""
    user = _administrator(request)
    move = get_object_or_404(StaffMove.objects.select_related("user"), uuid=uuid)
    done = services.withdraw_move(move, actors.person(user, "records.staff_move.withdraw"))
    add_notice(request, _told(move, done))
    return redirect("staff-moves")


def _told(move: StaffMove, done: Withdrawn) -> str:
    text = _("Die Umsetzung von %(name)s ist zurückgenommen.") % {"name": move.user}
    if done.returned or done.left:
        text += " " + _(
            "Akten und Wiedervorlagen zurückgegeben: %(back)s; inzwischen bei anderen: %(left)s."
        ) % {"back": done.returned, "left": done.left}
    return text
