"""All exclusions from files, for data protection only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import Forbidden
from records import policies
from records.selectors.exclusions import ExclusionLine, exclusions_page


@require_GET
def exclusions(request: HttpRequest) -> HttpResponse:
    """Who is kept out of which file, since when, by whom."""
    if not policies.can_list_exclusions(request.user):
        raise Forbidden(
            _("Die Liste der Ausschlüsse liest nur der Datenschutz."),
            next_step=_("Wer Rechte einer Akte verwaltet, sieht ihre Ausschlüsse dort."),
        )
    given = request.GET.get("nach", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    lines, following = exclusions_page(request.user, after)
    table = Table(
        caption=_("Ausschlüsse"),
        columns=[
            Column(_("Person"), lambda one: str(one.person)),
            Column(_("Akte"), _file),
            Column(_("Grund"), lambda one: one.reason or None),
            Column(_("seit"), _since, tight=True),
            Column(_("durch"), lambda one: str(one.given_by) if one.given_by else None),
        ],
        rows=lines,
        empty=Empty(
            _("Niemand ist von einer Akte ausgeschlossen."),
            _("Ausschlüsse tragen Leitung und Registratur in der Akte unter Zugriff ein."),
            icon="shield",
        ),
        query=request.GET,
        next_query={"nach": following} if following else None,
        previous_query={"nach": ""} if after else None,
    )
    return render(request, "records/exclusions.html", {"table": table})


def _file(one: ExclusionLine) -> SafeString | str:
    if not one.visible:
        return str(one.case_file.aktenzeichen)
    url = reverse("case-file", args=[one.case_file.uuid])
    return cells.two_lines(cells.link(url, one.case_file.aktenzeichen), one.case_file.title)


def _since(one: ExclusionLine) -> SafeString | str:
    return cells.day(one.since) if one.since else cells.muted(_("nicht mehr im Protokoll"))
