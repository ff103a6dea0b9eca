"""Reassigning a file (Umschreiben): choose where, see who gains and loses sight, then do it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate, Refusal
from records.models import CaseFile, FilePlanEntry
from records.selectors import case_files, openable_entries
from records.selectors.sight_changes import SightChange, sight_change
from records.services import reassigning
from records.services.actor import person
from records.services.reassigning import Destination
from records.views.changing_files import undo_url
from records.views.tables import case_file_url


@dataclass(frozen=True, slots=True)
class Preview:
    """What the move would do; ``refusal`` says why it is not possible."""

    there: Destination
    sight: SightChange | None = None
    new_number: bool = False
    refusal: Refusal | None = None


@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET chooses and shows the preview, POST moves what the preview has shown."""
    case_file = case_files.visible_case_file(request.user, uuid)
    reassigning.require_movable({case_file.pk: case_file}, person_of(request))
    asked = request.POST if request.method == "POST" else request.GET
    there = _destination(case_file, asked.get("eintrag", ""), asked.get("einheit", ""))
    if request.method == "GET":
        return _page(request, case_file, there)
    try:
        return _move(request, case_file, there)
    except LostUpdate:
        message = _(
            "Die Akte wurde inzwischen geändert. Bitte prüfen Sie die Vorschau noch einmal."
        )
    except (InvalidInput, IllegalState) as refusal:
        message = f"{refusal.reason} {refusal.next_step}".strip()
    current = case_files.visible_case_file(request.user, uuid)
    return _page(request, current, there, message)


def _destination(case_file: CaseFile, entry_id: str, unit_id: str) -> Destination:
    """What was chosen; what was not, or does not exist, stays as it is."""
    entry = openable_entries.openable_entry(entry_id) or case_file.entry
    units = _units(case_file)
    known = unit_id.isascii() and unit_id.isdigit() and len(unit_id) < 18
    unit: OrgUnit | None = units.filter(pk=int(unit_id)).first() if known else None
    return Destination(entry, unit or case_file.lead_unit)


def _units(case_file: CaseFile) -> QuerySet[OrgUnit]:
    return openable_entries.units_of_circle(case_file.circle)


def _page(
    request: HttpRequest,
    case_file: CaseFile,
    there: Destination,
    message: str = "",
) -> HttpResponse:
    text = request.GET.get("wort", "").replace("\0", "").strip()[: openable_entries.LONGEST]
    context = {
        "case_file": case_file,
        "there": there,
        "text": text,
        "entries": _choices(case_file, there, text),
        "units": _units(case_file),
        "preview": _preview(case_file, there, person_of(request)),
        "message": message,
    }
    status = 409 if message else 200
    return render(request, "records/case_file_reassign.html", context, status=status)


def _choices(case_file: CaseFile, there: Destination, text: str) -> list[FilePlanEntry]:
    """The chosen entry and the present one first, then what the words find."""
    found = openable_entries.openable_entries(text, []) if text else []
    first = list(dict.fromkeys([there.entry, case_file.entry]))
    return first + [e for e in found if e not in first]


def _preview(case_file: CaseFile, there: Destination, mover: User) -> Preview | None:
    """None while nothing else than the present place is chosen."""
    if _stays(case_file, there):
        return None
    try:
        reassigning.check({case_file.pk: case_file}, {case_file.pk: there}, mover)
    except IllegalState as refusal:
        return Preview(there, refusal=refusal)
    sight = sight_change(case_file, reassigning.destined(case_file, there), mover)
    return Preview(there, sight, reassigning.gets_new_number(case_file, there))


def _stays(case_file: CaseFile, there: Destination) -> bool:
    return (there.entry.pk, there.lead_unit.pk) == (case_file.entry_id, case_file.lead_unit_id)


def _move(request: HttpRequest, case_file: CaseFile, there: Destination) -> HttpResponse:
    if _stays(case_file, there):
        raise InvalidInput(_("Bitte wählen Sie einen anderen Eintrag oder eine andere Einheit."))
    actor = person(person_of(request), "records.case_file.reassign")
    shown = request.POST.get("row_version", "")
    [moved] = reassigning.reassign_case_files(
        {case_file.pk: there},
        actor,
        versions={case_file.pk: int(shown) if shown.isascii() and shown.isdigit() else 0},
        loss_confirmed=request.POST.get("loss_confirmed") == "on",
    )
    if not CaseFile.objects.visible_to(person_of(request)).filter(pk=moved.pk).exists():
        add_notice(
            request,
            _("Die Akte ist an %(unit)s umgeschrieben; Sie sehen sie nicht mehr.")
            % {"unit": moved.lead_unit.name},
        )
        return redirect("case-files")
    said = _("Die Akte %(number)s ist umgeschrieben.") % {"number": moved.aktenzeichen}
    add_notice(request, said, undo_url=undo_url(moved, actor))
    return redirect(case_file_url(moved))
