"""The volumes of a file, for the heads of all of them."""

from django.db.models import Q

from goettingen_ecm.access.principals import Person
from records.models import CaseFile, Volume
from records.policies import can_view
from records.selectors.case_files import lacks


def volumes_of(user: Person, case_file: CaseFile) -> list[tuple[int, CaseFile]]:
    """(number, file) of the volumes the person sees, in order; empty when there is only one."""
    if lacks(case_file, "has_volumes"):
        return []
    rows = Volume.objects.filter(
        Q(first=case_file) | Q(case_file=case_file) | Q(first__further_volumes__case_file=case_file)
    )
    found: dict[int, CaseFile] = {}
    for volume in rows.select_related("case_file", "first").distinct():
        found[1] = volume.first
        found[volume.number] = volume.case_file
    return [(number, found[number]) for number in sorted(found) if can_view(user, found[number])]
