"""Editing the file plan: Fachadministration and Registratur; the plan itself is no secret."""

from datetime import timedelta

from goettingen_ecm.operations import clock
from records.models import FilePlanEntry
from records.services.plan_versions import NewVersion, draft_version
from tests.access import world as w
from tests.stories import Story
from tests.url_rows import EVERYBODY, OPERATORS

GET = {
    "file-plan-new-top": OPERATORS,
    "file-plan-new": OPERATORS,
    "file-plan-edit": OPERATORS,
    "file-plan-lock": OPERATORS,
    "file-plan-retire": OPERATORS,
    "file-plan-history": OPERATORS,
    "file-plan-move": OPERATORS,
    "file-plan-versions": EVERYBODY,
    "file-plan-version": EVERYBODY,
    # Without saying which two versions there is nothing to compare.
    "file-plan-compare": (404, 404, 404, 404, 404, 404, 404),
    "file-plan-export": OPERATORS,
    "file-plan-import": OPERATORS,
    "file-plan-draft": OPERATORS,
    "file-plan-discard": OPERATORS,
}
POST_ONLY = {"file-plan-undo", "file-plan-import-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    entry = FilePlanEntry.objects.get(code="50")
    day = clock.today() + timedelta(days=30)
    draft = draft_version(entry.plan, NewVersion("AP-E", "Entwurf", day), w.machine())
    return {
        "file-plan-versions": [],
        "file-plan-version": [entry.plan_id],
        "file-plan-compare": [],
        "file-plan-export": [entry.plan_id, "utf-8"],
        "file-plan-import": [entry.plan_id],
        "file-plan-import-undo": [entry.plan_id, 1],
        "file-plan-draft": [],
        "file-plan-discard": [draft.pk],
        "file-plan-new-top": [],
        "file-plan-new": [entry.pk],
        "file-plan-edit": [entry.pk],
        "file-plan-lock": [entry.pk],
        "file-plan-retire": [entry.pk],
        "file-plan-history": [entry.pk],
        "file-plan-move": [draft.entries.get(code="50").pk],
        "file-plan-undo": [entry.pk, 1],
    }
