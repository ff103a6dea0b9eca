"""Forms of follow-ups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.desk.fields import FreeDateField
from workflows.choices import Series
from workflows.selectors import roles_to_choose
from workflows.services.follow_ups import NewFollowUp
from workflows.targets import Target

WHEN_HINT = _("Zum Beispiel 24.12., morgen, fr oder +14 für in 14 Tagen.")


class RoleChoice(forms.ModelChoiceField[UnitRole]):
    """A role of a unit by the words people use."""

    def label_from_instance(self, obj: UnitRole) -> str:
        return f"{obj.get_role_display()}, {obj.unit}"


class FollowUpForm(forms.Form):
    """When, why, for whom, how often; only the day is needed."""

    wished_on = FreeDateField(
        label=_("Wann"),
        help_text=WHEN_HINT,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    reason = forms.CharField(
        label=_("Anlass"),
        max_length=500,
        required=False,
        help_text=_("Was ist dann zu tun? Sehen kann das, wer die Akte sehen darf."),
    )
    role = RoleChoice(
        label=_("Für wen"), queryset=UnitRole.objects.none(), required=False, empty_label=_("mich")
    )
    series = forms.ChoiceField(label=_("Wiederholung"), choices=Series.choices, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["role"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = roles_to_choose(user)

    def wish(self, target: Target) -> NewFollowUp:
        data = self.cleaned_data
        return NewFollowUp(
            target=target,
            wished_on=data["wished_on"],
            reason=data["reason"],
            role=data["role"],
            series=Series(data["series"] or Series.NONE),
        )


class PostponeForm(forms.Form):
    """To which day; ``versions`` says what the form has shown."""

    wished_on = FreeDateField(
        label=_("Neuer Tag"),
        help_text=WHEN_HINT,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    versions = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def shown_versions(self) -> dict[int, int]:
        """Row versions by id; what is no pair of numbers is no version."""
        pairs = (word.partition(":") for word in self.cleaned_data["versions"].split())
        return {int(pk): int(n) for pk, _colon, n in pairs if pk.isdecimal() and n.isdecimal()}
