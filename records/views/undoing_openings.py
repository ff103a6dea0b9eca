"""Where "Rückgängig" posts to after opening a file or a matter, and after changing a matter."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.selectors import case_files, matters
from records.services.actor import person
from records.services.undoing_matters import undo_matter_changes, undo_register
from records.services.undoing_openings import undo_opened_files, undo_opened_matters
from records.views.matters import matter_url
from records.views.tables import case_file_url


@require_POST
def undo_file(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Remove the file that was just opened; it says what became of its number."""
    case_files.visible_case_file(request.user, uuid)
    numbers = undo_opened_files(
        operation_id, person(person_of(request), "records.case_file.undo_opening")
    )
    said = _(
        "Die Akte %(number)s ist zurückgenommen. Ihr Aktenzeichen wird nicht noch einmal vergeben."
    )
    add_notice(request, said % {"number": ", ".join(numbers)})
    return redirect("case-files")


@require_POST
def undo_matter(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Remove the matter that was just opened."""
    matter = matters.visible_matter(request.user, uuid)
    titles = undo_opened_matters(
        operation_id, person(person_of(request), "records.matter.undo_opening")
    )
    said = _("Der Vorgang „%(title)s“ ist zurückgenommen.")
    add_notice(request, said % {"title": ", ".join(titles)})
    return redirect(case_file_url(matter.case_file))


@require_POST
def undo_change(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Give a matter back what it said before."""
    matter = matters.visible_matter(request.user, uuid)
    undo_matter_changes(operation_id, person(person_of(request), "records.matter.undo"))
    add_notice(request, _("Die Änderung ist zurückgenommen."))
    return redirect(matter_url(matter))


@require_POST
def undo_register_change(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Put sections and documents back where they were."""
    matter = matters.visible_matter(request.user, uuid)
    undo_register(matter, operation_id, person(person_of(request), "records.matter.undo_register"))
    add_notice(request, _("Das Register ist wieder, wie es war."))
    return redirect("matter-register", matter.uuid)
