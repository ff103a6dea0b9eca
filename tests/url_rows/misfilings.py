"""Fehlablagen: insiders mark them; data protection and Fachadministration read the list."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "document-misfiled": INSIDERS,
    "misfilings": (403, 403, 403, 403, 200, 403, 200),
}
POST_ONLY = {"misfiling-undo", "misfiling-put-back"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-misfiled": [story.document.uuid],
        "misfiling-undo": [story.case_file.uuid],
        "misfiling-put-back": [story.case_file.uuid],
    }
