"""Which matters become one, and what the new one is called."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.models import Matter
from records.services.case_files import TITLE_CHARS
from records.typed_text import clean_line


class OtherFileForm(forms.Form):
    """Whose matters are offered, too."""

    aus = forms.CharField(
        label=_("Auch Vorgänge einer anderen Akte anbieten"),
        max_length=500,
        required=False,
        help_text=_("Aktenzeichen oder Adresse der Akte"),
    )


class MattersMergeForm(forms.Form):
    """Two or more matters; without a title the new one is called like the first of them."""

    vorgang = forms.MultipleChoiceField(
        label=_("Welche Vorgänge?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Bitte wählen Sie mindestens zwei Vorgänge.")},
    )
    title = forms.CharField(
        label=_("Betreff des neuen Vorgangs"),
        max_length=TITLE_CHARS,
        required=False,
        help_text=_("Ohne Angabe heißt er wie der erste gewählte Vorgang."),
    )

    mark_optional = False

    def __init__(self, data: Any = None, *, matters: Sequence[Matter], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._matters = {str(one.uuid): one for one in matters}
        choice = self.fields["vorgang"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - narrows for the checker
        choice.choices = [(key, _label(one)) for key, one in self._matters.items()]

    def clean_vorgang(self) -> list[Matter]:
        chosen = [one for key, one in self._matters.items() if key in self.cleaned_data["vorgang"]]
        if len(chosen) < 2:
            raise forms.ValidationError(_("Bitte wählen Sie mindestens zwei Vorgänge."))
        return chosen

    def clean_title(self) -> str:
        return clean_line(str(self.cleaned_data["title"]))

    def chosen(self) -> list[Matter]:
        """In the order in which they are offered."""
        found: list[Matter] = self.cleaned_data["vorgang"]
        return found

    def new_title(self) -> str:
        return str(self.cleaned_data["title"]) or self.chosen()[0].title


def _label(matter: Matter) -> str:
    return f"{matter.title} ({matter.case_file.aktenzeichen})"
