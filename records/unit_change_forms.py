"""The forms that merge or split a unit: which one and how, then what goes where and when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from records.choice_fields import UnitField
from records.choices import UnitChangeKind
from records.models import CaseFile
from records.selectors.unit_changes import EntryChoice, Going, entry_choices, staff_of
from records.services import volumes
from records.services.unit_changes import CODE_LENGTH, NAME_LENGTH, NewChange, NewUnit

NUMBERS_AT_ONCE = 500
NAMED = 5


def _named(one: EntryChoice) -> str:
    return ngettext("%(label)s · %(n)s Akte", "%(label)s · %(n)s Akten", one.files) % {
        "label": one.label,
        "n": one.files,
    }


class ChangedUnitForm(forms.Form):
    """Which unit is to be reorganised, and how."""

    art = forms.ChoiceField(
        label=_("Was geschieht"),
        choices=[
            (UnitChangeKind.MERGE, _("Die Einheit geht in einer anderen auf")),
            (UnitChangeKind.SPLIT, _("Ein Teil der Einheit geht in eine andere")),
        ],
        widget=forms.RadioSelect,
        initial=UnitChangeKind.MERGE,
    )
    einheit = UnitField(label=_("Bisherige Einheit"))


class UnitChangeForm(forms.Form):
    """Where to and when; who goes along, and of a split what else."""

    first_day = FreeDateField(
        label=_("Erster Tag"),
        help_text=_("Zum Beispiel 1.1. oder morgen. Von da an gelten die neuen Rechte."),
    )
    target = UnitField(
        label=_("In eine bestehende Einheit"),
        required=False,
        help_text=_("Kurzzeichen oder Name. Leer, wenn die Einheit neu entsteht."),
    )
    new_code = forms.CharField(
        label=_("Oder neue Einheit: Kurzzeichen"), max_length=CODE_LENGTH, required=False
    )
    new_name = forms.CharField(
        label=_("Neue Einheit: Bezeichnung"), max_length=NAME_LENGTH, required=False
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Wer geht mit"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Mit denselben Rollen. Wer die Einheit verlässt, verliert dort alle Rechte."),
    )
    entries = forms.MultipleChoiceField(
        label=_("Aktenplaneinträge, deren Akten gehen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    numbers = forms.CharField(
        label=_("Einzelne Akten"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Aktenzeichen, je Zeile eines."),
    )

    def __init__(self, *args: Any, left: OrgUnit, kind: UnitChangeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left, self.kind, self.chosen_files = left, kind, list[int]()
        people = self.fields["people"]
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows
        people.queryset = staff_of(left, clock.today())
        if kind == UnitChangeKind.MERGE:
            people.initial = people.queryset
            del self.fields["entries"], self.fields["numbers"]
        else:
            self.fields["entries"].choices = [  # type: ignore[attr-defined]
                (str(one.lineage), _named(one)) for one in entry_choices(left)
            ]

    def clean_numbers(self) -> str:
        """Volumes go with their file."""
        text = str(self.cleaned_data["numbers"])
        wanted = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(wanted) > NUMBERS_AT_ONCE:
            raise forms.ValidationError(
                _("Höchstens %(n)s Aktenzeichen auf einmal; wählen Sie lieber Einträge.")
                % {"n": NUMBERS_AT_ONCE}
            )
        rows = CaseFile.objects.filter(lead_unit=self.left, aktenzeichen__in=wanted)
        found = dict(rows.values_list("aktenzeichen", "pk"))
        missing = [number for number in wanted if number not in found]
        if missing:
            raise forms.ValidationError(
                _("Diese Akten führt %(unit)s nicht: %(numbers)s")
                % {"unit": self.left, "numbers": ", ".join(missing[:NAMED])}
            )
        self.chosen_files = sorted({*found.values(), *volumes.together(found.values())})
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        target, code = cleaned.get("target"), cleaned.get("new_code")
        if target and code:
            self.add_error("new_code", _("Entweder eine bestehende oder eine neue Einheit."))
        if not target and not code and "target" not in self.errors:
            self.add_error("target", _("Bitte sagen Sie, wohin die Einheit geht."))
        return cleaned

    def wish(self) -> NewChange:
        """What was chosen; the form must be valid."""
        cleaned = self.cleaned_data
        new = NewUnit(cleaned["new_code"], cleaned["new_name"])
        lineages = [one.lineage for one in entry_choices(self.left)] if "entries" in cleaned else []
        chosen = set(cleaned.get("entries", ()))
        going = Going(
            self.left,
            self.kind,
            [one.pk for one in cleaned["people"]],
            [one for one in lineages if str(one) in chosen],
            self.chosen_files,
        )
        return NewChange(going, cleaned["target"] or new, cleaned["first_day"])
