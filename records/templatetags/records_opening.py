"""The way to a new file, where the person may take it."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from goettingen_ecm.desk.icons import icon
from records import policies
from records.models import FilePlanEntry
from records.services.entry_defaults import is_retired

register = template.Library()


@register.simple_tag(takes_context=True)
def new_file_link(context: dict[str, Any], entry: FilePlanEntry | None = None) -> str:
    """A link for the head of a page; empty when it would be refused."""
    closed = entry is not None and (entry.locked or is_retired(entry))
    if closed or not policies.units_to_open_in(context["request"].user):
        return ""
    address = reverse("case-file-new") + (f"?eintrag={entry.pk}" if entry else "")
    return format_html(
        '<a class="kern-btn kern-btn--primary" href="{}">{}<span class="kern-label">{}</span></a>',
        address,
        icon("plus"),
        _("Neue Akte"),
    )
