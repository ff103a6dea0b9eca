"""The form that sets up a substitution."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.services import NewSubstitution
from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from workflows import substitution_selectors as selectors
from workflows.forms import RoleChoice

WHEN_HINT = _("Zum Beispiel 24.12., morgen oder +14; der Tag zählt mit.")


class SubstitutionForm(forms.Form):
    """Who stands in for whom, from when until when, how far."""

    represented = forms.ModelChoiceField(
        label=_("Wer wird vertreten"), queryset=User.objects.none(), empty_label=None
    )
    deputy = forms.ModelChoiceField(
        label=_("Wer vertritt"), queryset=User.objects.none(), empty_label=_("bitte wählen")
    )
    valid_from = FreeDateField(label=_("Erster Tag"), help_text=WHEN_HINT, initial=clock.today)
    valid_until = FreeDateField(label=_("Letzter Tag"), help_text=WHEN_HINT)
    unit_role = RoleChoice(
        label=_("Nur in dieser Rolle"),
        queryset=UnitRole.objects.none(),
        required=False,
        empty_label=_("in allen Rollen"),
    )
    includes_confidential = forms.BooleanField(
        label=_("auch vertrauliche Akten"),
        required=False,
        help_text=_(
            "Ohne das Häkchen bleiben vertrauliche Akten der vertretenen Person verschlossen."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = selectors.people_to_represent(user)
        self._offer("represented", people)
        self._offer("deputy", selectors.possible_deputies(people))
        self._offer("unit_role", selectors.roles_of_people(people))
        self.fields["represented"].initial = user.pk

    def _offer(self, name: str, rows: Any) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = rows

    def wish(self) -> NewSubstitution:
        return NewSubstitution(**self.cleaned_data)
