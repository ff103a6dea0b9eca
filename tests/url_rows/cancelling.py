"""Storno of documents: who works in the file, nobody else."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "document-cancel": INSIDERS,
    # without a selection back to the list
    "documents-cancel": (302, 404, 302, 404, 404, 404, 404),
}
POST_ONLY = {"document-restore"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-cancel": [story.document.uuid],
        "document-restore": [story.document.uuid],
        "documents-cancel": [story.case_file.uuid],
    }
