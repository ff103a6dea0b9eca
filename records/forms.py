"""Forms of records."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations import clock
from records.choices import Direction
from records.content.sniffing import accept_attribute, allowed_types
from records.models import DocumentType, Matter
from records.services.uploads import UploadWish

NEW_MATTER = ""


class UploadForm(forms.Form):
    """What a clerk says about a file: little is required, the rest has a sensible start value."""

    file = forms.FileField(label=_("Datei"))
    title = forms.CharField(
        label=_("Betreff"),
        max_length=500,
        required=False,
        help_text=_("Ohne Angabe wird der Dateiname genommen."),
    )
    matter = forms.ModelChoiceField(
        label=_("Vorgang"), queryset=Matter.objects.none(), required=False,
        empty_label=_("neuer Vorgang"),
    )  # fmt: skip
    matter_title = forms.CharField(
        label=_("Betreff des neuen Vorgangs"), max_length=500, required=False
    )
    document_type = forms.ModelChoiceField(
        label=_("Dokumenttyp"), queryset=DocumentType.objects.all(), required=False
    )
    direction = forms.ChoiceField(
        label=_("Richtung"), choices=Direction.choices, initial=Direction.INCOMING
    )
    received_on = forms.DateField(
        label=_("Posteingang"),
        required=False,
        initial=clock.today,
        widget=forms.DateInput(attrs={"placeholder": "TT.MM.JJJJ"}),
    )
    letter_date = forms.DateField(
        label=_("Schreibendatum"),
        required=False,
        widget=forms.DateInput(attrs={"placeholder": "TT.MM.JJJJ"}),
    )
    repeat_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, matters: QuerySet[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["matter"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = Matter.objects.filter(pk__in=[m.pk for m in matters])
        self.fields["repeat_key"].initial = uuid.uuid4().hex
        self.fields["file"].widget.attrs["accept"] = accept_attribute()
        self.fields["file"].accept_text = _(  # type: ignore[attr-defined]
            "Erlaubt: %(types)s; höchstens %(n)s MB."
        ) % {"types": allowed_types(), "n": settings.UPLOAD_MAX_BYTES // (1024 * 1024)}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("matter") and not cleaned.get("matter_title", "").strip():
            self.add_error(
                "matter_title",
                _("Wählen Sie einen Vorgang oder geben Sie einen Betreff für einen neuen an."),
            )
        return cleaned

    def key(self) -> str:
        """The same form sent twice (double click) files once."""
        return str(self.cleaned_data.get("repeat_key") or uuid.uuid4().hex)

    def wish(self) -> UploadWish:
        data = self.cleaned_data
        return UploadWish(
            file=data["file"],
            title=data["title"],
            matter=data["matter"],
            matter_title=data["matter_title"],
            document_type=data["document_type"],
            direction=Direction(data["direction"]),
            received_on=data["received_on"],
            letter_date=data["letter_date"],
        )
