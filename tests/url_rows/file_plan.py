"""Editing the file plan: Fachadministration and Registratur; the plan itself is no secret."""

from records.models import FilePlanEntry
from tests.stories import Story
from tests.url_rows import OPERATORS

GET = {
    "file-plan-new-top": OPERATORS,
    "file-plan-new": OPERATORS,
    "file-plan-edit": OPERATORS,
    "file-plan-lock": OPERATORS,
    "file-plan-retire": OPERATORS,
    "file-plan-history": OPERATORS,
}
POST_ONLY = {"file-plan-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    entry = FilePlanEntry.objects.get(code="50")
    return {
        "file-plan-new-top": [],
        "file-plan-new": [entry.pk],
        "file-plan-edit": [entry.pk],
        "file-plan-lock": [entry.pk],
        "file-plan-retire": [entry.pk],
        "file-plan-history": [entry.pk],
        "file-plan-undo": [entry.pk, 1],
    }
