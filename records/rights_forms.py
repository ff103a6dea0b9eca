"""Forms of a file's rights: release, level, exclusion, and whom a question is about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.models import CaseFile
from records.selectors.person_access import people_named
from records.services.rights_changes import Change, Excluding, Granting, Levelling

NOT_GRANTED = (Role.CONNECTOR, Role.AUDITOR)


class PersonField(forms.CharField):
    """A member of staff by name or login; several of one name are told apart by their login."""

    default_error_messages = {
        "unknown": _("So heißt niemand. Geben Sie Namen oder Kennung an."),
        "several": _("Mehrere Personen passen: %(names)s. Geben Sie die Kennung an."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 150)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The person; None when nothing is typed and nothing needed."""
        text = super().clean(value)
        if not text:
            return None
        found = people_named(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        names = "; ".join(f"{one} ({one.username})" for one in found)
        raise forms.ValidationError(
            self.error_messages["several"], code="several", params={"names": names}
        )


class RightsForm(forms.Form):
    """What every change of rights has: a change to try and to save, and its facts in words."""

    def __init__(self, data: Any = None, *, case_file: CaseFile, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.case_file = case_file

    def change(self) -> Change:
        """The change the cleaned form means."""
        raise NotImplementedError

    def summary(self) -> list[tuple[str, str]]:
        """(label, value) of what will be saved."""
        raise NotImplementedError


class GrantForm(RightsForm):
    """Release the file to a role of a unit or to one person."""

    person = PersonField(
        label=_("Person"),
        required=False,
        help_text=_("Name oder Kennung. Oder wählen Sie darunter eine Einheit mit einer Rolle."),
    )
    unit = forms.ModelChoiceField(
        label=_("Einheit"), queryset=OrgUnit.objects.none(), required=False, empty_label="–"
    )
    role = forms.ChoiceField(
        label=_("Rolle in der Einheit"),
        required=False,
        choices=[("", "–"), *((r.value, r.label) for r in Role if r not in NOT_GRANTED)],
    )
    cause = forms.CharField(
        label=_("Anlass"),
        max_length=200,
        help_text=_("Sehen kann das, wer die Akte sieht."),
    )
    valid_until = FreeDateField(
        label=_("Letzter Tag"),
        required=False,
        help_text=_("Zum Beispiel 24.12. oder +14; leer gilt die Freigabe ohne Ende."),
    )

    def __init__(self, data: Any = None, *, case_file: CaseFile) -> None:
        super().__init__(data, case_file=case_file)
        units = self.fields["unit"]
        assert isinstance(units, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        units.queryset = _units_for(case_file)

    def clean_valid_until(self) -> Any:
        day = self.cleaned_data["valid_until"]
        if day is not None and day < clock.today():
            raise forms.ValidationError(_("Das Ende der Freigabe liegt in der Vergangenheit."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named, unit, role = (cleaned.get(name) for name in ("person", "unit", "role"))
        if "person" in self.errors:
            return cleaned
        if bool(named) == bool(unit or role):
            self.add_error("person", _("Nennen Sie entweder eine Person oder Einheit und Rolle."))
        elif unit or role:
            cleaned["group"] = self._group(unit, role)
        return cleaned

    def _group(self, unit: OrgUnit | None, role: str | None) -> int | None:
        if unit is None or not role:
            self.add_error("role" if unit else "unit", _("Wählen Sie Einheit und Rolle."))
            return None
        rows = UnitRole.objects.filter(unit=unit, role=role)
        group = rows.values_list("group_id", flat=True).first()
        if group is None:
            self.add_error("role", _("Diese Rolle ist in der Einheit nicht eingerichtet."))
        return group

    def change(self) -> Change:
        data = self.cleaned_data
        until = data["valid_until"].isoformat() if data["valid_until"] else ""
        person: User | None = data["person"]
        return Granting(data["cause"], data.get("group"), person.pk if person else None, until)

    def summary(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        role = Role(data["role"]).label if data["role"] else ""
        whom = str(data["person"] or f"{role} {data['unit']}")
        until = data["valid_until"]
        last = f"{until:%d.%m.%Y}" if until else _("ohne Ende")
        return [
            (str(_("Freigabe für")), whom),
            (str(_("Anlass")), data["cause"]),
            (str(_("Letzter Tag")), str(last)),
        ]


def _units_for(case_file: CaseFile) -> Any:
    """Units of the file's circle; others could never hold the release."""
    rows = OrgUnit.objects.order_by("code")
    return rows.filter(circles__contains=[case_file.circle]) if case_file.circle else rows


class LevelForm(RightsForm):
    """Set the confidentiality ("Akte schützen")."""

    level = forms.ChoiceField(
        label=_("Vertraulichkeitsstufe"),
        widget=forms.RadioSelect,
        choices=Confidentiality.choices,
        help_text=_(
            "offen: alle Beschäftigten; intern: Sachbearbeitung, Leitung, Sekretariat und"
            " Registratur der Einheit; vertraulich: nur Sachbearbeitung und Leitung."
        ),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, *, case_file: CaseFile) -> None:
        initial = {"level": case_file.confidentiality, "row_version": case_file.row_version}
        super().__init__(data, case_file=case_file, initial=initial)

    def clean_level(self) -> str:
        level = str(self.cleaned_data["level"])
        if level == self.case_file.confidentiality:
            raise forms.ValidationError(
                _("Die Akte hat diese Stufe schon. Wählen Sie eine andere.")
            )
        return level

    def change(self) -> Change:
        return Levelling(self.cleaned_data["level"], self.cleaned_data["row_version"])

    def summary(self) -> list[tuple[str, str]]:
        levels = (
            Confidentiality(self.case_file.confidentiality),
            Confidentiality(self.cleaned_data["level"]),
        )
        return [
            (str(_("bisher")), str(levels[0].label)),
            (str(_("künftig")), str(levels[1].label)),
        ]


class ExclusionForm(RightsForm):
    """Keep a person out of the file (befangen, own case, accused)."""

    person = PersonField(label=_("Person"), help_text=_("Name oder Kennung."))
    reason = forms.CharField(
        label=_("Grund"),
        max_length=200,
        help_text=_(
            "Zum Beispiel befangen oder eigene Sache. Ihn sehen nur Leitung und Registratur der"
            " Einheit und der Datenschutz; die Person selbst erfährt davon nichts."
        ),
    )

    def change(self) -> Change:
        return Excluding(self.cleaned_data["person"].pk, self.cleaned_data["reason"])

    def summary(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        return [
            (str(_("Ausgeschlossen wird")), str(data["person"])),
            (str(_("Grund")), data["reason"]),
        ]
