"""The register of a matter: its sections, and which document stands in which."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.matter_forms import PlacingForm, RegisterForm
from records.models import Matter
from records.selectors import matters
from records.services.actor import Actor, person
from records.services.registers import place_documents, write_register
from records.views.changing_files import require_changeable
from records.views.matters import matter_url
from records.views.opening_files import add_refusal


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Two forms: the sections (``blaetter``) and the documents' places (``plaetze``)."""
    matter = matters.visible_matter(request.user, uuid)
    require_changeable(request, matter.case_file)
    sheets = matters.register_of(request.user, matter)
    sections = [s.section for s in sheets if s.section is not None]
    found = [d for sheet in sheets for d in sheet.documents]
    asked = request.POST if request.method == "POST" else None
    of_sections = asked is not None and "blaetter" in asked
    titles = RegisterForm(
        asked if of_sections else None, initial={"titles": "\n".join(s.title for s in sections)}
    )
    placing = PlacingForm(None if of_sections else asked, documents=found, sections=sections)
    if asked is not None and _saved(request, matter, titles if of_sections else placing):
        return redirect("matter-register", matter.uuid)
    context = {
        "case_file": matter.case_file,
        "matter": matter,
        "titles": titles,
        "placing": placing,
        "sheets": sheets,
        "sections": sections,
        "back_url": matter_url(matter),
        "cut": matters.DOCUMENTS_SHOWN if len(found) >= matters.DOCUMENTS_SHOWN else 0,
    }
    status = 422 if asked is not None else 200
    return render(request, "records/matter_register.html", context, status=status)


def _saved(request: HttpRequest, matter: Matter, form: RegisterForm | PlacingForm) -> bool:
    """Whether it is saved; if not, the form says why."""
    if not form.is_valid():
        return False
    actor = person(person_of(request), "records.matter.register")
    try:
        changed = _write(matter, form, actor)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return False
    undo = reverse("matter-register-undo", args=[matter.uuid, actor.operation.pk])
    if changed:
        add_notice(request, _("Das Register ist geändert."), undo_url=undo)
    else:
        add_notice(request, _("Es war nichts zu ändern."))
    return True


def _write(matter: Matter, form: RegisterForm | PlacingForm, actor: Actor) -> bool:
    """Whether anything stands elsewhere now."""
    if isinstance(form, PlacingForm):
        return place_documents(matter, form.placements(), actor) > 0
    before = list(matter.register_sections.order_by("position").values_list("pk", flat=True))
    return [s.pk for s in write_register(matter, form.lines(), actor)] != before
