"""Opening, changing and reassigning files; matters, registers, volumes."""

from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    # whoever may open files of some unit
    "case-file-new": (200, 200, 200, 200, 403, 403, 403),
    "case-file-by-number": (302, 404, 302, 404, 404, 404, 404),
    "case-file-edit": INSIDERS,
    "case-file-reassign": INSIDERS,
    "case-file-cover-sheet": INSIDERS,
    "matter-new": INSIDERS,
    "matter-edit": INSIDERS,
    "matter-move": INSIDERS,
    "matter-register": INSIDERS,
    # a Fallakte has no volumes
    "volume-new": (409, 404, 409, 404, 404, 404, 404),
}
POST_ONLY = {
    "case-file-undo",
    "case-file-opening-undo",
    "document-move-undo",
    "matter-opening-undo",
    "matter-undo",
    "matter-register-undo",
}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "case-file-new": [],
        "case-file-by-number": [story.case_file.aktenzeichen],
        "case-file-edit": [story.case_file.uuid],
        "case-file-reassign": [story.case_file.uuid],
        "case-file-undo": [story.case_file.uuid, 1],
        "case-file-opening-undo": [story.case_file.uuid, 1],
        "matter-opening-undo": [story.matter.uuid, 1],
        "matter-undo": [story.matter.uuid, 1],
        "matter-register-undo": [story.matter.uuid, 1],
        "case-file-cover-sheet": [story.case_file.uuid],
        "matter-new": [story.case_file.uuid],
        "matter-edit": [story.matter.uuid],
        "matter-move": [story.matter.uuid],
        "matter-register": [story.matter.uuid],
        "volume-new": [story.case_file.uuid],
        "document-move-undo": [story.case_file.uuid, 1],
    }
