"""Forms of the operator desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choice_fields import EntryField, UnitField
from records.models import CaseFile


class AssignUnitForm(forms.Form):
    """Say which unit leads what was delivered with an unknown or unfitting one."""

    unit = UnitField(label=_("Federführende Einheit"))


class AssignEntryForm(forms.Form):
    """Say where in the file plan the file belongs; entries with entries below hold no files."""

    entry = EntryField(label=_("Aktenplaneintrag"))


class AssignCaseFileForm(forms.Form):
    """Say into which file the document goes, by its number; only files the person sees."""

    case_file = forms.CharField(label=_("Aktenzeichen"), max_length=120)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_case_file(self) -> CaseFile:
        """Unknown and invisible numbers read the same."""
        number = self.cleaned_data["case_file"].strip()
        visible = CaseFile.objects.visible_to(self.user)
        found: CaseFile | None = visible.filter(aktenzeichen=number).first()
        if found is None:
            raise forms.ValidationError(_("Eine Akte mit diesem Zeichen sehen Sie nicht."))
        return found


class DismissForm(forms.Form):
    """Dismissing needs a reason: the entry stays in the sum as a clearing case with this answer."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=300,
        help_text=_("Steht im Protokoll und in der Quittung an das Fachverfahren."),
    )
