"""The left rail: entries that apps register and that only those see who may use them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from goettingen_ecm.operations.registry import Registry


@dataclass(frozen=True, slots=True)
class NavItem:
    """What an app registers. ``visible`` decides per request; ``count`` is a small number or None."""

    label: str | Promise
    url_name: str
    icon: str
    visible: Callable[[HttpRequest], bool] = lambda request: True
    count: Callable[[HttpRequest], int | None] = lambda request: None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """What the frame shows."""

    label: str
    url: str
    icon: str
    count: int | None
    current: bool


items: Registry[NavItem] = Registry()


def navigation_for(request: HttpRequest) -> list[NavEntry]:
    """The entries this person may use, in order."""
    return [_entry(item, request) for item in items.entries() if item.visible(request)]


def _entry(item: NavItem, request: HttpRequest) -> NavEntry:
    url = reverse(item.url_name)
    # "/" is the beginning of every address: the start page is current only as itself.
    below = tuple(start for start in (url, item.prefix) if start not in ("", "/"))
    current = request.path == url or request.path.startswith(below)
    return NavEntry(str(item.label), url, item.icon, item.count(request), current)
