"""Help, news, feedback: for everybody who is logged in."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

ADMINISTRATION_ONLY = (403, 403, 403, 403, 200, 403, 403)

GET = {
    "help": EVERYBODY,
    "help-book": EVERYBODY,
    "feedback": EVERYBODY,
    "feedback-list": ADMINISTRATION_ONLY,
}
POST_ONLY = {"news-read", "feedback-answered"}


def arguments(_story: Story) -> dict[str, list[object]]:
    return {"help-book": ["neu"], "feedback-answered": [1]}
