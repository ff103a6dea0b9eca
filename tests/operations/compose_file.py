"""docker-compose.yml as the engine would see it: variables filled in, anchors merged, validated."""

import re
from collections.abc import Mapping
from typing import Any

import compose_spec
import yaml

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR

TEXT = (PROJECT_DIR / "docker-compose.yml").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}")


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """``$$``, ``${A}``, ``${A:-default}``, ``${A:?message}`` (ValueError when A is empty)."""

    def replace(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        value = values.get(match[1], "")
        if not value and match[2] == "?":
            raise ValueError(f"{match[1]} {match[3]}")
        return value or (match[3] if match[2] == "-" else "")

    return VARIABLE.sub(replace, text)


def validate(text: str) -> dict[str, Any]:
    """The file's content; ValueError when it breaks the compose schema or names unknown volumes."""
    options = compose_spec.PyOptions(apply_merge=True)
    compose = options.from_yaml(text)
    compose.validate()
    compose.validate_configs()
    compose.validate_volumes()
    return dict(yaml.safe_load(text))
