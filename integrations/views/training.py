"""The training instance: exercises of a clerk's day, and the way back to the first morning."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import handbook
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden
from integrations.training import RESET_JOB, require_training

EXERCISES = "uebungen"
INSTANCE = 1


class ResetForm(forms.Form):
    """Nothing of it can be taken back: that is said first."""

    sure = forms.BooleanField(label=gettext_lazy("Ja, alles Geübte darf verschwinden"))


@require_GET
def exercises(request: HttpRequest) -> HttpResponse:
    """The exercises, where there is Musterstadt; on a training instance with the way back."""
    if not (settings.TRAINING or settings.DEMO):
        raise Http404
    return _page(request, ResetForm())


def _page(request: HttpRequest, form: ResetForm, status: int = 200) -> HttpResponse:
    may_reset = settings.TRAINING and may_change_staff(person_of(request))
    context = {"book": handbook.book(EXERCISES), "may_reset": may_reset, "form": form}
    return render(request, "integrations/exercises.html", context, status=status)


@require_POST
def training_reset(request: HttpRequest) -> HttpResponse:
    """Order the reset as a job."""
    user = person_of(request)
    if not may_change_staff(user):
        raise Forbidden(
            _("Die Schulung setzt die Fachadministration zurück."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )
    require_training()
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    wanted = jobs.Wanted(RESET_JOB, _("Schulungsinstanz zurücksetzen"), [INSTANCE])
    job = jobs.start(wanted, begin(RESET_JOB, Acting(actor_id=user.pk)))
    return redirect("job", job.uuid)
