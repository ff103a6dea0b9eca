"""Forms of the file plan: an entry with its defaults, and taking one out of use."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.desk.fields import FreeDateField
from records.choices import Confidentiality, DispositionType, RetentionStart
from records.file_plan_import import CODE_LENGTH, LONGEST_RETENTION_YEARS, TITLE_LENGTH
from records.models import DocumentType, FilePlan, FilePlanEntry, FileType, FileTypeField
from records.services.plan_changes import CHANGEABLE
from records.typed_text import clean_line

LISTS = ("required_data", "allowed_types", "allowed_file_types")
MOST_FILES = 1_000_000


class EntryForm(forms.Form):
    """What an entry says; ``inherited`` (name -> text) tells what an empty field would take over.

    ``shown``: values to start with instead of the stored ones (after a merge question).
    """

    mark_optional = False

    title = forms.CharField(label=_("Bezeichnung"), max_length=TITLE_LENGTH)
    description = forms.CharField(
        label=_("Erläuterung"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    lead_unit = forms.ModelChoiceField(
        label=_("Federführung"),
        queryset=OrgUnit.objects.order_by("code"),
        required=False,
        empty_label=_("keine Vorgabe"),
        help_text=_("Die Einheit findet den Eintrag beim Anlegen zuerst."),
    )
    retention_years = forms.IntegerField(
        label=_("Aufbewahrungsfrist in Jahren"),
        min_value=0,
        max_value=LONGEST_RETENTION_YEARS,
        required=False,
    )
    retention_permanent = forms.BooleanField(label=_("unbefristet aufbewahren"), required=False)
    retention_start = forms.ChoiceField(
        label=_("Beginn der Aufbewahrungsfrist"), choices=RetentionStart.choices, required=False
    )
    transfer_years = forms.IntegerField(
        label=_("Transferfrist in Jahren"),
        min_value=0,
        max_value=LONGEST_RETENTION_YEARS,
        required=False,
    )
    disposition = forms.ChoiceField(
        label=_("Aussonderungsart"), choices=DispositionType.choices, required=False
    )
    confidentiality = forms.ChoiceField(
        label=_("Vertraulichkeitsstufe"), choices=Confidentiality.choices, required=False
    )
    circle = forms.ChoiceField(
        label=_("Berechtigungskreis"),
        choices=[one for one in Circle.choices if one[0]],
        required=False,
    )
    capacity = forms.IntegerField(
        label=_("Akten je Eintrag höchstens"), min_value=1, max_value=MOST_FILES
    )
    allowed_types = forms.MultipleChoiceField(
        label=_("Zulässige Dokumenttypen"), required=False, widget=forms.CheckboxSelectMultiple
    )
    allowed_file_types = forms.MultipleChoiceField(
        label=_("Zulässige Aktentypen"), required=False, widget=forms.CheckboxSelectMultiple
    )
    required_data = forms.MultipleChoiceField(
        label=_("Pflicht-Fachdaten"), required=False, widget=forms.CheckboxSelectMultiple
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        entry: FilePlanEntry,
        inherited: Mapping[str, str],
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(entry, name) for name in CHANGEABLE} | dict(shown or {})
        super().__init__(data, initial=initial | {"row_version": entry.row_version})
        for name in ("retention_start", "disposition", "confidentiality", "circle"):
            self._offer_inheriting(name, inherited.get(name, ""))
        for name in ("retention_years", "transfer_years", *LISTS):
            self.fields[name].help_text = _hint(inherited.get(name, ""))
        for name, known in zip(LISTS, _known(), strict=True):
            self._offer(name, known, getattr(entry, name))

    def _offer_inheriting(self, name: str, text: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        label = (
            gettext("wie darüber: %(value)s") % {"value": text}
            if text
            else gettext("keine Vorgabe")
        )
        field.choices = [("", label), *field.choices]  # type: ignore[misc]

    def _offer(self, name: str, known: Mapping[str, str], kept: Sequence[str]) -> None:
        """What is chosen stays choosable, also when the type has been given up since."""
        choices = {**known, **{value: known.get(value, value) for value in kept}}
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the checker
        if choices:
            field.choices = list(choices.items())
        else:
            del self.fields[name]

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Bitte geben Sie eine Bezeichnung an."))
        return title

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("retention_permanent") and cleaned.get("retention_years") is not None:
            self.add_error(
                "retention_years",
                _("Entweder eine Frist in Jahren oder unbefristet, nicht beides."),
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the entry."""
        return {name: self.cleaned_data[name] for name in CHANGEABLE if name in self.cleaned_data}


def _hint(text: str) -> str:
    return gettext("Leer gilt, was darüber steht: %(value)s.") % {"value": text} if text else ""


def _known() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Choices of ``LISTS``: Fachdaten by key, document types by code, file types by name."""
    fields = FileTypeField.objects.order_by("label").values_list("key", "label")
    types = DocumentType.objects.values_list("code", "name")
    names = FileType.objects.values_list("name", "name")
    return dict(fields), dict(types), dict(names)


class NewEntryForm(EntryForm):
    """An entry that does not exist yet: with its code."""

    code = forms.CharField(
        label=_("Kennzeichen"),
        max_length=CODE_LENGTH,
        help_text=_("Setzt das Kennzeichen darüber fort, zum Beispiel 50.70 unter 50."),
    )
    field_order = ("code", "title")


class RetirementForm(forms.Form):
    """From when on, and where new files go instead."""

    day = FreeDateField(label=_("Stillgelegt ab"))
    successor = forms.CharField(
        label=_("Kennzeichen des Nachfolgers"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_("Wer hier eine Akte anlegen will, wird dorthin verwiesen."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, entry: FilePlanEntry, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.entry = entry

    def clean_successor(self) -> FilePlanEntry | None:
        code = clean_line(self.cleaned_data["successor"])
        if not code:
            return None
        found = FilePlanEntry.objects.filter(plan=self.entry.plan_id, code=code).first()
        if found is None:
            raise forms.ValidationError(_("Dieses Kennzeichen gibt es im Aktenplan nicht."))
        return found


class VersionForm(forms.Form):
    """A version of the plan that is prepared now and holds from a day on."""

    title = forms.CharField(label=_("Bezeichnung"), max_length=200)
    code = forms.CharField(
        label=_("Kurzbezeichnung"), max_length=30, help_text=_("Zum Beispiel AP2028.")
    )
    valid_from = FreeDateField(
        label=_("Gültig ab"),
        help_text=_("Bis zum Tag davor gilt die bisherige Fassung. Zum Beispiel 1.1.2028."),
    )

    def __init__(self, data: Any = None, *, source: FilePlan) -> None:
        super().__init__(data, initial={"title": source.title})


class PlanFileForm(forms.Form):
    """A CSV file of a plan; it travels with the preview, so it must fit into a form."""

    MOST_BYTES = 1_400_000

    file = forms.FileField(
        label=_("CSV-Datei"),
        help_text=_(
            "Mit Kopfzeile; mindestens Kennzeichen und Bezeichnung. UTF-8 oder Windows-1252,"
            " getrennt durch Semikolon, Komma oder Tabulator."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError(
                _("Die Datei ist zu groß für den Browser; der Betrieb liest sie mit manage.py ein.")
            )
        return file
