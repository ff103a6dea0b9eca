"""Forms about documents that are filed already: their facts, their versions."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.fields import FreeDateField
from records.choices import Direction
from records.content.sniffing import accept_attribute, allowed_types
from records.models import Document, DocumentType
from records.services.documents import METADATA
from records.services.versions import VersionWish
from records.typed_text import clean_line, has_unseen


class DocumentForm(forms.Form):
    """What is known of a document. ``shown``: values to start with after a merge question."""

    title = forms.CharField(label=_("Betreff"), max_length=500)
    document_type = forms.ModelChoiceField(
        label=_("Dokumenttyp"),
        queryset=DocumentType.objects.all(),
        required=False,
        empty_label=_("ohne"),
    )
    direction = forms.ChoiceField(label=_("Richtung"), choices=Direction.choices)
    letter_date = FreeDateField(label=_("Schreibendatum"), required=False)
    received_on = FreeDateField(
        label=_("Posteingang"),
        required=False,
        help_text=_("Nach diesem Tag wird sortiert, ersatzweise nach dem Schreibendatum."),
    )
    dispatched_on = FreeDateField(label=_("Postausgang"), required=False)
    foreign_reference = forms.CharField(label=_("Fremdes Zeichen"), max_length=120, required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    cleaned_unseen = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        document: Document,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(document, name) for name in METADATA} | dict(shown or {})
        super().__init__(data, initial=initial | {"row_version": document.row_version})

    def clean_title(self) -> str:
        title = self._seen("title")
        if not title:
            raise forms.ValidationError(_("Bitte geben Sie einen Betreff an."))
        return title

    def clean_foreign_reference(self) -> str:
        return self._seen("foreign_reference")

    def _seen(self, name: str) -> str:
        typed = str(self.cleaned_data[name])
        self.cleaned_unseen |= has_unseen(typed)
        return clean_line(typed)

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the document."""
        return {name: self.cleaned_data[name] for name in METADATA}


class VersionForm(forms.Form):
    """A new version's file and what is new in it; ``own_lock``: the person works on the document."""

    file = forms.FileField(label=_("Datei"))
    comment = forms.CharField(
        label=_("Was ist neu?"),
        max_length=300,
        required=False,
        help_text=_("Steht bei der Fassung, zum Beispiel: Frist berichtigt."),
    )
    is_draft = forms.BooleanField(
        label=_("Als Entwurf ablegen"),
        required=False,
        help_text=_("Alle, die das Dokument sehen, sehen auch den Entwurf und dass es einer ist."),
    )
    keep_lock = forms.BooleanField(label=_("Danach weiter bearbeiten"), required=False)
    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    repeat_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, document: Document, own_lock: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_number"].initial = document.version_number
        self.fields["repeat_key"].initial = uuid.uuid4().hex
        self.fields["file"].widget.attrs["accept"] = accept_attribute()
        self.fields["file"].accept_text = _(  # type: ignore[attr-defined]
            "Erlaubt: %(types)s; höchstens %(n)s MB."
        ) % {"types": allowed_types(), "n": settings.UPLOAD_MAX_BYTES // (1024 * 1024)}
        if not own_lock:
            del self.fields["keep_lock"]

    def key(self) -> str:
        """The same form sent twice (double click) files once."""
        return str(self.cleaned_data.get("repeat_key") or uuid.uuid4().hex)

    def wish(self) -> VersionWish:
        data = self.cleaned_data
        return VersionWish(
            file=data["file"],
            comment=clean_line(data["comment"]),
            base_number=data["base_number"],
            is_draft=data["is_draft"],
            keep_lock=data.get("keep_lock", False),
        )
