"""Notes: whoever may file in the file."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"note-new": INSIDERS}
POST_ONLY = {"note-take-back"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {"note-new": [story.case_file.uuid], "note-take-back": [story.document.uuid]}
