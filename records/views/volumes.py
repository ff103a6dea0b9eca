"""Opening the next volume of a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.selectors import case_files
from records.services.actor import person
from records.services.volumes import open_next_volumes, require_may_open
from records.views.tables import case_file_url


@require_http_methods(["GET", "POST"])
def next_volume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST opens it."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_may_open(case_file, person_of(request))
    if request.method == "GET":
        return render(request, "records/volume_new.html", {"case_file": case_file})
    actor = person(person_of(request), "records.case_file.volume")
    [opened] = open_next_volumes([case_file.pk], actor)
    add_notice(request, _("Der Band %(number)s ist angelegt.") % {"number": opened.aktenzeichen})
    return redirect(case_file_url(opened))
