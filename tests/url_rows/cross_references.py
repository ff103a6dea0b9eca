"""Querverweise: whoever sees the thing."""

from records.choices import ReferenceKind
from records.services.cross_references import NewReference, add_references
from tests.access import world as w
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {
    "case-file-references": INSIDERS,
    "matter-references": INSIDERS,
    "document-references": INSIDERS,
}
POST_ONLY = {"cross-reference-remove", "cross-reference-restore"}


def arguments(story: Story) -> dict[str, list[object]]:
    wanted = NewReference(story.case_file, story.document, ReferenceKind.SEE_ALSO)
    [one] = add_references([wanted], w.machine())
    return {
        "case-file-references": [story.case_file.uuid],
        "matter-references": [story.matter.uuid],
        "document-references": [story.document.uuid],
        "cross-reference-remove": [one.uuid],
        "cross-reference-restore": [one.uuid],
    }
