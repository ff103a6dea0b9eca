"""Which matters are cancelled together, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.cancel_forms import BulkCancelForm
from records.models import Matter


class MattersCancelForm(BulkCancelForm):
    """One or more matters of a file in work."""

    vorgang = forms.MultipleChoiceField(
        label=_("Welche Vorgänge?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Bitte wählen Sie mindestens einen Vorgang.")},
    )
    field_order = ("vorgang", "reason")

    def __init__(self, data: Any = None, *, matters: Sequence[Matter], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._ids = {str(one.uuid): one.pk for one in matters}
        choice = self.fields["vorgang"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - narrows for the checker
        choice.choices = [(str(one.uuid), one.title) for one in matters]

    def ids(self) -> list[int]:
        """The chosen matters of a valid form."""
        return [self._ids[key] for key in self.cleaned_data["vorgang"]]

    def hide(self) -> None:
        super().hide()
        self.fields["vorgang"].widget = forms.MultipleHiddenInput()
