"""The yearly review of rights is the heads'."""

from tests.stories import Story

GET = {
    "rights-reviews": (403, 403, 200, 403, 403, 403, 403),
    "rights-review": (403, 403, 200, 403, 403, 403, 403),
}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {"rights-review": [story.case_file.lead_unit.uuid]}
