"""Signatures of a document: whoever sees the document."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"document-signatures": INSIDERS}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {"document-signatures": [story.document.uuid]}
