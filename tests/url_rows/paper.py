"""The paper part of a file and what is lent."""

from records.choices import Medium
from records.services.actor import person
from records.services.paper_loans import PaperPart, request_papers, set_paper_parts
from tests import personas
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "case-file-paper": INSIDERS,
    "paper-loans": (200, 200, 200, 200, 403, 403, 403),
    "paper-loans-export": (200, 200, 200, 200, 403, 403, 403),
}
POST_ONLY = {"paper-request", "paper-hand-out", "paper-return", "paper-withdraw"}


def arguments(story: Story) -> dict[str, list[object]]:
    """The clerk asks for the paper of its own file."""
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    set_paper_parts({story.case_file.pk: PaperPart(Medium.HYBRID, "Regal 12")}, clerk)
    [loan] = request_papers({story.case_file.pk: "Akteneinsicht"}, clerk)
    return {
        "case-file-paper": [story.case_file.uuid],
        "paper-request": [story.case_file.uuid],
        "paper-hand-out": [loan.uuid],
        "paper-return": [loan.uuid],
        "paper-withdraw": [loan.uuid],
        "paper-loans": [],
        "paper-loans-export": ["csv"],
    }
