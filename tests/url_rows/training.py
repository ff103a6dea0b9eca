"""Exercises are for everybody; resetting is the Fachadministration's, on a training instance."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {"exercises": EVERYBODY}
POST_ONLY = {"training-reset"}


def arguments(_story: Story) -> dict[str, list[object]]:
    return {}
