"""Who of this name is known already, while it is typed; the question before saving stays."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from records.party_forms import BirthDateField, CleanLinesMixin
from records.selectors import case_files, parties
from records.views.changing_files import require_changeable

# Two letters sound like half the city.
LEAST_LETTERS = 3


class PartyHintForm(CleanLinesMixin):
    """What is typed so far; half a birth date counts as none yet."""

    name = forms.CharField(max_length=200, required=False)
    first_name = forms.CharField(max_length=200, required=False)
    birth_date = BirthDateField(required=False)


@require_GET
def known_parties(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The hint below the form, for htmx; anybody else gets the page of the parties."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_changeable(request, case_file)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("case-file-parties", uuid)
    form = PartyHintForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data
    name = f"{typed.get('name', '')} {typed.get('first_name', '')}".strip()
    known = []
    if len(name) >= LEAST_LETTERS:
        born = typed.get("birth_date")
        known = parties.duplicates_of(request.user, case_file.circle, name, born)
    return render(request, "records/party_hint.html", {"known": known})
