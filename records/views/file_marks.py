"""Favourite and watched files: on and off, everybody for oneself."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.selectors.case_files import visible_case_file
from records.services.file_marks import MarkKind, set_marks
from records.views.tables import case_file_url

ON, OFF = "an", "aus"


@require_POST
def set_mark(request: HttpRequest, uuid: UUID, kind: str, state: str) -> HttpResponse:
    """Make the file a favourite or watch it, or stop that."""
    if kind not in list(MarkKind) or state not in (ON, OFF):
        raise Http404
    case_file = visible_case_file(request.user, uuid)
    set_marks(person_of(request), [case_file], MarkKind(kind), on=state == ON)
    back = reverse("case-file-mark", args=[uuid, kind, OFF if state == ON else ON])
    add_notice(request, _said(MarkKind(kind), on=state == ON), undo_url=back)
    return redirect(case_file_url(case_file))


def _said(kind: MarkKind, *, on: bool) -> str:
    if kind == MarkKind.FAVOURITE:
        return _("Die Akte steht jetzt unter Favoriten.") if on else _("Kein Favorit mehr.")
    if on:
        return _("Was andere hier ändern, steht ab jetzt auf Ihrer Startseite.")
    return _("Sie beobachten die Akte nicht mehr.")
