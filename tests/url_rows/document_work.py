"""Changing documents, versions, check-outs: who works in the file, nobody else."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "document-edit": INSIDERS,
    "document-version-new": INSIDERS,
    "document-check-out": INSIDERS,
    "document-compare": INSIDERS,
}
POST_ONLY = {"document-edit-undo", "document-version-restore"}


def arguments(story: Story) -> dict[str, list[object]]:
    uuid = story.document.uuid
    return {
        "document-edit": [uuid],
        "document-edit-undo": [uuid, 1],
        "document-version-new": [uuid],
        "document-version-restore": [uuid, 1],
        "document-check-out": [uuid],
        "document-compare": [uuid],
    }
