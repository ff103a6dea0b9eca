"""What a person can do with a file, a matter or a document: entries of the menus on their pages.

Each feature registers its own; an action that would be refused is not offered (ux.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from goettingen_ecm.operations.registry import Registry
from records.models import CaseFile, Document


@dataclass(frozen=True, slots=True)
class Action:
    """A link to the page or form that does it; ``key`` is its single-letter shortcut.

    ``in_dialog``: with JavaScript the form opens above the page (js/page_dialog.js).
    """

    label: str
    url: str
    icon: str
    key: str = ""
    in_dialog: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A short statement in the head of the page, with an icon, that leads to ``url`` if given."""

    label: str
    icon: str
    url: str = ""


FileActions = Callable[[HttpRequest, CaseFile], list[Action]]
FileFacts = Callable[[HttpRequest, CaseFile], list[Fact]]
DocumentActions = Callable[[HttpRequest, Document], list[Action]]
DocumentFacts = Callable[[HttpRequest, Document], list[Fact]]

file_actions: Registry[FileActions] = Registry()
file_facts: Registry[FileFacts] = Registry()
document_actions: Registry[DocumentActions] = Registry()
document_facts: Registry[DocumentFacts] = Registry()
