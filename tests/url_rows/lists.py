"""Saved views and columns are posted; the lists themselves have rows of their own."""

from tests.stories import Story

GET: dict[str, tuple[int, ...]] = {}
POST_ONLY = {"list-columns", "list-view-save", "list-view-delete"}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "list-columns": ["akten"],
        "list-view-save": ["akten"],
        "list-view-delete": ["akten", 1],
    }
