"""What is asked for is locked: a clean machine installs from the lock files alone."""

from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(settings.BASE_DIR)


def requirements(path: Path) -> set[str]:
    """Names in one file; options, hashes and comments are no requirements."""
    lines = (line.split("#")[0].rstrip(" \\") for line in path.read_text().splitlines())
    wanted = (line for line in lines if line and not line.startswith((" ", "-")))
    return {canonicalize_name(Requirement(line).name) for line in wanted}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked(name: str) -> None:
    asked, locked = (requirements(ROOT / f"{name}.{kind}") for kind in ("in", "txt"))
    assert asked
    assert asked - locked == set()
