"""Jobs: everybody's own list; a job of somebody else is not there for anybody."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {
    "jobs": EVERYBODY,
    "job": (404,) * 7,
    "job-progress": (404,) * 7,
    "job-results": (404,) * 7,
}
POST_ONLY = {"job-abort", "job-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    """No job has the identifier of a document."""
    return {
        key: [story.document.uuid]
        for key in ["job", "job-progress", "job-results", "job-abort", "job-undo"]
    }
