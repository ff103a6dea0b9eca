"""Marking a Fehlablage, and data protection's decision about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.choices import MisfilingReason
from records.typed_text import clean_line

NOTE_CHARS = 200


class MisfilingForm(forms.Form):
    """Why the document lies in the wrong place; with the version the page has shown."""

    reason = forms.ChoiceField(
        label=_("Grund"), choices=MisfilingReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Anmerkung"),
        max_length=NOTE_CHARS,
        required=False,
        help_text=_("Nur für Datenschutz und Fachadministration; bitte ohne Namen."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_note(self) -> str:
        return clean_line(str(self.cleaned_data["note"]))


class PutBackForm(forms.Form):
    """Why the document goes back to where it was."""

    reason = forms.CharField(label=_("Begründung"), max_length=NOTE_CHARS)

    def clean_reason(self) -> str:
        return clean_line(str(self.cleaned_data["reason"]))
