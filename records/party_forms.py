"""Forms about parties and their part in files."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.desk.fields import FreeDateField
from records.choices import PartyKind
from records.models import Matter, Participation, Party
from records.services.participations import FIELDS, ROLE_CHARS
from records.services.party_changes import CHARS, FACTS, PartyFacts
from records.typed_text import clean_line, has_unseen

FULL_YEAR = re.compile(r"\d{4}")


class BirthDateField(FreeDateField):
    """A day with its full year: ``1.4.50`` may be a child's or a grandmother's."""

    def to_python(self, value: Any) -> date | None:
        if value not in self.empty_values and isinstance(value, str):
            day = FULL_YEAR.search(value)
            if day is None:
                raise forms.ValidationError(
                    _("Bitte geben Sie das Jahr vierstellig an, zum Beispiel 1.4.1950.")
                )
        return super().to_python(value)


class CleanLinesMixin(forms.Form):
    """Takes unseen characters out of all text; ``cleaned_unseen`` says that it did."""

    cleaned_unseen = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if isinstance(value, str):
                self.cleaned_unseen |= has_unseen(value)
                cleaned[name] = clean_line(value)
        return cleaned


class PartyFactsForm(CleanLinesMixin):
    """Who it is."""

    kind = forms.ChoiceField(label=_("Art"), choices=PartyKind.choices, initial=PartyKind.PERSON)
    name = forms.CharField(
        label=_("Name"),
        max_length=CHARS["name"],
        help_text=_("Nachname oder Name der Organisation"),
    )
    first_name = forms.CharField(label=_("Vorname"), max_length=CHARS["first_name"], required=False)
    birth_date = BirthDateField(label=_("Geburtsdatum"), required=False)
    address = forms.CharField(label=_("Anschrift"), max_length=CHARS["address"], required=False)

    def facts(self) -> PartyFacts:
        """What was typed."""
        return PartyFacts(**{name: self.cleaned_data[name] for name in FACTS})


class PartyForm(PartyFactsForm):
    """Change the facts of a party. ``shown``: values to start with after a merge question."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        party: Party,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(party, name) for name in FACTS} | dict(shown or {})
        super().__init__(data, initial=initial | {"row_version": party.row_version})


class _MatterMixin(forms.Form):
    """The role, in the file or in one of its matters."""

    def offer(self, matters: Sequence[Matter]) -> None:
        field = self.fields["matter"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        ids = [m.pk for m in matters]
        field.queryset = Matter.objects.filter(pk__in=ids).order_by("opened_on", "pk")


def _role() -> forms.CharField:
    return forms.CharField(
        label=_("Rolle"),
        max_length=ROLE_CHARS,
        help_text=_("z. B. Antragstellerin, Nachbar, Bevollmächtigter"),
    )


def _matter() -> "forms.ModelChoiceField[Matter]":
    return forms.ModelChoiceField(
        label=_("Vorgang"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=_("die ganze Akte"),
    )


class NewParticipationForm(PartyFactsForm, _MatterMixin):
    """Who takes part, and in which role."""

    role = _role()
    matter = _matter()
    since = FreeDateField(label=_("beteiligt seit"), required=False)

    def __init__(self, *args: Any, matters: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(matters)

    def hint_at(self, address: str) -> None:
        """While a name is typed, htmx asks ``address`` who is known by it."""
        asking = {
            "hx-get": address,
            "hx-trigger": "input changed delay:400ms",
            "hx-include": "#id_name, #id_first_name, #id_birth_date",
            "hx-target": "#bekannte",
            "hx-sync": "closest form:replace",
        }
        for name in ("name", "first_name", "birth_date"):
            self.fields[name].widget.attrs |= asking


class ParticipationForm(CleanLinesMixin, _MatterMixin):
    """Change the role, its matter, its begin and end."""

    role = _role()
    matter = _matter()
    since = FreeDateField(label=_("beteiligt seit"), required=False)
    until = FreeDateField(
        label=_("beteiligt bis"),
        required=False,
        help_text=_("leer, solange die Beteiligung andauert"),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        participation: Participation,
        matters: Sequence[Matter],
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(participation, name) for name in FIELDS} | dict(shown or {})
        super().__init__(data, initial=initial | {"row_version": participation.row_version})
        self.offer(matters)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class PartySearchForm(CleanLinesMixin):
    """Name, sound or birth date, in one circle."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Anfang des Namens, oder ganze Namen, auch nur nach Gehör geschrieben"),
    )
    geboren = BirthDateField(label=_("Geburtsdatum"), required=False)
    kreis = forms.ChoiceField(label=_("Berechtigungskreis"), required=False)

    def __init__(self, data: Mapping[str, Any], *, circles: Sequence[Circle]) -> None:
        super().__init__(data)
        field = self.fields["kreis"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        field.choices = [(one.value, one.label) for one in circles]
        if len(circles) < 2:
            del self.fields["kreis"]
