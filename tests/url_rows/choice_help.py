"""Suggestions below text fields: without htmx everybody is led to the plan."""

from tests.stories import Story

GET = {"entry-typing-help": (302,) * 7, "unit-typing-help": (302,) * 7}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {name: [] for name in GET}
