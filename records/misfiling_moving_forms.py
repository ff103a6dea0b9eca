"""Where a misfiled document belongs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.misfiling_forms import PutBackForm
from records.models import CaseFile
from records.services.misfiling_moves import file_of_number
from records.typed_text import clean_line


class MisfilingMoveForm(PutBackForm):
    """The number of the right file, and why it is the right one."""

    target = forms.CharField(
        label=_("Aktenzeichen der richtigen Akte"),
        max_length=120,
        help_text=_("Genau so, wie die zuständige Einheit es nennt; auch ein früheres."),
    )
    field_order = ("target", "reason")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self._user = user
        self.fields["reason"].help_text = _(
            "Nur für Datenschutz und Fachadministration; bitte ohne Namen."
        )

    def clean_target(self) -> CaseFile:
        found = file_of_number(self._user, clean_line(str(self.cleaned_data["target"])))
        if found is None:
            raise forms.ValidationError(
                _("Zu diesem Aktenzeichen gibt es keine Akte. Fragen Sie die zuständige Einheit.")
            )
        return found
