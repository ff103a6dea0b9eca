"""Closing, retention dates and holds."""

from datetime import timedelta

from goettingen_ecm.operations import clock
from records.choices import HoldKind
from records.services.actor import person
from records.services.holds import NewHold, place_holds
from tests import personas
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "case-file-closing": INSIDERS,
    "matter-closing": INSIDERS,
    "case-file-holds": INSIDERS,
    "hold": INSIDERS,
}
POST_ONLY = {
    "case-file-close",
    "case-file-reopen",
    "case-file-retention-event",
    "matter-close",
    "matter-reopen",
    "hold-lift",
    "hold-review",
}


def arguments(story: Story) -> dict[str, list[object]]:
    """The hold belongs to the clerk; the head may lift it by office."""
    clerk = personas.person(personas.CLERK_SOCIAL)
    day = clock.today() + timedelta(days=30)
    wanted = NewHold(story.case_file, HoldKind.LITIGATION, "Klage", clerk, day)
    [hold] = place_holds([wanted], person(clerk, "test"))
    objects: dict[str, object] = {
        "case-file": story.case_file.uuid,
        "matter": story.matter.uuid,
        "hold": hold.uuid,
    }
    names = GET.keys() | POST_ONLY
    return {name: [one] for name in names for kind, one in objects.items() if name.startswith(kind)}
