"""The list of exclusions is data protection's alone."""

from tests.stories import Story

GET = {"exclusions": (403, 403, 403, 403, 403, 403, 200)}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {}
