"""Fehlablagen: insiders mark them; data protection and Fachadministration read the list."""

from records.choices import MisfilingReason
from records.models import Misfiling
from records.services.actor import person
from records.services.misfiling import Finding, mark_misfiled
from tests import personas, stories
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "document-misfiled": INSIDERS,
    "misfiling-move": (403, 403, 403, 403, 403, 403, 200),
    "misfilings": (403, 403, 403, 403, 200, 403, 200),
}
POST_ONLY = {"misfiling-undo", "misfiling-put-back", "misfiling-move-undo"}


def waiting() -> Misfiling:
    """A Fehlablage in a file of its own, so that the other rows see what they always saw."""
    other = stories.social_file("4799")
    actor = person(personas.person(personas.CLERK_SOCIAL), "test")
    [made] = mark_misfiled([other.document.pk], Finding(MisfilingReason.WRONG_FILE), actor)
    return made


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "document-misfiled": [story.document.uuid],
        "misfiling-move": [waiting().uuid],
        "misfiling-move-undo": [story.case_file.uuid],
        "misfiling-undo": [story.case_file.uuid],
        "misfiling-put-back": [story.case_file.uuid],
    }
