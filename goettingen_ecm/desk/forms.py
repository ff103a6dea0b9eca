"""Forms in KERN markup: label above, hint, error beside the field, all errors summed at the top.

``FORM_RENDERER`` names ``KernRenderer``; ``{{ form }}`` and ``{{ field.as_field_group }}`` then use
components/form.html and components/field.html. Widgets keep Django's templates, so the admin stays
as it is.
"""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

CHECK_TYPES = (forms.CheckboxInput,)
GROUP_TYPES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


class KernBoundField(BoundField):
    """A bound field whose widget carries KERN's class and knows its kind for the template."""

    @property
    def kind(self) -> str:
        """``check``, ``group``, ``select``, ``file``, ``hidden`` or ``input``."""
        widget = self.field.widget
        if widget.is_hidden:
            return "hidden"
        if isinstance(widget, GROUP_TYPES):
            return "group"
        if isinstance(widget, CHECK_TYPES):
            return "check"
        if isinstance(widget, forms.FileInput):
            return "file"
        return "select" if isinstance(widget, forms.Select) else "input"

    @property
    def accept_text(self) -> str:
        """What the upload field says it takes; set as ``field.accept_text`` by the form."""
        return str(getattr(self.field, "accept_text", ""))

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        css = _input_class(drawn)
        if css:
            built["class"] = f"{css} {drawn.attrs.get('class', '')}".strip()
        if drawn.attrs.get("placeholder") == self.label:
            # allauth repeats the label inside the field; it stands above it already.
            built["placeholder"] = False
        return built


def _input_class(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return ""
    if isinstance(widget, forms.RadioSelect):
        return "kern-form-check__radio"
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "kern-form-check__checkbox"
    if isinstance(widget, forms.Select):
        return "kern-form-input__select"
    return "kern-form-input__input"


class KernRenderer(TemplatesSetting):
    """Settings: ``FORM_RENDERER = "goettingen_ecm.desk.forms.KernRenderer"``."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    bound_field_class = KernBoundField
