"""The form of a Querverweis."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.choices import ReferenceKind
from records.services.cross_references import NOTE_CHARS
from records.typed_text import clean_line


class ReferenceForm(forms.Form):
    """Where to, in which sense, and why."""

    target = forms.CharField(
        label=_("Wohin?"),
        max_length=500,
        help_text=_(
            "Aktenzeichen, Adresse einer Akte, eines Vorgangs oder Dokuments, oder Wörter daraus"
        ),
    )
    kind = forms.ChoiceField(label=_("Art"), choices=ReferenceKind.choices)
    note = forms.CharField(label=_("Bemerkung"), max_length=NOTE_CHARS, required=False)

    def clean_target(self) -> str:
        typed = clean_line(str(self.cleaned_data["target"]))
        if not typed:
            raise forms.ValidationError(_("Bitte geben Sie an, wohin verwiesen werden soll."))
        return typed

    def clean_note(self) -> str:
        return clean_line(str(self.cleaned_data["note"]))
