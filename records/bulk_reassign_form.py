"""Where many files go: an entry found by code or word, a unit, and who works on them there."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from records.case_file_forms import workers_of
from records.choice_fields import EntryField
from records.services.bulk_reassigning import FileMove


class BulkReassignForm(forms.Form):
    """Entry or unit must be given; ``case_worker`` appears when the unit is known."""

    mark_optional = False

    entry = EntryField(
        label=_("Neuer Aktenplaneintrag"),
        required=False,
        help_text=_("Kennzeichen oder Wort, zum Beispiel 63.20 oder Bauordnung; leer: bleibt"),
    )
    lead_unit = forms.ModelChoiceField(
        label=_("Neue Federführung"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("bleibt unverändert"),
    )
    case_worker = forms.ModelChoiceField(
        label=_("Sachbearbeitung dort"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("bleibt, wo sie dort arbeitet"),
    )
    loss_confirmed = forms.BooleanField(
        label=_("Ja, ich gebe diese Akten ab."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = Q(valid_until=None) | Q(valid_until__gte=clock.today())
        self._choose("lead_unit", OrgUnit.objects.filter(living).order_by("code"))
        unit = str(self.data.get("lead_unit", ""))
        if unit.isascii() and unit.isdigit() and len(unit) < 18:
            self._choose("case_worker", workers_of([int(unit)]))

    def _choose(self, name: str, rows: Any) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not (cleaned.get("entry") or cleaned.get("lead_unit")):
            raise forms.ValidationError(_("Wählen Sie einen Eintrag oder eine Einheit."))
        return cleaned

    def move(self) -> FileMove:
        """What was chosen; the form must be valid."""
        return FileMove(**{name: self.cleaned_data[name] for name in self.fields})
