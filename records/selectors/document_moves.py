"""What left a file for another one, as far as the person may know of it."""

from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from goettingen_ecm.access.principals import Person
from records.models import CaseFile, DocumentMove, Matter
from records.selectors.case_files import documents_shown


def move_history(user: Person, case_file: CaseFile) -> Any:
    """The history rows of documents that left this file, out of matters the person sees.

    ``title`` is empty unless the document is visible where it is now, ``target_number`` unless its
    new file is.
    """
    matters = Matter.objects.visible_to(user).filter(case_file=case_file)
    titles = documents_shown(user).filter(pk=OuterRef("document_id")).values("title")[:1]
    files = CaseFile.objects.visible_to(user).filter(pk=OuterRef("target_file_id"))
    rows: Any = DocumentMove.history
    return rows.filter(
        source_file_id=case_file.pk, source_matter_id__in=matters.values("pk")
    ).annotate(
        title=Coalesce(Subquery(titles), Value("")),
        target_number=Coalesce(Subquery(files.values("aktenzeichen")[:1]), Value("")),
    )
