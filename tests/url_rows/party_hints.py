"""The hint while a name is typed; without htmx it leads to the page of the parties."""

from tests.stories import Story

GET = {"case-file-parties-known": (302, 404, 302, 404, 404, 404, 404)}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {"case-file-parties-known": [story.case_file.uuid]}
