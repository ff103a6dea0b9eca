"""Text fields for one of very many: a plan entry or a unit, by code or words, with help while typing.

Without script they are plain text fields; what is meant is looked up when the form is sent.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit
from records.models import FilePlanEntry
from records.selectors.openable_entries import LONGEST, openable_entries
from records.selectors.units_by_text import units_by_text

NAMED = 5
T = TypeVar("T")


class TypingHelpInput(forms.TextInput):
    """An input with a list of suggestions below it (js/combobox.js), asked for at ``url_name``."""

    template_name = "components/typing_help_input.html"

    def __init__(self, url_name: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})
        self.url_name = url_name

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        drawn = context["widget"]["attrs"]
        drawn["data-combobox"] = f"{drawn.get('id', name)}-liste"
        drawn["hx-get"] = reverse(self.url_name)
        context["list_id"] = drawn["data-combobox"]
        return context


class EntryField(forms.CharField):
    """A plan entry in force that takes files; ``clean`` gives the ``FilePlanEntry``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TypingHelpInput("entry-typing-help"))
        kwargs.setdefault(
            "help_text", _("Kennzeichen oder Wort, zum Beispiel 63.20 oder Bauordnung")
        )
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> FilePlanEntry | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = openable_entries(text, [])
        meant = _the_one(found, [one for one in found if one.code == text])
        if meant is None:
            raise ValidationError(
                _(
                    "Kein Aktenplaneintrag, der Akten aufnimmt, passt dazu. Geben Sie ein anderes Wort"
                    " oder das Kennzeichen an."
                )
            )
        return meant


class UnitField(forms.CharField):
    """A unit that exists today; ``clean`` gives the ``OrgUnit``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TypingHelpInput("unit-typing-help"))
        kwargs.setdefault("help_text", _("Kurzzeichen oder Name, zum Beispiel 50.1 oder Wohngeld"))
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> OrgUnit | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = units_by_text(text)
        meant = _the_one(found, [one for one in found if one.code == text])
        if meant is None:
            raise ValidationError(
                _("Keine Einheit, die heute besteht, passt dazu. Geben Sie ihr Kurzzeichen an.")
            )
        return meant


def _the_one(found: Sequence[T], exact: Sequence[T]) -> T | None:
    """What is meant; raises ValidationError where several are, None where nothing is."""
    meant = exact or found
    if len(meant) > 1:
        names = "; ".join(str(one) for one in meant[:NAMED])
        raise ValidationError(
            _("Mehrere Einträge passen: %(names)s. Geben Sie das Kennzeichen vollständig an."),
            params={"names": names + (" …" if len(meant) > NAMED else "")},
        )
    return meant[0] if meant else None
