"""Forms about case files: opening one, changing what is known of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.operations import clock
from records.business_data_forms import BusinessDataMixin, TypeChoice
from records.choices import Confidentiality
from records.models import CaseFile
from records.policies import FILING_ROLES
from records.typed_text import clean_line, clean_paragraphs, has_unseen

WORKERS_SHOWN = 500


def workers_of(unit_ids: list[int]) -> QuerySet[User]:
    """People who work in one of the units today, by name."""
    current = Membership.objects.current(clock.today()).filter(
        unit_role__unit_id__in=unit_ids, unit_role__role__in=FILING_ROLES
    )
    rows = User.objects.filter(pk__in=current.values("user_id"), is_active=True, is_technical=False)
    return rows.order_by("sort_key", "id")


class CleanTextMixin(forms.Form):
    """Takes unseen characters out of title and remark; ``cleaned_unseen`` says that it did."""

    cleaned_unseen = False

    def clean_title(self) -> str:
        title = self._seen("title")
        if not title:
            raise forms.ValidationError(_("Bitte geben Sie einen Betreff an."))
        return title

    def clean_remark(self) -> str:
        typed = str(self.cleaned_data["remark"])
        self.cleaned_unseen |= has_unseen(typed)
        return clean_paragraphs(typed)

    def _seen(self, name: str) -> str:
        typed = str(self.cleaned_data[name])
        self.cleaned_unseen |= has_unseen(typed)
        return clean_line(typed)


class NewCaseFileForm(CleanTextMixin, BusinessDataMixin):
    """A new file in an entry that is chosen already."""

    title = forms.CharField(
        label=_("Betreff"), max_length=500, help_text=_("Worum geht es? So wird die Akte gefunden.")
    )
    lead_unit = forms.ModelChoiceField(
        label=_("Federführung"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    case_worker = forms.ModelChoiceField(
        label=_("Sachbearbeitung"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("noch niemand"),
    )
    confidentiality = forms.ChoiceField(
        label=_("Vertraulichkeitsstufe"),
        required=False,
        choices=[("", _("wie im Aktenplan vorgesehen")), *Confidentiality.choices],
        help_text=_(
            "offen: alle Beschäftigten; intern: die Einheit; vertraulich: nur Sachbearbeitung und"
            " Leitung der Einheit."
        ),
    )
    remark = forms.CharField(
        label=_("Bemerkung"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        units: QuerySet[OrgUnit],
        types: TypeChoice,
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        given = (data if data is not None else initial).get("file_type")
        self.add_business_data(types, types.usual if given is None else str(given), {})
        unit, worker = self.fields["lead_unit"], self.fields["case_worker"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        assert isinstance(worker, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        unit.queryset = units
        ids = workers_of([u.pk for u in units]).values_list("pk", flat=True)[:WORKERS_SHOWN]
        worker.queryset = User.objects.filter(pk__in=list(ids)).order_by("sort_key", "id")

    def level(self) -> Confidentiality | None:
        """The chosen level; None leaves it to the plan."""
        chosen = self.cleaned_data["confidentiality"]
        return Confidentiality(chosen) if chosen else None


class CaseFileForm(CleanTextMixin, BusinessDataMixin):
    """What is known of a file; number, unit and rights are changed elsewhere.

    ``shown``: values to start with instead of the stored ones (after a merge question).
    """

    title = forms.CharField(label=_("Betreff"), max_length=500)
    case_worker = forms.ModelChoiceField(
        label=_("Sachbearbeitung"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("noch niemand"),
    )
    remark = forms.CharField(
        label=_("Bemerkung"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    NAMES = ("title", "file_type", "case_worker", "remark")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        case_file: CaseFile,
        types: TypeChoice,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(case_file, name) for name in self.NAMES} | dict(shown or {})
        super().__init__(data, initial=initial | {"row_version": case_file.row_version})
        worker = self.fields["case_worker"]
        assert isinstance(worker, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        ids = set(workers_of([case_file.lead_unit_id]).values_list("pk", flat=True)[:WORKERS_SHOWN])
        worker.queryset = User.objects.filter(pk__in=ids | {case_file.case_worker_id})
        given = str((initial if data is None else data).get("file_type", ""))
        kept = case_file.file_type
        self.add_business_data(types, given, case_file.business_data, kept_type=kept)

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the file; Fachdaten by the name of their input."""
        return {name: self.cleaned_data[name] for name in self.NAMES} | self.typed_values()
