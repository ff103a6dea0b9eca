"""The forms that plan a move: from which unit, then who goes where and when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.staff_file import NOT_BY_LIST
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.desk.fields import FreeDateField
from records.selectors import staff_moves as selectors
from records.services.staff_moves import NewMove

ROLES = [(role.value, role.label) for role in Role if role not in NOT_BY_LIST]


class LeftUnitForm(forms.Form):
    """Whose people are to move."""

    einheit = forms.ModelChoiceField(
        label=_("Bisherige Einheit"), queryset=OrgUnit.objects.none(), empty_label=_("bitte wählen")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "einheit", selectors.units_with_people())


class StaffMoveForm(forms.Form):
    """Who goes, where to, from when, who takes over."""

    people = forms.ModelMultipleChoiceField(
        label=_("Wer geht"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    unit = forms.ModelChoiceField(
        label=_("Neue Einheit"), queryset=OrgUnit.objects.none(), empty_label=_("bitte wählen")
    )
    role = forms.ChoiceField(label=_("Neue Rolle"), choices=ROLES, initial=Role.CLERK)
    first_day = FreeDateField(
        label=_("Erster Tag in der neuen Einheit"),
        help_text=_("Zum Beispiel 1.12. oder morgen. Am Tag davor enden die bisherigen Rechte."),
    )
    successor = forms.ModelChoiceField(
        label=_("Wer übernimmt Akten und Wiedervorlagen"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("noch niemand: Wiedervorlagen gehen an die Leitung"),
    )

    def __init__(self, *args: Any, left: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "people", selectors.people_of(left))
        _offer(self, "unit", selectors.open_units())
        _offer(self, "successor", selectors.successors_in(left))

    def wish(self) -> NewMove:
        cleaned = self.cleaned_data
        return NewMove(
            users=list(cleaned["people"]),
            unit=cleaned["unit"],
            role=Role(cleaned["role"]),
            first_day=cleaned["first_day"],
            successor=cleaned["successor"],
        )


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    choice = form.fields[name]
    assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
    choice.queryset = rows
