"""From an aktenzeichen, the present or a former one, to the file (requirements A9)."""

from django.db.models import Q
from django.http import Http404

from goettingen_ecm.access.principals import Person
from records.models import CaseFile, FormerNumber


def case_file_by_number(user: Person, number: str) -> CaseFile:
    """The visible file of this number. Raises Http404 for unknown and invisible alike."""
    # No number holds a NUL; PostgreSQL would not even compare it.
    wanted = number.replace("\0", "").strip()[:120]
    former = FormerNumber.objects.filter(number=wanted).values("case_file_id")
    rows = CaseFile.objects.visible_to(user).filter(Q(aktenzeichen=wanted) | Q(pk__in=former))
    found: CaseFile | None = rows.only("uuid", "aktenzeichen").first()
    if found is None:
        raise Http404
    return found
