"""Moving documents into another file: who works in the file, nobody else."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "document-move": INSIDERS,
    # without a selection back to the list
    "documents-move": (302, 404, 302, 404, 404, 404, 404),
}
POST_ONLY = {"document-move-back"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-move": [story.document.uuid],
        "documents-move": [story.case_file.uuid],
        "document-move-back": [story.document.uuid, 1],
    }
