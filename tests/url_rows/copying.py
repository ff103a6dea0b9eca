"""Copies of documents: whoever sees the document and files somewhere."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"document-copy": INSIDERS}
POST_ONLY = {"document-copy-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-copy": [story.document.uuid],
        "document-copy-undo": [story.document.uuid, 1],
    }
