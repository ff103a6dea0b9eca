"""Akteneinsicht: requests of a file, a new one, its PDF."""

from goettingen_ecm.operations import clock
from records.services.actor import person
from records.services.inspections import NewInspection, make_pdfs, request_inspection
from tests import personas
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "case-file-inspections": INSIDERS,
    "inspection-new": INSIDERS,
    "inspections-open": (200, 200, 200, 200, 403, 403, 403),
    "inspection": INSIDERS,
    "inspection-pdf": INSIDERS,
}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    """The clerk has made the PDF of its own file."""
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    wanted = NewInspection(
        case_file=story.case_file,
        requester="Hannelore Ahlers",
        ground="§ 25 SGB X",
        requested_on=clock.today(),
        documents=[story.document],
        withheld={},
    )
    inspection, job = request_inspection(wanted, clerk)
    make_pdfs(job, [inspection.pk])
    return {
        "case-file-inspections": [story.case_file.uuid],
        "inspection-new": [story.case_file.uuid],
        "inspections-open": [],
        "inspection": [inspection.uuid],
        "inspection-pdf": [inspection.uuid],
    }
