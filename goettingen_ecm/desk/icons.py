"""The icons of ``static/icons/desk.svg``; a test compares this list with the sprite."""

from functools import cache

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SPRITE = "icons/desk.svg"

ICONS = frozenset(
    [
        "start",
        "inbox",
        "tasks",
        "folder",
        "folder-open",
        "file-plan",
        "search",
        "complaint",
        "press",
        "interfaces",
        "chart",
        "settings",
        "people",
        "person",
        "archive",
        "bell",
        "help",
        "key",
        "plus",
        "upload",
        "download",
        "edit",
        "trash",
        "undo",
        "refresh",
        "print",
        "copy",
        "link",
        "external",
        "filter",
        "columns",
        "save",
        "close",
        "menu",
        "more",
        "logout",
        "sun",
        "stop",
        "play",
        "pin",
        "star",
        "chevron-right",
        "chevron-left",
        "chevron-down",
        "chevron-up",
        "arrow-up",
        "arrow-down",
        "arrow-left",
        "arrow-right",
        "sort",
        "check",
        "success",
        "info",
        "warning",
        "danger",
        "blocked",
        "waiting",
        "running",
        "draft",
        "lock",
        "unlock",
        "shield",
        "eye",
        "hold",
        "deadline",
        "document",
        "documents",
        "image",
        "mail",
        "scan",
        "data",
        "attachment",
        "matter",
        "note",
        "calendar",
        "history",
        "building",
        "delivery",
        "clearing",
        "scale",
        "zoom-in",
        "zoom-out",
        "fit-width",
        "rotate",
        "pane-left",
        "pane-right",
        "crest",
    ]
)


@cache
def _sprite() -> str:
    """The sprite's address: it changes with a release, not within a process."""
    return static(SPRITE)


def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An SVG of the sprite. Without ``label`` it is decoration; ``size`` is small, large or empty.

    Raises ``KeyError`` for a name the sprite does not have, so that a typing error is seen at once.
    """
    if name not in ICONS:
        raise KeyError(f"no icon {name!r} in {SPRITE}")
    css = f"desk-icon desk-icon--{size}" if size else "desk-icon"
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - every part is a constant or escaped
        f'<svg class="{css}" {role} focusable="false"><use href="{_sprite()}#{name}"/></svg>'
    )
