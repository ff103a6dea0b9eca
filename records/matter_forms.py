"""Forms about matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.fields import FreeDateField
from records.models import Document, Matter, RegisterSection
from records.typed_text import clean_line, has_unseen


class MatterForm(forms.Form):
    """Title, type and period of a matter; ``cleaned_unseen`` says that unseen characters went."""

    title = forms.CharField(label=_("Betreff"), max_length=500)
    matter_type = forms.CharField(label=_("Vorgangstyp"), max_length=60, required=False)
    period_from = FreeDateField(label=_("Zeitraum von"), required=False)
    period_until = FreeDateField(label=_("Zeitraum bis"), required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    NAMES = ("title", "matter_type", "period_from", "period_until")
    cleaned_unseen = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        matter: Matter | None = None,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(matter, name) for name in self.NAMES} if matter else {}
        version = {"row_version": matter.row_version} if matter else {}
        super().__init__(data, initial=initial | dict(shown or {}) | version)

    def clean_title(self) -> str:
        typed = str(self.cleaned_data["title"])
        self.cleaned_unseen = has_unseen(typed)
        title = clean_line(typed)
        if not title:
            raise forms.ValidationError(_("Bitte geben Sie einen Betreff an."))
        return title

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the matter."""
        return {name: self.cleaned_data[name] for name in self.NAMES}


class MoveForm(forms.Form):
    """Which documents go into which matter."""

    target = forms.ModelChoiceField(
        label=_("In welchen Vorgang?"),
        queryset=Matter.objects.none(),
        empty_label=_("bitte wählen"),
    )

    def __init__(self, *args: Any, targets: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["target"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        choice.queryset = Matter.objects.filter(pk__in=[m.pk for m in targets]).order_by(
            "opened_on", "pk"
        )


class RegisterForm(forms.Form):
    """The sections of a register, one a line."""

    titles = forms.CharField(
        label=_("Registerblätter"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ein Blatt je Zeile, in der gewünschten Reihenfolge."),
    )

    def lines(self) -> list[str]:
        return str(self.cleaned_data["titles"]).splitlines()


def section_field(document: Document) -> str:
    """The name of the document's choice in the placing form."""
    return f"blatt_{document.uuid}"


class PlacingForm(forms.Form):
    """Into which section each document goes."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        documents: Sequence[Document],
        sections: Sequence[RegisterSection],
    ) -> None:
        super().__init__(data)
        self.documents = documents
        choices = [("", _("ohne Blatt")), *((str(s.pk), str(s)) for s in sections)]
        for document in documents:
            placement = getattr(document, "register_placement", None)
            self.fields[section_field(document)] = forms.ChoiceField(
                label=document.title,
                choices=choices,
                required=False,
                initial=str(placement.section_id) if placement else "",
            )

    def placements(self) -> dict[int, int | None]:
        """Section id by document id, of the documents whose choice differs."""
        chosen = {d.pk: self.cleaned_data[section_field(d)] for d in self.documents}
        names = {d.pk: section_field(d) for d in self.documents}
        return {
            pk: int(value) if value else None
            for pk, value in chosen.items()
            if names[pk] in self.changed_data
        }
