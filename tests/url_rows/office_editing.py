"""Handing documents to Word and matters to the computer: who works in the file, nobody else."""

from records.models import Document
from tests.records.views import filing
from tests.stories import Story
from tests.url_rows import INSIDERS

GET = {"document-office": INSIDERS, "matter-folder": INSIDERS}
POST_ONLY: set[str] = set()
ODT = "application/vnd.oasis.opendocument.text"


def arguments(story: Story) -> dict[str, list[object]]:
    document = filing.file_data(story.matter, "Entwurf", ("entwurf.txt", b"Ein Entwurf."))
    Document.objects.filter(pk=document.pk).update(mime_type=ODT)
    return {"document-office": [document.uuid], "matter-folder": [story.matter.uuid]}
