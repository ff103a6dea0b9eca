"""Querverweise in the Verlauf of both files they join, for whoever sees both ends."""

from typing import Any

from django.db.models import Case, Value, When

from goettingen_ecm.access.principals import Person
from records.models import CaseFile, CrossReference
from records.selectors.cross_references import end_of, seen_references

ENDS_IN_FILE = tuple(
    f"{side}_{end}"
    for side in ("source", "target")
    for end in ("file", "matter__case_file", "document__case_file")
)


def reference_history(user: Person, case_file: CaseFile) -> Any:
    """History rows of references from or to the file and what lies in it, removed ones too.

    ``title`` names both ends as they are now. What leads to something the person does not see
    leaves no trace, as on the page of the file.
    """
    rows: Any = CrossReference.history
    titles = {one.pk: _text(one) for one in seen_references(user, _ids(case_file))}
    if not titles:
        return rows.none()
    named = Case(*(When(id=pk, then=Value(text)) for pk, text in titles.items()))
    return rows.filter(id__in=list(titles)).annotate(title=named)


def _ids(case_file: CaseFile) -> Any:
    """One select for each end: each uses its own index, all in one would read every reference."""
    first, *others = (
        CrossReference.objects.filter(**{end: case_file.pk}).values("pk") for end in ENDS_IN_FILE
    )
    return first.union(*others)


def _text(reference: CrossReference) -> str:
    source, target = end_of(reference, "source"), end_of(reference, "target")
    return f"{source} – {reference.get_kind_display()} – {target}"
