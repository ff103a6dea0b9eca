"""Favourite and watching in the head of a file."""

from typing import Any

from django import template

from records.models import CaseFile
from records.selectors.file_marks import mark_of

register = template.Library()


@register.inclusion_tag("records/file_marks.html", takes_context=True)
def file_marks(context: dict[str, Any], case_file: CaseFile) -> dict[str, Any]:
    """Two switches, each a form."""
    mark = mark_of(context["request"].user, case_file)
    return {
        "case_file": case_file,
        "favourite": mark is not None and mark.favourite_since is not None,
        "watched": mark is not None and mark.watched_since is not None,
    }
