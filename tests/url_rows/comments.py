"""Comments: whoever sees the document; only the author changes one."""

from records.choices import CommentAudience
from records.services.actor import person
from records.services.comments import NewComment, add_comments
from tests import personas
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "comment-new": INSIDERS,
    "comment-reply": INSIDERS,
    "comment-edit": (200, 404, 403, 404, 404, 404, 404),
}
POST_ONLY = {"comment-withdraw", "comment-restore", "comment-undo", "comment-resolve"}


def arguments(story: Story) -> dict[str, list[object]]:
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    wanted = NewComment(story.document, "Frist prüfen", CommentAudience.TEAM)
    [comment] = add_comments([wanted], clerk)
    names = ["comment-reply", "comment-edit", *sorted(POST_ONLY - {"comment-resolve"})]
    return {
        "comment-new": [story.document.uuid],
        **{name: [comment.uuid] for name in names},
        "comment-resolve": [comment.uuid, "erledigt"],
    }
