"""Where an entry of a draft goes: the code of the entry above, and its own new code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.file_plan_import import CODE_LENGTH
from records.models import FilePlanEntry
from records.plan_tree import Move
from records.typed_text import clean_line


class MoveForm(forms.Form):
    """``loss_confirmed`` is asked for by the preview when the mover would lose sight of files."""

    mark_optional = False

    parent = forms.CharField(
        label=_("Steht unter"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_("Kennzeichen des übergeordneten Eintrags; leer: oberste Ebene."),
    )
    code = forms.CharField(
        label=_("Neues Kennzeichen"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_("Setzt das Kennzeichen darüber fort; leer: ein freies wird vorgeschlagen."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, entry: FilePlanEntry) -> None:
        above = entry.parent.code if entry.parent else ""
        shown = {"parent": above, "code": entry.code, "row_version": entry.row_version}
        super().__init__(data, initial=shown)
        self.entry = entry

    def clean_parent(self) -> int | None:
        """The id of the entry above in the same version."""
        code = clean_line(self.cleaned_data["parent"])
        if not code:
            return None
        found = FilePlanEntry.objects.filter(plan=self.entry.plan_id, code=code)
        pk: int | None = found.values_list("pk", flat=True).first()
        if pk is None:
            raise forms.ValidationError(
                _(
                    "Dieses Kennzeichen gibt es im Entwurf nicht. Suchen Sie es im Baum des Entwurfs."
                )
            )
        return pk

    def clean_code(self) -> str:
        return clean_line(self.cleaned_data["code"])

    def move(self) -> Move:
        """What was typed; the form must be valid and ``code`` given."""
        return Move(self.cleaned_data["parent"], self.cleaned_data["code"])
