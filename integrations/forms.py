"""Forms of the operator desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit


class AssignUnitForm(forms.Form):
    """Say which unit leads what was delivered with an unknown one."""

    unit = forms.ModelChoiceField(
        label=_("Federführende Einheit"), queryset=OrgUnit.objects.order_by("code")
    )


class DismissForm(forms.Form):
    """Dismissing needs a reason: the entry stays in the sum as a clearing case with this answer."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=300,
        help_text=_("Steht im Protokoll und in der Quittung an das Fachverfahren."),
    )
