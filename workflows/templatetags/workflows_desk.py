"""Words of follow-ups for templates."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from workflows.models import FollowUp
from workflows.selectors import Listed
from workflows.views import tables

register = template.Library()


@register.simple_tag
def due_state(row: Listed) -> SafeString | str:
    return tables.due_state(row)


@register.simple_tag(takes_context=True)
def owner_name(context: dict[str, Any], item: FollowUp) -> str:
    return tables.owner_name(item, context["request"].user.pk)
