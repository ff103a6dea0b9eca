"""Mails out of a file: whoever works in it; the matrix's other rows leave its story open."""

from django.utils import timezone

from records.models import SentMail
from tests import personas
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"document-mail": INSIDERS, "sent-mail": INSIDERS}
POST_ONLY = {"sent-mail-again"}


def arguments(story: Story) -> dict[str, list[object]]:
    mail = SentMail.objects.create(
        document=story.document,
        message_id="1@example.org",
        sender="eakte@musterstadt.example",
        recipients=["erika@example.org"],
        pending=[],
        due_at=timezone.now(),
        created_at=timezone.now(),
        created_by=personas.person(personas.CLERK_SOCIAL),
    )
    return {
        "document-mail": [story.document.uuid],
        "sent-mail": [mail.uuid],
        "sent-mail-again": [mail.uuid],
    }
