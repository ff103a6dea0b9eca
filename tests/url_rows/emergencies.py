"""Break-glass: everybody may ask; the list is for data protection and heads."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {
    "emergency-access": EVERYBODY,
    "emergency-accesses": (403, 403, 200, 403, 403, 403, 200),
}
POST_ONLY = {"emergency-review", "emergency-end"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "emergency-review": [story.case_file.uuid],
        "emergency-end": [story.case_file.uuid],
    }
