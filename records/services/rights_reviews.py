"""The yearly review of a unit's releases: what is not needed ends, the rest is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.grants import Grant
from records.models import CaseFile, RightsReview
from records.selectors.access_explanation import PersonAccess
from records.services import rights
from records.services.actor import Actor, person
from records.services.auditing import record_changes
from records.services.rights_changes import people_seeing


@dataclass(frozen=True, slots=True)
class Loss:
    """Who no longer sees a file once its releases have ended; names in order."""

    case_file: CaseFile
    names: tuple[str, ...]


def preview_review(unit: OrgUnit, ended: Sequence[Grant], user: User) -> list[Loss]:
    """Who would lose sight; nothing of it stays. Raises as ``review_releases``."""
    with transaction.atomic():
        losses = _end(unit, ended, person(user, "records.rights.preview"))
        transaction.set_rollback(True)
    return losses


def review_releases(
    unit: OrgUnit, ended: Sequence[Grant], actor: Actor, *, kept: int
) -> RightsReview:
    """End releases of the unit's files and note that the other ``kept`` ones were confirmed.

    Raises Forbidden (not Leitung of the unit, a file of another unit), IllegalState when the
    reviewer or everybody would lose sight of a file.
    """
    with transaction.atomic():
        _end(unit, ended, actor)
        if actor.user is None:
            raise Forbidden("Eine Rechteprüfung hält nur eine Person fest.")
        review = RightsReview.objects.create(
            unit=unit,
            reviewed_at=clock.now(),
            reviewed_by=actor.user,
            kept=kept,
            withdrawn=len(ended),
        )
        record_changes("records.rights.reviewed", [unit], actor)
    return review


def _end(unit: OrgUnit, ended: Sequence[Grant], actor: Actor) -> list[Loss]:
    if actor.user is None or not policies.can_review_rights(actor.user, unit.pk):
        raise Forbidden(
            "Die Freigaben dieser Einheit prüft ihre Leitung.",
            next_step="Wenden Sie sich an die Leitung der Einheit.",
        )
    ids = sorted({grant.object_id for grant in ended})
    if CaseFile.objects.filter(pk__in=ids).exclude(lead_unit=unit).exists():
        raise Forbidden("Eine der Akten führt inzwischen eine andere Einheit.")
    before = {pk: people_seeing(pk) for pk in ids}
    rights.revoke_case_file_access(ended, actor)
    return [_loss(pk, before[pk], actor) for pk in ids]


def _loss(pk: int, before: Mapping[int, PersonAccess], actor: Actor) -> Loss:
    case_file = CaseFile.objects.get(pk=pk)
    after = people_seeing(pk)
    if not after and before:
        raise IllegalState(
            f"Danach sähe niemand mehr die Akte {case_file.aktenzeichen}.",
            next_step="Lassen Sie dort eine Freigabe bestehen.",
        )
    if actor.user_id in before and actor.user_id not in after:
        raise IllegalState(
            f"Sie selbst sähen die Akte {case_file.aktenzeichen} danach nicht mehr.",
            next_step="Bitten Sie eine übergeordnete Leitung, diese Freigabe zu beenden.",
        )
    return Loss(case_file, tuple(p.name for key, p in before.items() if key not in after))
