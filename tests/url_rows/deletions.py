"""Deletions: insiders propose; the list is for whoever works with files and data protection."""

from tests.stories import Story

GET = {
    # The rows of holds keep the story's file from being deleted.
    "document-delete": (409, 404, 409, 404, 404, 404, 404),
    "deletions": (200, 200, 200, 200, 403, 403, 200),
    # Nothing is proposed in the story.
    "deletion": (404,) * 7,
}
POST_ONLY = {"deletion-withdraw"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-delete": [story.document.uuid],
        "deletion": [story.case_file.uuid],
        "deletion-withdraw": [story.case_file.uuid],
    }
