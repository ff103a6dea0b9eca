"""From a specialist system's key to visible case files."""

from goettingen_ecm.access.principals import Person
from records.models import CaseFile, ExternalKey
from records.selectors.case_files import list_rows

MOST = 50


def find(user: Person, *, system: str, key: str) -> list[CaseFile]:
    """Visible files that carry this key of this system, in order of their number (at most 50)."""
    # No key holds a NUL; PostgreSQL would not even compare it.
    if not system or not key or "\0" in system + key:
        return []
    keys = ExternalKey.objects.filter(system__code=system, value=key)
    rows = CaseFile.objects.visible_to(user).filter(pk__in=keys.values("case_file_id"))
    return list(list_rows(rows).order_by("aktenzeichen")[:MOST])
