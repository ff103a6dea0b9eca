"""Help while typing: without htmx everybody is led to the search."""

from tests.stories import Story

GET = {"search-typing-help": (302,) * 7}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {}
