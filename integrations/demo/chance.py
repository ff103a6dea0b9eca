"""Repeatable chance: the same words give the same numbers, on every machine."""

from random import Random


def seeded(*parts: object) -> Random:
    """A generator for what the parts name, for example a case of a delivery. Never for secrets."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - invented people, no secret
