"""Writing a mail out of a file."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from records.models import Document
from records.services.mail_writing import SUBJECT_CHARS, TEXT_CHARS


class MailForm(forms.Form):
    """To whom, what about, what, with which documents of the matter."""

    mark_optional = False

    recipients = forms.CharField(
        label=_("An"),
        max_length=4000,
        help_text=_("Mehrere Adressen mit Komma, Semikolon oder Zeilenwechsel trennen."),
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
    subject = forms.CharField(label=_("Betreff"), max_length=SUBJECT_CHARS)
    text = forms.CharField(
        label=_("Text"), max_length=TEXT_CHARS, widget=forms.Textarea({"rows": 14})
    )
    attached = forms.MultipleChoiceField(
        label=_("Anlagen aus diesem Vorgang"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    may_travel_open = forms.BooleanField(
        label=_("Der Inhalt darf unverschlüsselt versandt werden."),
        required=False,
        help_text=_("Zum Beispiel, weil die betroffene Person eingewilligt hat."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, offered: Sequence[Document], asks_consent: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.uuid): one for one in offered}
        self.fields["attached"].choices = [(k, d.title) for k, d in self.offered.items()]  # type: ignore[attr-defined]
        if not offered:
            del self.fields["attached"]
        if not asks_consent:
            del self.fields["may_travel_open"]
        self.fields["key"].initial = uuid4

    def clean_recipients(self) -> list[str]:
        """As a list; each is checked by the service."""
        return [one for one in re.split(r"[,;\s]+", self.cleaned_data["recipients"]) if one]

    def chosen(self) -> list[Document]:
        """The documents to attach."""
        return [self.offered[key] for key in self.cleaned_data.get("attached", [])]
