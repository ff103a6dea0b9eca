"""Follow-ups: the list is everybody's own, a new one needs sight of the object."""

from tests.stories import Story
from tests.url_rows import EVERYBODY, INSIDERS

GET = {
    "follow-ups": EVERYBODY,
    "follow-up-new": INSIDERS,
    # without a choice there is nothing to postpone
    "follow-ups-postpone": (404,) * 7,
}
POST_ONLY = {"follow-ups-act", "follow-ups-reopen"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "follow-up-new": ["akte", story.case_file.uuid],
        "follow-ups-reopen": [story.case_file.uuid],
    }
