"""Moving people to another unit is the Fachadministration's."""

from tests.stories import Story

ADMINISTRATION_ONLY = (403, 403, 403, 403, 200, 403, 403)
GET = {"staff-moves": ADMINISTRATION_ONLY, "staff-move-new": ADMINISTRATION_ONLY}
POST_ONLY = {"staff-move-withdraw"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "staff-move-new": [story.case_file.lead_unit.uuid],
        "staff-move-withdraw": [story.case_file.uuid],
    }
