"""Opening, changing and reassigning files."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    # whoever may open files of some unit
    "case-file-new": (200, 200, 200, 200, 403, 403, 403),
    "case-file-by-number": (302, 404, 302, 404, 404, 404, 404),
    "case-file-edit": INSIDERS,
    "case-file-reassign": INSIDERS,
}
POST_ONLY = {"case-file-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "case-file-new": [],
        "case-file-by-number": [story.case_file.aktenzeichen],
        "case-file-edit": [story.case_file.uuid],
        "case-file-reassign": [story.case_file.uuid],
        "case-file-undo": [story.case_file.uuid, 1],
    }
