"""Favourites and watching: whoever sees the file, for oneself."""

from tests.stories import Story

GET: dict[str, tuple[int, ...]] = {}
POST_ONLY = {"case-file-mark"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {"case-file-mark": [story.case_file.uuid, "favorit", "an"]}
