"""Merging and splitting units is the Fachadministration's."""

from tests.stories import Story

ADMINISTRATION_ONLY = (403, 403, 403, 403, 200, 403, 403)
GET = {"unit-changes": ADMINISTRATION_ONLY, "unit-change-new": ADMINISTRATION_ONLY}
POST_ONLY = {"unit-change-withdraw", "unit-change-again"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "unit-change-new": [story.case_file.lead_unit.uuid],
        "unit-change-withdraw": [story.case_file.uuid],
        "unit-change-again": [story.case_file.uuid],
    }
