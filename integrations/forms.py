"""Forms of the operator desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User
from records.models import CaseFile, FilePlanEntry
from records.selectors.openable_entries import takes_files


class AssignUnitForm(forms.Form):
    """Say which unit leads what was delivered with an unknown or unfitting one."""

    unit = forms.ModelChoiceField(
        label=_("Federführende Einheit"), queryset=OrgUnit.objects.order_by("code")
    )


class AssignEntryForm(forms.Form):
    """Say where in the file plan the file belongs; entries with entries below hold no files."""

    entry = forms.ModelChoiceField(
        label=_("Aktenplaneintrag"), queryset=FilePlanEntry.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Those of the plan in force, as when a file is opened by hand.
        self.fields["entry"].queryset = takes_files()  # type: ignore[attr-defined]


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
