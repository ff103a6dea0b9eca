"""Rights of a file: seeing them needs sight, changing them Leitung or Registratur of the unit."""

from tests.stories import Story

GET = {
    "case-file-access-change": (403, 404, 200, 404, 404, 404, 404),
    "case-file-access-end": (403, 404, 409, 404, 404, 404, 404),
}
POST_ONLY = {"case-file-access-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "case-file-access-change": [story.case_file.uuid, "schuetzen"],
        # a release that is gone
        "case-file-access-end": [story.case_file.uuid, "person", 4711],
        "case-file-access-undo": [story.case_file.uuid, story.document.uuid],
    }
