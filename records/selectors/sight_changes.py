"""Who gains and who loses sight of a file by a change that is not made yet (requirements S2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from goettingen_ecm.accounts.models import User
from records.models import CaseFile
from records.selectors.access_explanation import PersonAccess, explain

EVERYBODY = 100_000
NAMES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SightChange:
    """Names in order, as many as asked for (50); the totals count everybody."""

    gains: Sequence[PersonAccess]
    loses: Sequence[PersonAccess]
    gains_total: int
    loses_total: int
    stays_total: int
    oneself_loses: bool


def sight_change(
    before: CaseFile, after: CaseFile, user: User, *, names_shown: int = NAMES_SHOWN
) -> SightChange:
    """Compare the policy's answer for both states; ``after`` need not be saved."""
    old, new = (explain(one, limit=EVERYBODY).people for one in (before, after))
    old_ids, new_ids = ({p.user_id for p in people} for people in (old, new))
    gains = [p for p in new if p.user_id not in old_ids]
    loses = [p for p in old if p.user_id not in new_ids]
    return SightChange(
        gains=gains[:names_shown],
        loses=loses[:names_shown],
        gains_total=len(gains),
        loses_total=len(loses),
        stays_total=len(old_ids & new_ids),
        oneself_loses=user.pk in old_ids - new_ids,
    )
