"""Substitutions: everybody has the page; ending one needs to be concerned by it."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {"substitutions": EVERYBODY}
POST_ONLY = {"substitution-end"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {"substitution-end": [story.case_file.uuid]}
