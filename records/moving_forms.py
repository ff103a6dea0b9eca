"""Where documents go: a file by number or words, then a matter of it."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from records.models import Matter
from records.services.moving import MATTER_TITLE
from records.typed_text import clean_line


class FileMoveForm(forms.Form):
    """The file as it is typed; ``MatterChoice`` follows when the file is known."""

    target = forms.CharField(
        label=_("In welche Akte?"),
        max_length=500,
        help_text=_("Aktenzeichen, Adresse einer Akte oder eines Vorgangs, oder Wörter daraus"),
    )

    def clean_target(self) -> str:
        typed = clean_line(str(self.cleaned_data["target"]))
        if not typed:
            raise forms.ValidationError(_("Bitte geben Sie an, in welche Akte."))
        return typed


class MatterChoice(forms.Form):
    """The matter in the new file, and what the mover says about the own sight."""

    mark_optional = False

    vorgang = forms.ChoiceField(label=_("Vorgang in der neuen Akte"), required=False)
    loss_confirmed = forms.BooleanField(
        label=_("Ja, ich gebe ab, was ich danach nicht mehr sehe."), required=False
    )

    def __init__(self, data: object, *, matters: Sequence[Matter], named: Matter | None) -> None:
        super().__init__(data if data else None)  # type: ignore[arg-type]
        self._matters = {str(one.uuid): one for one in matters}
        choice = self.fields["vorgang"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        choice.choices = [
            ("", _("ohne Auswahl: Vorgang „%(title)s“") % {"title": MATTER_TITLE}),
            *((key, one.title) for key, one in self._matters.items()),
        ]
        # The only matter there is is nearly always meant.
        only = matters[0] if len(matters) == 1 else None
        choice.initial = str(meant.uuid) if (meant := named or only) else ""

    def matter(self) -> Matter | None:
        """What was chosen; before anything was, the matter the address named."""
        key = self.cleaned_data.get("vorgang", "") if self.is_bound else None
        return self._matters.get(self.fields["vorgang"].initial if key is None else str(key))
