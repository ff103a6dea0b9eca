"""Proposing a deletion, and the second person's decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.choices import DeletionGround
from records.services.deleting import REASON_CHARS


class DeletionForm(forms.Form):
    """Why the document shall go; with the version the page has shown."""

    ground = forms.ChoiceField(
        label=_("Rechtsgrund"), choices=DeletionGround.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Begründung"),
        max_length=REASON_CHARS,
        help_text=_("Bleibt als Nachweis erhalten: bitte ohne Namen und ohne Inhalt."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    """What the second person says; ``retention_checked`` is needed for a deletion only."""

    reason = forms.CharField(
        label=_("Begründung der Entscheidung"),
        max_length=REASON_CHARS,
        help_text=_("Bleibt als Nachweis erhalten: bitte ohne Namen und ohne Inhalt."),
    )
    retention_checked = forms.BooleanField(
        label=_("Ich habe geprüft, dass keine Aufbewahrungspflicht entgegensteht."),
        required=False,
        help_text=_("Nur zum Löschen nötig (Art. 17 Abs. 3 Buchst. b DSGVO)."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)
