"""Forms of the Akteneinsicht: the request with its documents, and the note that it was granted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.operations import clock
from records.models import Document, Inspection, InspectionBasis, Participation
from records.selectors.inspections import Offered
from records.services.inspections import FEE_CHARS, NAME_CHARS

CHOSEN = "dokument"
DRAFT_REASON = _("Entwurf")


class InspectionForm(forms.Form):
    """Who asks, on which ground, by when."""

    mark_optional = True

    requester = forms.CharField(
        label=_("Wer verlangt Einsicht?"),
        max_length=NAME_CHARS,
        help_text=_("Name, wie er auf dem Deckblatt steht; auch eine bevollmächtigte Person"),
    )
    party = forms.ChoiceField(label=_("Diese Person ist beteiligt als"), required=False)
    basis = forms.ChoiceField(label=_("Grundlage"), required=False)
    ground = forms.CharField(
        label=_("Andere Grundlage oder genauere Angabe"),
        max_length=NAME_CHARS,
        required=False,
        help_text=_("Nötig, wenn oben keine Vorschrift gewählt ist"),
    )
    requested_on = FreeDateField(label=_("Beantragt am"))
    due_on = FreeDateField(
        label=_("Einsicht gewähren bis"),
        required=False,
        help_text=_("Zum Beispiel 24.12. oder +2 Wochen"),
    )
    fee_note = forms.CharField(label=_("Vermerk zu Kosten"), max_length=FEE_CHARS, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        bases: Sequence[InspectionBasis],
        parties: Sequence[Participation],
    ) -> None:
        super().__init__(data, initial={"requested_on": clock.today()})
        self._bases = {str(one.pk): one for one in bases}
        self._parties = {str(one.party_id): one.party for one in parties}
        nobody = [("", _("nicht als Beteiligte eingetragen"))]
        named = {str(one.party_id): f"{one.party} ({one.role})" for one in parties}
        grounds = [("", _("andere Grundlage"))]
        self._choices("party", nobody + list(named.items()))
        self._choices("basis", grounds + [(pk, str(one)) for pk, one in self._bases.items()])

    def _choices(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def typed(self) -> dict[str, Any]:
        """The cleaned values with the rows they stand for."""
        values = dict(self.cleaned_data)
        values["party"] = self._parties.get(values["party"])
        values["basis"] = self._bases.get(values["basis"])
        return values


class DocumentChoice:
    """Which documents are shown, and why the others are not; from the form's table."""

    def __init__(self, offered: Sequence[Offered], sent: Any = None) -> None:
        self.rows = [self._row(one, sent) for one in offered]

    def _row(self, one: Offered, sent: Any) -> dict[str, Any]:
        uuid = str(one.document.uuid)
        if sent is None:
            return {"one": one, "shown": not one.is_draft, "reason": self._usual(one)}
        shown = uuid in sent.getlist(CHOSEN)
        return {"one": one, "shown": shown, "reason": sent.get(f"grund_{uuid}", "")}

    def _usual(self, one: Offered) -> str:
        return str(DRAFT_REASON) if one.is_draft else ""

    def shown(self) -> list[Document]:
        """In the order of the table."""
        return [row["one"].document for row in self.rows if row["shown"]]

    def withheld(self) -> dict[Document, str]:
        """With their reasons."""
        return {row["one"].document: row["reason"] for row in self.rows if not row["shown"]}


class GrantForm(forms.Form):
    """To whom and when Einsicht was granted."""

    granted_to = forms.CharField(label=_("Einsicht gewährt an"), max_length=NAME_CHARS)
    granted_on = FreeDateField(label=_("Einsicht gewährt am"))
    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, inspection: Inspection) -> None:
        start = {
            "granted_to": inspection.requester,
            "granted_on": clock.today(),
            "row_version": inspection.row_version,
        }
        super().__init__(data, initial=start)
