"""Filtered lists: exports follow sight; bulk work without a selection leads back to the list."""

from tests.stories import Story
from tests.url_rows import EVERYBODY, INSIDERS

GET = {
    "case-files-export": EVERYBODY,
    "documents-export": INSIDERS,
    "case-files-change": (302,) * 7,
    "case-files-reassign": (302,) * 7,
    "documents-change": (302, 404, 302, 404, 404, 404, 404),
}
POST_ONLY = {"list-columns", "list-view-save", "list-view-delete"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "list-columns": ["akten"],
        "list-view-save": ["akten"],
        "list-view-delete": ["akten", 1],
        "case-files-export": ["csv"],
        "documents-export": [story.case_file.uuid, "ods"],
        "documents-change": [story.case_file.uuid],
    }
