"""Who sees a file in somebody's place: substitutions in the answer to "Wer darf das sehen?"."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from goettingen_ecm.access.substitutions import StandIn, in_force
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.models import CaseFile


def reasons_by_deputy(
    case_file: CaseFile,
    groups: Mapping[int, str],
    led: Callable[[], Iterable[tuple[int, int]]],
    excluded: Collection[int],
) -> dict[int, list[str]]:
    """Why deputies see the file today, by person.

    ``groups`` are those that do, with their names; ``led`` gives pairs (led group, leading
    group) and is asked only where somebody is represented; nobody sees in the place of an excluded person.
    """
    found: dict[int, list[str]] = defaultdict(list)
    stand_ins = in_force(clock.today())
    leading: dict[int, set[int]] = defaultdict(set)
    for below, above in led() if stand_ins else ():
        leading[above].add(below)
    for one in stand_ins:
        if _counts(one, case_file, excluded):
            for group in sorted(_groups(one, leading) & set(groups)):
                found[one.substitution.deputy_id].append(_because(one, groups[group]))
    return found


def _counts(one: StandIn, case_file: CaseFile, excluded: Collection[int]) -> bool:
    row = one.substitution
    confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
    opened = row.includes_confidential or not confidential
    return opened and row.represented_id not in excluded and row.deputy.is_active


def _groups(one: StandIn, leading: Mapping[int, set[int]]) -> set[int]:
    own = {role.group_id for role in one.roles}
    return own.union(*(leading[group] for group in own if group in leading))


def _because(one: StandIn, label: str) -> str:
    return _("In Vertretung für {name} (bis {day}): {role}").format(
        name=one.substitution.represented,
        day=date_format(one.substitution.valid_until, "SHORT_DATE_FORMAT"),
        role=label,
    )
