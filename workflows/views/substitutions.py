"""Substitutions: the page, setting one up, ending one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.access import services
from goettingen_ecm.accounts.models import Substitution, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from workflows import substitution_selectors as selectors
from workflows.substitution_forms import SubstitutionForm


@require_http_methods(["GET", "POST"])
def substitutions(request: HttpRequest) -> HttpResponse:
    """Who stands in for me and mine, for whom I stand in; below it the form."""
    user = person_of(request)
    form = SubstitutionForm(request.POST or None, user=user)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (made := _created(form, user)) is not None:
            _say_created(request, made)
            return redirect("substitutions")
        status = 422
    rows = selectors.substitutions_of(user)
    context = {"form": form, "rows": rows, "today": clock.today()}
    return render(request, "workflows/substitutions.html", context, status=status)


def _created(form: SubstitutionForm, user: User) -> Substitution | None:
    """The new substitution; None when it is refused, with the reason at its field."""
    operation = begin("substitution.create", Acting(actor_id=user.pk))
    try:
        made = services.create_substitutions([form.wish()], actor=user, operation=operation)
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return None
    except Forbidden as refusal:
        form.add_error("unit_role", f"{refusal.reason} {refusal.next_step}")
        return None
    return made[0]


def _say_created(request: HttpRequest, made: Substitution) -> None:
    words = {
        "deputy": made.deputy,
        "represented": made.represented,
        "first": german.short_date(made.valid_from),
        "last": german.short_date(made.valid_until),
    }
    text = _("%(deputy)s vertritt %(represented)s vom %(first)s bis %(last)s.") % words
    add_notice(request, text)


@require_POST
def substitution_end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End one now."""
    user = person_of(request)
    one = next((row for row in selectors.substitutions_of(user) if row.uuid == uuid), None)
    if one is None:
        raise Http404
    operation = begin("substitution.end", Acting(actor_id=user.pk))
    services.end_substitutions([one], actor=user, operation=operation)
    add_notice(request, _("Die Vertretung ist beendet."))
    return redirect("substitutions")
