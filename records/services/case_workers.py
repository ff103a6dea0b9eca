"""Who can be the case worker (Sachbearbeitung) of a unit's files."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import Membership, OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import CaseFile
from records.policies import FILING_ROLES


def working_pairs(user_ids: Collection[int]) -> set[tuple[int, int]]:
    """(user id, unit id) of everybody who works in a unit today."""
    rows = Membership.objects.current(clock.today()).filter(
        user_id__in=user_ids, user__is_active=True, unit_role__role__in=FILING_ROLES
    )
    return set(rows.values_list("user_id", "unit_role__unit_id"))


def require_living_unit(unit: OrgUnit) -> None:
    """Raises IllegalState for a unit that was closed, naming its successor: nobody works there."""
    if unit.valid_until is None or unit.valid_until >= clock.today():
        return
    advice = _("Wählen Sie eine andere Einheit.")
    if unit.successor is not None:
        advice = _("Nehmen Sie die Nachfolgerin %(unit)s.") % {"unit": unit.successor}
    raise IllegalState(_("%(unit)s besteht nicht mehr.") % {"unit": unit.name}, next_step=advice)


def require_working(files: Sequence[CaseFile]) -> None:
    """Raises InvalidInput when a file's case worker does not work in its lead unit."""
    workers = {f.case_worker_id for f in files if f.case_worker_id is not None}
    if not workers:
        return
    known = working_pairs(workers)
    for case_file in files:
        worker = case_file.case_worker_id
        if worker is not None and (worker, case_file.lead_unit_id) not in known:
            raise InvalidInput(
                f"{case_file.case_worker} arbeitet nicht in {case_file.lead_unit.name}.",
                field="case_worker",
            )
