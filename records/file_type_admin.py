"""Aktentypen and their fields in Django admin: nothing that files rely on is renamed or deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.admin import CHANGED, ReferenceAdmin, record_reference_change
from goettingen_ecm.operations.operation import Acting, begin
from records.models import FileType, FileTypeField
from records.services.business_values import project_type_later
from records.typed_text import clean_line


class FieldForm(forms.ModelForm[FileTypeField]):
    """The kind of a field stays; the key is the first label, because files are stored with it."""

    class Meta:
        model = FileTypeField
        fields = (
            "label",
            "kind",
            "choices",
            "help_text",
            "required",
            "in_lists",
            "searchable",
            "position",
            "valid_from",
            "valid_until",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = True

    def clean_label(self) -> str:
        label = clean_line(self.cleaned_data["label"])
        if not self.instance.pk:
            self.instance.key = label
        return label


class FieldFormSet(BaseInlineFormSet[FileTypeField, FileType, "forms.ModelForm[FileTypeField]"]):
    """Two fields of a type never share a key."""

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            key = form.instance.key
            if key and key in seen:
                raise ValidationError(
                    _("Ein Feld „%(name)s“ gibt oder gab es in diesem Aktentyp schon."),
                    params={"name": key},
                )
            seen.add(key)


class FieldInline(admin.StackedInline[FileTypeField, FileType]):
    """Fields end by their date and stay on record."""

    model = FileTypeField
    form = FieldForm
    formset = FieldFormSet
    extra = 1
    can_delete = False
    fields = (
        ("label", "kind", "position"),
        ("choices", "help_text"),
        ("required", "in_lists", "searchable"),
        ("valid_from", "valid_until"),
    )


@admin.register(FileType)
class FileTypeAdmin(ReferenceAdmin):
    """The name stands in every file of the type: another name is another type."""

    list_display = ["name", "valid_from", "valid_until"]
    search_fields = ["name", "description"]
    inlines = [FieldInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        assert isinstance(obj, FileType)  # noqa: S101 - narrows for the checker
        obj.name = clean_line(obj.name)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        changed = [(one, ["key"]) for one in formset.new_objects] + list(formset.changed_objects)
        for one, names in changed:
            record_reference_change(request, one, names)
        if changed:
            operation = begin(CHANGED, Acting(actor_id=request.user.pk))
            project_type_later(formset.instance, operation)
