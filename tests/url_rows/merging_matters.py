"""Merging matters: who works in the file, nobody else."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"matters-merge": INSIDERS}
POST_ONLY = {"matters-merge-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "matters-merge": [story.case_file.uuid],
        "matters-merge-undo": [story.matter.uuid, 1],
    }
