"""A telephone or file note: three lines, the matter, a day to look at it again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.fields import FreeDateField
from records.choices import NoteKind
from records.models import Matter
from records.services.note_sheets import NoteText
from records.services.notes import NoteWish
from records.typed_text import clean_line, clean_paragraphs, has_unseen

LINE_CHARS, TEXT_CHARS = 200, 4000


class NoteForm(forms.Form):
    """Only what it was about is needed."""

    with_whom = forms.CharField(
        label=_("Mit wem"),
        max_length=LINE_CHARS,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    subject = forms.CharField(
        label=_("Worum ging es"),
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    result = forms.CharField(
        label=_("Ergebnis"),
        max_length=TEXT_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    wished_on = FreeDateField(
        label=_("Wiedervorlage"),
        required=False,
        help_text=_("Ohne Tag keine. Zum Beispiel 24.12., morgen, fr oder +14."),
    )
    kind = forms.ChoiceField(
        label=_("Art"), choices=NoteKind.choices, initial=NoteKind.TELEPHONE, required=False
    )
    matter = forms.ModelChoiceField(
        label=_("Vorgang"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=_("neuer Vorgang „Vermerke“"),
    )
    repeat_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    cleaned_unseen = False

    def __init__(
        self, *args: Any, matters: Sequence[Matter], chosen: Matter | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # On pages with fields of the same names the form stands in a dialog.
        self.auto_id = "vermerk_%s"
        choice = self.fields["matter"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = Matter.objects.filter(pk__in=[one.pk for one in matters])
        choice.initial = chosen
        self.fields["repeat_key"].initial = uuid.uuid4().hex

    def clean_with_whom(self) -> str:
        return clean_line(self._seen("with_whom"))

    def clean_subject(self) -> str:
        text = clean_paragraphs(self._seen("subject"))
        if not text:
            raise forms.ValidationError(_("Bitte schreiben Sie, worum es ging."))
        return text

    def clean_result(self) -> str:
        return clean_paragraphs(self._seen("result"))

    def _seen(self, name: str) -> str:
        typed = str(self.cleaned_data[name])
        self.cleaned_unseen |= has_unseen(typed)
        return typed

    def key(self) -> str:
        """The same form sent twice (double click) files once."""
        return str(self.cleaned_data.get("repeat_key") or uuid.uuid4().hex)

    def wish(self) -> NoteWish:
        data = self.cleaned_data
        kind = NoteKind(data["kind"] or NoteKind.TELEPHONE)
        text = NoteText(kind, data["subject"], data["with_whom"], data["result"])
        return NoteWish(text, data["matter"], data["wished_on"])
