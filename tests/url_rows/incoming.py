"""The inbox: whoever works in a unit's basket; an Eingang only in its own."""

from django.core.files.uploadedfile import SimpleUploadedFile

from records.services.intake import receive_uploads
from tests import personas
from tests.access import world
from tests.records.views.filing import pdf
from tests.stories import Story
from tests.url_rows import INSIDERS

# Administration, archive and data protection keep no basket.
GET = {
    "inbox": (200, 200, 200, 200, 403, 403, 403),
    "incoming-item": INSIDERS,
    "incoming-original": INSIDERS,
    "incoming-page": INSIDERS,
}
POST_ONLY = {"inbox-upload", "incoming-file", "incoming-act", "incoming-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    clerk = personas.person(personas.CLERK_SOCIAL)
    file = SimpleUploadedFile("Antrag.pdf", pdf("Ein Antrag auf Wohngeld."))
    [received] = receive_uploads(clerk, world.unit("50.1"), [file])
    uuid = received.item.uuid
    return {
        "incoming-item": [uuid],
        "incoming-original": [uuid, 0],
        "incoming-page": [uuid, 0, 1],
        "incoming-file": [uuid],
        "incoming-act": [uuid, "erledigen"],
        "incoming-undo": [uuid, 1],
    }
