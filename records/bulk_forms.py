"""What a bulk change sets: nothing is required, but something must be chosen."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.business_data import form_name, stored
from records.business_data_forms import input_for
from records.choices import Direction
from records.models import DocumentType, FileTypeField, Matter
from records.services.bulk_case_files import FileChange
from records.services.bulk_documents import DocumentChange
from records.typed_text import clean_paragraphs

UNCHANGED = _("bleibt unverändert")


class BulkForm(forms.Form):
    """Every field empty means "bleibt unverändert"."""

    mark_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        # "nein" is a choice too.
        if not self.errors and not any(v or v is False for v in cleaned.values()):
            raise forms.ValidationError(_("Wählen Sie aus, was sich ändern soll."))
        return cleaned


class DocumentBulkForm(BulkForm):
    """Type, direction and matter of many documents of one file."""

    document_type = forms.ModelChoiceField(
        label=_("Dokumenttyp"),
        queryset=DocumentType.objects.all(),
        required=False,
        empty_label=UNCHANGED,
    )
    direction = forms.ChoiceField(
        label=_("Richtung"), choices=[("", UNCHANGED), *Direction.choices], required=False
    )
    matter = forms.ModelChoiceField(
        label=_("In diesen Vorgang verschieben"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=UNCHANGED,
    )

    def __init__(self, *args: Any, matters: QuerySet[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["matter"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = matters

    def change(self) -> DocumentChange:
        names = ("document_type", "direction")
        values = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        return DocumentChange(values, self.cleaned_data["matter"])


class FileBulkForm(BulkForm):
    """Case worker, remark and, of files of one Aktentyp, Fachdaten of many files."""

    case_worker = forms.ModelChoiceField(
        label=_("Sachbearbeitung"),
        queryset=User.objects.none(),
        required=False,
        empty_label=UNCHANGED,
    )
    remark = forms.CharField(
        label=_("Bemerkung hinzufügen"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sie wird unter die vorhandene Bemerkung gesetzt."),
    )

    def __init__(
        self,
        *args: Any,
        workers: QuerySet[User],
        file_type: str = "",
        fields: Sequence[FileTypeField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.file_type, self.business_fields = file_type, fields
        for field in fields:
            self.fields[form_name(field)] = input_for(field, required=False, nothing=UNCHANGED)
        choice = self.fields["case_worker"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = workers

    def clean_remark(self) -> str:
        return clean_paragraphs(self.cleaned_data["remark"]).strip()

    def change(self) -> FileChange:
        typed = {f: self.cleaned_data[form_name(f)] for f in self.business_fields}
        data = {f.key: stored(f, v) for f, v in typed.items() if v is not None and v != ""}
        worker, remark = self.cleaned_data["case_worker"], self.cleaned_data["remark"]
        return FileChange(worker, remark, self.file_type if data else "", data)
