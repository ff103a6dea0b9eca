"""Menus and facts of file and document pages, from what the features registered."""

from typing import Any

from django import template

from records import actions
from records.models import CaseFile, Document

register = template.Library()


@register.inclusion_tag("records/action_menu.html", takes_context=True)
def file_action_menu(context: dict[str, Any], case_file: CaseFile) -> dict[str, Any]:
    """Everything the person can do with the file."""
    request = context["request"]
    sources = actions.file_actions.entries()
    return {"actions": [one for source in sources for one in source(request, case_file)]}


@register.inclusion_tag("records/action_menu.html", takes_context=True)
def document_action_menu(context: dict[str, Any], document: Document) -> dict[str, Any]:
    """Everything the person can do with the document."""
    request = context["request"]
    sources = actions.document_actions.entries()
    return {"actions": [one for source in sources for one in source(request, document)]}


@register.inclusion_tag("records/head_facts.html", takes_context=True)
def file_head_facts(context: dict[str, Any], case_file: CaseFile) -> dict[str, Any]:
    """What the features have to say about the file in its head (hold, paper part, …)."""
    request = context["request"]
    sources = actions.file_facts.entries()
    return {"facts": [one for source in sources for one in source(request, case_file)]}


@register.inclusion_tag("records/head_facts.html", takes_context=True)
def document_head_facts(context: dict[str, Any], document: Document) -> dict[str, Any]:
    """The same for a document (locked by, cancelled, …)."""
    request = context["request"]
    sources = actions.document_facts.entries()
    return {"facts": [one for source in sources for one in source(request, document)]}
