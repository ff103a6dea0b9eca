"""Forms of the baskets: bringing something in, filing it, handing it on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User
from records.models import CaseFile, DocumentType, IncomingItem, Matter
from records.services.incoming import REASON_CHARS
from records.services.incoming_filing import FilingWish
from records.services.move_checks import Place
from records.services.uploads import UploadedFile

CENTRAL = "zentral"


class ManyFiles(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of uploads; what is in them the intake finds out and marks."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Raises ValidationError when there is none."""
        if not data:
            raise forms.ValidationError(_("Bitte wählen Sie mindestens eine Datei."))
        return list(data)


class IntakeForm(forms.Form):
    """Files for a basket; empty ones are kept and marked, too."""

    mark_optional = False

    new_files = ManyFilesField(label=_("Dateien"))
    sender = forms.CharField(label=_("Absender"), max_length=300, required=False)
    together = forms.BooleanField(
        label=_("Die Dateien gehören zusammen (ein Eingang)"), required=False
    )


class FilingForm(forms.Form):
    """What is asked once the file is known; ``row_version`` is the one the page has shown."""

    mark_optional = False

    title = forms.CharField(label=_("Betreff"), max_length=500)
    vorgang = forms.ChoiceField(label=_("Vorgang"), required=False)
    matter_title = forms.CharField(
        label=_("Betreff des neuen Vorgangs"),
        max_length=500,
        required=False,
        help_text=_("Ohne Angabe heißt er wie das Dokument."),
    )
    document_type = forms.ModelChoiceField(
        label=_("Dokumenttyp"),
        queryset=DocumentType.objects.all(),
        required=False,
        empty_label=_("ohne"),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        item: IncomingItem,
        matters: Sequence[Matter],
        named: Matter | None = None,
    ) -> None:
        self._matters = {str(one.uuid): one for one in matters}
        only = matters[0] if len(matters) == 1 else None
        meant = named or only
        initial = {
            "title": item.subject,
            "row_version": item.row_version,
            "vorgang": str(meant.uuid) if meant else "",
        }
        super().__init__(data, initial=initial)
        choice = self.fields["vorgang"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        choice.choices = [
            ("", _("neuer Vorgang")),
            *((key, one.title) for key, one in self._matters.items()),
        ]

    def wish(self, case_file: CaseFile) -> FilingWish:
        data = self.cleaned_data
        return FilingWish(
            Place(case_file, self._matters.get(data["vorgang"])),
            title=data["title"],
            matter_title=data["matter_title"],
            document_type=data["document_type"],
        )


class StepForm(forms.Form):
    """Base of what is done to an item from its page."""

    mark_optional = False

    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, item: IncomingItem) -> None:
        super().__init__(data, initial={"row_version": item.row_version}, auto_id=f"{self.what}_%s")

    what = ""


class ForwardForm(StepForm):
    """To which basket, and why if that needs saying."""

    what = "weiterleiten"

    unit = forms.ChoiceField(label=_("In den Korb von"))
    reason = forms.CharField(label=_("Hinweis"), max_length=REASON_CHARS, required=False)
    field_order = ("unit", "reason")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        item: IncomingItem,
        units: Sequence[OrgUnit] = (),
    ) -> None:
        super().__init__(data, item=item)
        self._units = {str(one.uuid): one for one in units}
        central = [(CENTRAL, _("Poststelle"))] if item.unit_id is not None else []
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        named = [(key, str(one)) for key, one in self._units.items()]
        choice.choices = [("", _("bitte wählen")), *central, *named]

    def target(self) -> OrgUnit | None:
        """None is the Poststelle."""
        return self._units.get(self.cleaned_data["unit"])


class ReasonForm(StepForm):
    """Giving back and closing need a reason."""

    reason = forms.CharField(label=_("Grund"), max_length=REASON_CHARS)
    field_order = ("reason",)


class GiveBackForm(ReasonForm):
    what = "zurueckgeben"


class CloseForm(ReasonForm):
    what = "erledigen"


class AssignForm(StepForm):
    """Who takes care."""

    what = "zuweisen"

    assignee = forms.ChoiceField(label=_("Wer kümmert sich?"), required=False)
    field_order = ("assignee",)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        item: IncomingItem,
        people: Sequence[User] = (),
    ) -> None:
        super().__init__(data, item=item)
        self._people = {str(one.uuid): one for one in people}
        choice = self.fields["assignee"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - narrows for the checker
        named = [(key, str(one)) for key, one in self._people.items()]
        choice.choices = [("", _("alle im Korb")), *named]
        if item.assignee is not None:
            choice.initial = str(item.assignee.uuid)

    def person(self) -> User | None:
        return self._people.get(self.cleaned_data["assignee"])
