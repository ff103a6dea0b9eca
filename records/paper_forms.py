"""Forms of the paper part: where it stands, asking for it, handing it out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import Medium
from records.models import CaseFile
from records.services.paper_loans import (
    LOCATION_CHARS,
    PURPOSE_CHARS,
    PaperPart,
    require_loan_day,
)

USUAL_LOAN = timedelta(days=28)


class PaperPartForm(forms.Form):
    """Whether there is paper and where it stands."""

    medium = forms.ChoiceField(label=_("Die Akte ist"), choices=Medium.choices)
    paper_location = forms.CharField(
        label=_("Standort des Papierteils"),
        max_length=LOCATION_CHARS,
        required=False,
        help_text=_("Raum, Schrank, Stellplatz; zum Beispiel Altregistratur, Regal 12, Fach 3"),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, case_file: CaseFile) -> None:
        names = ("medium", "paper_location", "row_version")
        super().__init__(data, initial={name: getattr(case_file, name) for name in names})

    def part(self) -> PaperPart:
        return PaperPart(Medium(self.cleaned_data["medium"]), self.cleaned_data["paper_location"])


class PaperRequestForm(forms.Form):
    """Asking for the paper."""

    mark_optional = True

    purpose = forms.CharField(
        label=_("Wofür brauchen Sie das Papier?"), max_length=PURPOSE_CHARS, required=False
    )


class HandOutForm(forms.Form):
    """Until when the paper is given away; carries the version the page has shown."""

    due_on = FreeDateField(label=_("Zurück bis"), help_text=_("Zum Beispiel 24.12. oder +4 Wochen"))
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, prefix: str, version: int = 0
    ) -> None:
        start = {"due_on": clock.today() + USUAL_LOAN, "row_version": version}
        super().__init__(data, prefix=prefix, initial=start)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        try:
            require_loan_day(day)
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.reason) from refusal
        return day


class LoanVersionForm(forms.Form):
    """What the page has shown."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)
