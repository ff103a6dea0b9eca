"""Forms of closing, lifting, retention events and holds."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from records.case_file_forms import WORKERS_SHOWN, workers_of
from records.choices import HoldKind
from records.models import CaseFile, Hold, Matter
from records.typed_text import clean_line

REASON_CHARS = 300


class ReasonForm(forms.Form):
    """Why something is lifted; carries the version the page has shown."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Der Grund steht im Protokoll."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        return clean_line(str(self.cleaned_data["reason"]))


class VersionForm(forms.Form):
    """What the page has shown, and whether open matters are closed along."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)
    with_open_matters = forms.BooleanField(required=False)


class RetentionEventForm(forms.Form):
    """The day on which the event happened that starts the retention; empty takes it back."""

    event_on = FreeDateField(label=_("Tag des Ereignisses"), required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, case_file: CaseFile, label: str
    ) -> None:
        initial = {
            "event_on": case_file.retention_event_on,
            "row_version": case_file.row_version,
        }
        super().__init__(data, initial=initial)
        self.fields["event_on"].label = label


class HoldForm(forms.Form):
    """A new Löschsperre on a file or one of its visible matters."""

    mark_optional = True

    kind = forms.ChoiceField(label=_("Anlass"), choices=HoldKind.choices)
    reason = forms.CharField(
        label=_("Grund"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    matter = forms.ModelChoiceField(
        label=_("Gilt für"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=_("die ganze Akte"),
    )
    owner = forms.ModelChoiceField(
        label=_("Verantwortlich"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("Wird erinnert, wenn die Überprüfung ansteht."),
    )
    review_on = FreeDateField(
        label=_("Überprüfen am"), help_text=_("Zum Beispiel 30.06.2027 oder +6 Monate")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        case_file: CaseFile,
        matters: Sequence[Matter],
        user: User,
    ) -> None:
        super().__init__(data, initial={"owner": user.pk})
        owner, matter = self.fields["owner"], self.fields["matter"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        assert isinstance(matter, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        ids = set(workers_of([case_file.lead_unit_id]).values_list("pk", flat=True)[:WORKERS_SHOWN])
        owner.queryset = User.objects.filter(pk__in=ids | {user.pk}).order_by("sort_key", "id")
        matter.queryset = Matter.objects.filter(pk__in=[m.pk for m in matters]).order_by(
            "opened_on", "pk"
        )

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        return require_future(day)


class ReviewForm(forms.Form):
    """The hold still stands: when to look at it again."""

    review_on = FreeDateField(label=_("Wieder überprüfen am"))
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, hold: Hold) -> None:
        super().__init__(data, initial={"row_version": hold.row_version})

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        return require_future(day)


def require_future(day: date) -> date:
    """Raises ValidationError for a day that is not in the future."""
    if day <= clock.today():
        raise forms.ValidationError(_("Der Tag muss in der Zukunft liegen."))
    return day
