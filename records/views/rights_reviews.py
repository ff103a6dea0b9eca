"""The yearly review of rights: units, their releases, what ends, noted with its date."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.selectors import rights_reviews as selectors
from records.selectors.rights_reviews import Release
from records.services import actor as actors
from records.services import rights_reviews as services


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """The units the person leads, what is due first."""
    if not policies.can_review_any_rights(request.user):
        raise Forbidden(_("Freigaben prüfen die Leitungen der Einheiten."))
    states = selectors.unit_states(request.user)
    states.sort(key=lambda one: not one.due)
    return render(request, "records/rights_review_list.html", {"states": states})


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The releases of one unit; ticked ones end after a look at who loses sight."""
    unit = get_object_or_404(OrgUnit, uuid=uuid)
    if not policies.can_review_rights(request.user, unit.pk):
        raise Forbidden(
            _("Die Freigaben dieser Einheit prüft ihre Leitung."),
            next_step=_("Wenden Sie sich an die Leitung von {unit}.").format(unit=unit),
        )
    releases = selectors.releases_of(unit, request.user)
    context: dict[str, object] = {
        "unit": unit,
        "releases": releases,
        "last": selectors.last_review(unit),
        "ticked": set(request.POST.getlist("beenden")),
    }
    if request.method == "GET" or request.POST.get("schritt") == "aendern":
        return render(request, "records/rights_review.html", context)
    return _step(request, unit, releases, context)


def _step(
    request: HttpRequest, unit: OrgUnit, releases: list[Release], context: dict[str, object]
) -> HttpResponse:
    """Only what the page has shown counts: a release given meanwhile was not looked at."""
    shown = set(request.POST.getlist("gezeigt"))
    ticked = set(request.POST.getlist("beenden")) & shown
    ended = [one for one in releases if one.key in ticked]
    kept = [one for one in releases if one.key in shown - ticked]
    if request.POST.get("schritt") == "speichern":
        return _save(request, unit, ended, len(kept))
    try:
        losses = services.preview_review(unit, [one.grant for one in ended], person_of(request))
    except IllegalState as refusal:
        context["refusal"] = refusal
        return render(request, "records/rights_review.html", context, status=409)
    context |= {"losses": losses, "ended": ended, "kept": kept, "shown": sorted(shown)}
    return render(request, "records/rights_review_preview.html", context)


def _save(request: HttpRequest, unit: OrgUnit, ended: list[Release], kept: int) -> HttpResponse:
    actor = actors.person(person_of(request), "records.rights.review")
    services.review_releases(unit, [one.grant for one in ended], actor, kept=kept)
    text = ngettext("%(n)s Freigabe beendet", "%(n)s Freigaben beendet", len(ended))
    said = text % {"n": len(ended)}
    add_notice(
        request,
        _("Rechteprüfung vermerkt: %(ended)s, %(kept)s bestätigt.") % {"ended": said, "kept": kept},
    )
    return redirect("rights-reviews")
