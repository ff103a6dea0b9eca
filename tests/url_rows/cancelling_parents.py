"""Storno of files and matters: who works on the file, nobody else."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "case-file-cancel": INSIDERS,
    "matter-cancel": INSIDERS,
    "matters-cancel": INSIDERS,
    # without a selection back to the list
    "case-files-cancel": (302,) * 7,
}
POST_ONLY = {"case-file-restore", "matter-restore"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "case-file-cancel": [story.case_file.uuid],
        "case-file-restore": [story.case_file.uuid],
        "matters-cancel": [story.case_file.uuid],
        "case-files-cancel": [],
        "matter-cancel": [story.matter.uuid],
        "matter-restore": [story.matter.uuid],
    }
