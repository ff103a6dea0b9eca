"""Querverweise in templates."""

from typing import Any

from django import template

from records import reference_links
from records.models import Document
from records.selectors.cross_references import Thing

register = template.Library()
register.filter("thing_url", reference_links.thing_url)
register.filter("thing_title", reference_links.thing_title)
register.filter("thing_icon", reference_links.thing_icon)


@register.filter
def references_url(thing: Thing) -> str:
    """The page of its references."""
    return reference_links.references_url(thing)


@register.inclusion_tag("records/document_cross_references.html", takes_context=True)
def document_references(context: dict[str, Any], document: Document) -> dict[str, Any]:
    """The references of a document beside it; nothing without any."""
    return {
        "rows": reference_links.document_rows(context["request"], document),
        "all_url": reference_links.references_url(document),
    }
