"""Mailboxes are looked after by those who look after deliveries."""

from integrations.models import Mailbox
from tests.stories import Story
from tests.url_rows import OPERATORS

GET = {"mailboxes": OPERATORS, "mailbox": OPERATORS}
POST_ONLY = {"mailbox-fetch"}


def arguments(story: Story) -> dict[str, list[object]]:
    box = Mailbox.objects.create(code="post", name="Post", host="mail.example", user_name="post")
    return {"mailbox": [box.uuid], "mailbox-fetch": [box.uuid]}
