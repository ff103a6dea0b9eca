"""The address × persona table by feature: each module here states its own addresses.

A module has ``GET`` (name -> statuses in ORDER), ``POST_ONLY`` (names) and
``arguments(story)`` (name -> arguments of reverse; the story is ``stories.social_file()``).
"""

import importlib
import pkgutil
from types import ModuleType

from tests.personas import (
    ADMINISTRATION,
    ARCHIVE,
    CLERK_BUILDING,
    CLERK_SOCIAL,
    DATA_PROTECTION,
    HEAD_SOCIAL,
    REGISTRY,
)

ORDER = (
    CLERK_SOCIAL,
    CLERK_BUILDING,
    HEAD_SOCIAL,
    REGISTRY,
    ADMINISTRATION,
    ARCHIVE,
    DATA_PROTECTION,
)
EVERYBODY = (200, 200, 200, 200, 200, 200, 200)
INSIDERS = (200, 404, 200, 404, 404, 404, 404)
OPERATORS = (403, 403, 403, 200, 200, 403, 403)


def features() -> list[ModuleType]:
    """Every module of this package, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]
