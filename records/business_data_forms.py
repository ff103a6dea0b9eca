"""Inputs for Fachdaten: the fields of an Aktentyp as typed German form fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import german
from goettingen_ecm.desk.fields import FreeDateField
from records import business_data
from records.choices import FieldKind
from records.models import FileTypeField
from records.models.file_type import TEXT_CHARS
from records.selectors import file_types
from records.selectors.file_types import EntryRule
from records.typed_text import clean_line

NOT_SAID = gettext_lazy("keine Angabe")
# Choosing a type shows its fields; without JavaScript they come with the next submit.
RELOAD = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"felder": "1"}',
    "hx-target": "closest form",
    "hx-select": "form[data-fields-form]",
    "hx-swap": "outerHTML",
}


class GermanNumberField(forms.Field):
    """A number typed as ``12.500,50``; the value is a Decimal, shown the same way."""

    widget = forms.TextInput

    def __init__(self, *, digits: int, amount: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.digits, self.amount = digits, amount

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return business_data.parse_number(str(value), self.digits)
        except ValueError as error:
            raise forms.ValidationError(
                _(
                    "„%(value)s“ ist keine Zahl mit höchstens %(n)s Nachkommastellen;"
                    " verstanden wird zum Beispiel 12.500 oder 1234,5."
                ),
                params={"value": str(value)[:40], "n": self.digits},
            ) from error

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        digits = 2 if self.amount else max(0, -int(value.as_tuple().exponent))
        return german.number(value, digits)  # type: ignore[arg-type] # formats Decimals exactly

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off", "inputmode": "decimal", "class": "desk-short"}


class YesNoField(forms.ChoiceField):
    """Yes, no or nothing said."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        return {"ja": True, "nein": False}.get(str(value))

    def valid_value(self, value: Any) -> bool:
        return True

    def prepare_value(self, value: Any) -> Any:
        return {True: "ja", False: "nein"}.get(value, value)


class LineField(forms.CharField):
    """One line of text without characters nobody sees."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def input_for(
    field: FileTypeField,
    *,
    required: bool,
    value: Any = None,
    nothing: str | Promise = NOT_SAID,
) -> forms.Field:
    """The form field of a Fachdatum; a choice that was taken out of the list may stay.

    ``nothing`` names the empty choice.
    """
    usual: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help_text,
        "required": required,
        "error_messages": {"required": _("Bitte geben Sie „%s“ an.") % field.label},
    }
    if field.kind in business_data.DIGITS:
        amount = field.kind == FieldKind.AMOUNT
        usual["help_text"] = field.help_text or (
            _("in Euro, zum Beispiel 12.500") if amount else ""
        )
        digits = business_data.DIGITS[FieldKind(field.kind)]
        return GermanNumberField(digits=digits, amount=amount, **usual)
    if field.kind == FieldKind.DAY:
        del usual["error_messages"]
        return FreeDateField(**usual)
    if field.kind == FieldKind.YES_NO:
        return YesNoField(choices=[("", nothing), ("ja", _("ja")), ("nein", _("nein"))], **usual)
    if field.kind == FieldKind.CHOICE:
        gone = [value] if isinstance(value, str) and value and value not in field.choices else []
        choices = [("", nothing), *((one, one) for one in [*field.choices, *gone])]
        return forms.ChoiceField(choices=choices, **usual)
    return LineField(max_length=TEXT_CHARS, **usual)


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """What a form may offer: the entry's rule and the types that are valid today."""

    rule: EntryRule
    names: Sequence[str]

    @classmethod
    def for_rule(cls, rule: EntryRule) -> "TypeChoice":
        return cls(rule, file_types.types_for(rule))

    @property
    def usual(self) -> str:
        """The type of a new file, where the entry allows just one."""
        return self.names[0] if len(self.rule.allowed) == 1 and len(self.names) == 1 else ""


class BusinessDataMixin(forms.Form):
    """Adds the choice of the type and the fields of the chosen one, named ``fd_<id>``."""

    fields_shown: Sequence[FileTypeField] = ()
    stored_data: business_data.Data = {}

    def add_business_data(
        self, offered: TypeChoice, chosen: str, stored: business_data.Data, *, kept_type: str = ""
    ) -> None:
        """``chosen``: the type whose fields are shown; ``kept_type`` may stay though not offered."""
        names = [*offered.names]
        names += [kept_type] if kept_type and kept_type not in names else []
        self.fields["file_type"] = forms.ChoiceField(
            label=_("Aktentyp"),
            required=bool(offered.rule.allowed) and not kept_type,
            choices=[("", _("ohne besonderen Aktentyp")), *((name, name) for name in names)],
            widget=forms.Select(attrs=RELOAD),
            help_text=_("Der Aktentyp bestimmt, welche Fachdaten zur Akte gehören."),
            error_messages={"required": _("Bitte wählen Sie den Aktentyp.")},
        )
        self.fields["shown_type"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["file_type"] = self.initial["shown_type"] = chosen
        self.stored_data = stored
        self.fields_shown = file_types.current(
            file_types.fields_of(chosen if chosen in names else "")
        )
        required = business_data.required_keys(self.fields_shown, offered.rule.required)
        for field in self.fields_shown:
            value = business_data.value_of(field, stored)
            name = business_data.form_name(field)
            self.fields[name] = input_for(field, required=field.key in required, value=value)
            self.initial.setdefault(name, value)
        last = [name for name in ("remark",) if name in self.fields]
        first = [name for name in self.fields if name not in (*last, *self._added())]
        self.order_fields([*first, *self._added(), *last])

    def _added(self) -> list[str]:
        return ["file_type", *(business_data.form_name(field) for field in self.fields_shown)]

    def typed_values(self) -> dict[str, Any]:
        """What was typed, by the input's name."""
        names = [business_data.form_name(field) for field in self.fields_shown]
        return {name: self.cleaned_data[name] for name in names}

    def typed_data(self, *, without: Iterable[str] = ()) -> dict[str, Any]:
        """The JSON to store: what stands there, and over it what was typed (``without`` inputs)."""
        left = set(without)
        made = dict(self.stored_data)
        for field in self.fields_shown:
            name = business_data.form_name(field)
            typed = self.cleaned_data[name]
            typed = None if typed == "" else typed
            # A delivered number that means the same stays as it was delivered.
            if name not in left and typed != business_data.value_of(field, made):
                made[field.key] = business_data.stored(field, typed)
        return business_data.without_empty(made)


def wants_other_fields(data: Mapping[str, Any]) -> bool:
    """True when a type was chosen whose fields the form has not shown yet."""
    if "shown_type" not in data:
        return False
    chosen, shown = str(data.get("file_type", "")), str(data["shown_type"])
    return "felder" in data or (chosen != shown and bool(file_types.fields_of(chosen)))
