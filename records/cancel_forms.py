"""Why documents are cancelled."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.typed_text import clean_line

REASON_CHARS = 200


class BulkCancelForm(forms.Form):
    """The reason of a Storno, the same for all chosen documents."""

    reason = forms.CharField(
        label=_("Grund des Stornos"),
        max_length=REASON_CHARS,
        help_text=_("Der Grund bleibt sichtbar und steht im Protokoll."),
    )

    def clean_reason(self) -> str:
        return clean_line(str(self.cleaned_data["reason"]))

    def hide(self) -> None:
        """For the preview: what was typed travels on unseen."""
        self.fields["reason"].widget = forms.HiddenInput()


class CancelForm(BulkCancelForm):
    """The same for one document, with the version the page has shown."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)
