"""Forms of comments: the text, for whom, and the place it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.choices import CommentAudience
from records.models import Component, Document
from records.models.comment import TEXT_CHARS
from records.services.comments import NewComment, Region
from records.typed_text import clean_paragraphs

WHOLE, TOP, MIDDLE, BOTTOM, DRAWN = "ganz", "oben", "mitte", "unten", "stelle"
# Whoever works without a mouse marks a third of the page: (y, height).
BANDS = {WHOLE: (0.0, 1.0), TOP: (0.0, 0.333), MIDDLE: (0.333, 0.334), BOTTOM: (0.667, 0.333)}
PLACES = [
    (WHOLE, _("ganze Seite")),
    (TOP, _("oben")),
    (MIDDLE, _("in der Mitte")),
    (BOTTOM, _("unten")),
]
EDGES = ("x", "y", "width", "height")


class TextForm(forms.Form):
    """The text of a comment or a reply."""

    text = forms.CharField(
        label=_("Text"),
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # On pages with fields of the same names the form stands in a dialog.
        self.auto_id = "kommentar_%s"

    def clean_text(self) -> str:
        text = clean_paragraphs(str(self.cleaned_data["text"]))
        if not text:
            raise forms.ValidationError(_("Bitte schreiben Sie einen Text."))
        return text


class EditForm(TextForm):
    """Another text, with the version the page has shown."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(TextForm):
    """A new comment on a Fassung; a region drawn with the mouse comes in the hidden fields."""

    audience = forms.ChoiceField(
        label=_("Sichtbar"),
        choices=CommentAudience.choices,
        initial=CommentAudience.PRIVATE,
        widget=forms.RadioSelect,
    )
    part = forms.ChoiceField(label=_("Datei"), required=False)
    page = forms.IntegerField(
        label=_("Seite"),
        min_value=1,
        required=False,
        help_text=_("Ohne Angabe gilt der Kommentar dem ganzen Dokument."),
    )
    place = forms.ChoiceField(label=_("Wo auf der Seite"), required=False)
    fassung = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    x = forms.FloatField(widget=forms.HiddenInput, required=False, localize=False)
    y = forms.FloatField(widget=forms.HiddenInput, required=False, localize=False)
    width = forms.FloatField(widget=forms.HiddenInput, required=False, localize=False)
    height = forms.FloatField(widget=forms.HiddenInput, required=False, localize=False)

    def __init__(self, *args: Any, parts: Sequence[Component], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.position, one.file_name) for one in parts]
        _choice(self.fields["part"]).choices = choices
        if len(choices) < 2:
            self.fields["part"].widget = forms.HiddenInput()
        drawn = [(DRAWN, _("die markierte Stelle"))] if self._value("x") else []
        _choice(self.fields["place"]).choices = [*drawn, *PLACES]

    def _value(self, name: str) -> Any:
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("place") == DRAWN and any(cleaned.get(name) is None for name in EDGES):
            self.add_error("place", _("Bitte wählen Sie die Stelle noch einmal."))
        return cleaned

    def wish(self, document: Document) -> NewComment:
        data = self.cleaned_data
        audience = CommentAudience(data["audience"])
        return NewComment(document, data["text"], audience, self._region(), data["fassung"])

    def _region(self) -> Region | None:
        data = self.cleaned_data
        if data["page"] is None:
            return None
        part = int(data["part"] or 0)
        if data["place"] == DRAWN:
            return Region(part, data["page"], *(data[name] for name in EDGES))
        top, height = BANDS[data["place"] or WHOLE]
        return Region(part, data["page"], 0.0, top, 1.0, height)


def _choice(field: forms.Field) -> forms.ChoiceField:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows for the checker
    return field


def started_with(query: Mapping[str, str], fallback: int) -> dict[str, Any]:
    """Start values from an address; what is no number is left out."""
    found: dict[str, Any] = {"fassung": _whole(query.get("fassung", "")) or fallback}
    found["page"], found["part"] = _whole(query.get("seite", "")), _whole(query.get("teil", ""))
    edges = {name: query.get(name, "") for name in EDGES}
    if all(edges.values()):
        found |= edges | {"place": DRAWN}
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
