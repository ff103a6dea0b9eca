"""The roll-out: Fachadministration, and heads for what they lead."""

from tests.stories import Story

LEADING = (403, 403, 200, 403, 200, 403, 403)
GET = {"roll-out": LEADING, "roll-out-unit": LEADING}
POST_ONLY = {"roll-out-training-remove"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {"roll-out-unit": [story.case_file.lead_unit.uuid], "roll-out-training-remove": [1]}
