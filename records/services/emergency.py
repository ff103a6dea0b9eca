"""Break-glass (Notzugriff, requirements S3): sight for a day, inside the own office, with a reason.

Who may: somebody who works in the file's lead unit, or, for confidential files, in the unit directly
above or below it; inside the file's circle, never somebody excluded. The sight is an ordinary
release of the file, so that every list, search and explanation knows it.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.audit.choices import Outcome
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records import policies
from records.choices import Confidentiality
from records.grants import GrantKind
from records.models import (
    CaseFile,
    CaseFileExclusion,
    CaseFileUserGrant,
    EmergencyAccess,
    FormerNumber,
)
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.services.rights import NewGrant, write_grants
from records.services.scoping import recompute
from records.typed_text import clean_line

CAUSE = "Notzugriff"
"""Cause of the release; the reason itself is only for data protection and the unit's head."""
SHORTEST_REASON = 10


def open_in_emergency(aktenzeichen: str, reason: str, user: User) -> EmergencyAccess | None:
    """Let the person see the file for ``EMERGENCY_ACCESS_HOURS``; both attempts are in the audit.

    None when there is no such file or the person may not: the two are never told apart. Raises
    InvalidInput without a reason.
    """
    said = clean_line(reason)
    if len(said) < SHORTEST_REASON:
        raise InvalidInput("Bitte begründen Sie den Notzugriff in einem Satz.", field="reason")
    actor = Actor(begin("records.emergency.open", Acting(actor_id=user.pk)), user=user)
    with transaction.atomic():
        found = _find(aktenzeichen)
        case_file = lock_case_files([found])[found] if found else None
        if case_file is None or not may_open(user, case_file):
            _record_refusal(actor)
            return None
        return _open(case_file, said, user, actor)


def may_open(user: User, case_file: CaseFile) -> bool:
    """Whether the person may break the glass of this file; False for what is visible anyway."""
    if policies.can_view(user, case_file):
        return False
    if CaseFileExclusion.objects.filter(case_file=case_file, user=user).exists():
        return False
    return any(_reaches(unit, case_file) for unit in _units_of(user))


def end_emergency_access(access: EmergencyAccess, actor: Actor) -> None:
    """End it early. Raises Forbidden for anybody but a head of the file's unit."""
    if actor.user is None or not policies.can_end_emergency_access(actor.user, access.case_file):
        raise Forbidden("Beenden kann diesen Notzugriff nur die Leitung der Einheit.")
    with transaction.atomic():
        _end([access], actor)


def end_elapsed(limit: int = 500) -> int:
    """End every access whose hours are over; returns how many. Called by beat each minute."""
    with transaction.atomic():
        rows = EmergencyAccess.objects.select_for_update(of=("self",), skip_locked=True)
        over = rows.filter(ended_at__isnull=True, valid_until__lte=clock.now())
        found = list(over.select_related("case_file").order_by("id")[:limit])
        if found:
            _end(found, Actor(begin("records.emergency.end", Acting(system="Uhr"))))
    return len(found)


def review_emergency_access(access: EmergencyAccess, actor: Actor) -> None:
    """Data protection has looked at it; a second look changes nothing. Raises Forbidden."""
    if actor.user is None or not policies.can_review_emergency_access(actor.user):
        raise Forbidden("Notzugriffe prüft der Datenschutz.")
    with transaction.atomic():
        open_one = EmergencyAccess.objects.filter(pk=access.pk, reviewed_at__isnull=True)
        if open_one.update(reviewed_at=clock.now(), reviewed_by=actor.user):
            record_changes("records.emergency.reviewed", [access.case_file], actor)


def _find(aktenzeichen: str) -> int | None:
    wanted = aktenzeichen.replace("\0", "").strip()[:120]
    former = FormerNumber.objects.filter(number=wanted).values("case_file_id")
    rows = CaseFile.objects.filter(Q(aktenzeichen=wanted) | Q(pk__in=former))
    return rows.values_list("pk", flat=True).first()


def _units_of(user: User) -> list[OrgUnit]:
    """Units in which the person works today; nothing borrowed, nothing led from above."""
    working = Membership.objects.current(clock.today()).filter(
        user=user, user__is_active=True, unit_role__role__in=policies.EMERGENCY_ROLES
    )
    return [m.unit_role.unit for m in working.select_related("unit_role__unit")]


def _reaches(unit: OrgUnit, case_file: CaseFile) -> bool:
    lead = case_file.lead_unit
    if case_file.circle and case_file.circle not in unit.circles:
        return False
    if unit.pk == lead.pk:
        return True
    near = unit.pk == lead.parent_id or unit.parent_id == lead.pk
    return near and case_file.confidentiality == Confidentiality.CONFIDENTIAL


def _open(case_file: CaseFile, reason: str, user: User, actor: Actor) -> EmergencyAccess:
    now = clock.now()
    until = now + timedelta(hours=settings.EMERGENCY_ACCESS_HOURS)
    # The release names a day: should the clock of beat stand still, that day ends it.
    wish = NewGrant(case_file.pk, CAUSE, user_id=user.pk, valid_until=clock.local_day(until))
    write_grants([wish], GrantKind.FILE_GROUP, GrantKind.FILE_USER, actor)
    recompute([case_file.pk])
    access = EmergencyAccess.objects.create(
        case_file=case_file, user=user, reason=reason[:500], granted_at=now, valid_until=until
    )
    facts = {case_file.pk: {"access": str(access.uuid), "until": until.isoformat()}}
    record_changes("records.emergency.opened", [case_file], actor, digests=facts)
    return access


def _record_refusal(actor: Actor) -> None:
    """Without the file: the protocol of one person must not tell either whether it exists."""
    record(
        [
            AuditRecord(
                action="records.emergency.refused",
                actor_id=actor.user_id,
                operation_id=actor.operation.pk,
                outcome=Outcome.REFUSED,
            )
        ]
    )


def _end(accesses: Sequence[EmergencyAccess], actor: Actor) -> None:
    lock_case_files([one.case_file_id for one in accesses])
    for one in accesses:
        # A release somebody has given meanwhile bears another cause and stays.
        CaseFileUserGrant.objects.filter(
            content_object=one.case_file_id, user=one.user_id, cause=CAUSE
        ).delete()
        EmergencyAccess.objects.filter(pk=one.pk, ended_at__isnull=True).update(
            ended_at=clock.now()
        )
    recompute({one.case_file_id for one in accesses})
    record_changes("records.emergency.ended", [one.case_file for one in accesses], actor)
