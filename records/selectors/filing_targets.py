"""Files a person may file into, found by number, address or words: where documents can be moved."""

from django.db.models import QuerySet

from goettingen_ecm.access.principals import Person
from records.choices import CaseFileStatus
from records.models import CaseFile, Matter
from records.selectors.case_files import MATTERS_SHOWN, all_matters_of
from records.selectors.cross_references import Thing, may_refer, thing_named, things_like

OFFERED = 10


def place_named(user: Person, text: str) -> tuple[CaseFile, Matter | None] | None:
    """The visible file (and matter) a number, id or pasted link means; of a document its file.

    A former number leads to the file. None for unknown and invisible alike.
    """
    found = thing_named(user, text)
    if found is None:
        return None
    return _file_of(found), found if isinstance(found, Matter) else None


def files_like(user: Person, text: str, *, without: CaseFile | None = None) -> list[CaseFile]:
    """At most ten visible files in work for words, only those the person may file into."""
    found = {one.pk: one for one in map(_file_of, things_like(user, text))}
    if without is not None:
        found.pop(without.pk, None)
    return [one for one in found.values() if may_refer(user, one)][:OFFERED]


def matters_to_file_in(user: Person, case_file: CaseFile) -> QuerySet[Matter]:
    """The visible matters in work of a file, in the order they were opened."""
    return all_matters_of(user, case_file).filter(status=CaseFileStatus.ACTIVE)[:MATTERS_SHOWN]


def _file_of(thing: Thing) -> CaseFile:
    return thing if isinstance(thing, CaseFile) else thing.case_file
