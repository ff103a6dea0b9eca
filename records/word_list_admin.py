"""The word list of the search in Django admin: one word a rule, with how far the documents are."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.admin import CHANGED, ReferenceAdmin, record_reference_change
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import CompoundRule
from records.models import CompoundWord
from records.services.word_list import change_word, one_word


class CompoundWordForm(forms.ModelForm[CompoundWord]):
    """A word stays; its rule may change or end."""

    class Meta:
        model = CompoundWord
        fields = ("word", "rule", "is_active")
        help_texts = {
            "word": _("Genau ein Wort in der Grundform, zum Beispiel Bufdi."),
            "rule": _(
                "„ist Teil“: Bufdistelle wird auch mit Bufdi gefunden. „ist nie Teil“: das Wort"
                " zerlegt keine Zusammensetzung mehr. „wird nie zerlegt“: das Wort bleibt ganz."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["word"].disabled = True

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        word, rule = cleaned.get("word", ""), cleaned.get("rule", "")
        if not word or rule not in CompoundRule.values:
            return cleaned
        try:
            self.instance.word, self.instance.folded = one_word(word, rule)
        except InvalidInput as error:
            raise ValidationError({"word": error.reason}) from error
        cleaned["word"] = self.instance.word
        same = CompoundWord.objects.filter(folded=self.instance.folded)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError({"word": _("Dieses Wort steht schon in der Liste.")})
        return cleaned


@admin.register(CompoundWord)
class CompoundWordAdmin(ReferenceAdmin):
    form = CompoundWordForm
    list_display = ["word", "rule", "is_active", "progress"]
    list_select_related = ["job"]
    list_filter = ["rule", "is_active"]
    search_fields = ["word", "folded"]
    readonly_fields = ["progress"]

    @admin.display(description=_("Neuanalyse der Dokumente"))
    def progress(self, word: CompoundWord) -> str:
        """How far the documents follow the rule."""
        if word.followed_at is None or word.followed_at < word.changed_at:
            return str(_("beginnt in ein bis zwei Minuten"))
        job = word.job
        if job is None or job.state == JobState.DONE:
            return str(_("fertig"))
        done = Progress(job.done, job.total).count_text
        return f"{job.get_state_display()}: {done}"

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        assert isinstance(obj, CompoundWord)  # noqa: S101 - narrows for the checker
        if change and not form.changed_data:
            return
        with transaction.atomic():
            change_word(obj, begin(CHANGED, Acting(actor_id=request.user.pk)))
            record_reference_change(request, obj, form.changed_data)
        said = _("Dokumente mit „%(word)s“ werden im Hintergrund neu analysiert.")
        messages.info(request, said % {"word": obj.word})
