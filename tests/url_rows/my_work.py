"""Meine Arbeit: everybody's own list."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {"my-work": EVERYBODY}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {}
