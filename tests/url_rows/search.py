"""The search: what its hits can be narrowed by."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {"search-facets": EVERYBODY}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {}
