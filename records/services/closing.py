"""z. d. A. and lifting it (requirements R1, R3): files and matters, one or a thousand.

What is closed is read-only for every role and every interface; each writing service refuses.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import CaseFileStatus, MatterStatus
from records.closing_checks import CASE_FILE, MATTER
from records.models import CaseFile, Matter
from records.retention import RetentionRule
from records.selectors.retention_rules import checklist, rules_of
from records.services import retention, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files, require_open
from records.services.scoping import lock_matters

Versions = Mapping[int, int] | None
MATTER_FIELDS = ("status", "closed_on", "transfer_end", "retention_end")
FILE_FIELDS = ("status", "closed_on", "last_activity_at", *retention.FIELDS)


def close_matters(
    matter_ids: Sequence[int], actor: Actor, *, versions: Versions = None
) -> list[Matter]:
    """Put matters z. d. A. today; their dates follow the file's rule.

    Raises Forbidden, LostUpdate, IllegalState (file or matter closed already, or the checklist is
    not done: open sub-matters, drafts, documents in work, follow-ups).
    """
    with transaction.atomic():
        files, matters = _locked(matter_ids)
        _require_right(files, actor)
        _require_sight(matters, actor)
        for matter in matters.values():
            _require_open_file(files[matter.case_file_id])
            _require_open_matter(matter)
            writing.require_version(matter, (versions or {}).get(matter.pk))
        _close(files, list(matters.values()), actor)
        _require_done(MATTER, list(matters))
    return [matters[pk] for pk in matter_ids]


def close_case_files(
    case_file_ids: Sequence[int],
    actor: Actor,
    *,
    versions: Versions = None,
    with_open_matters: bool = False,
) -> list[CaseFile]:
    """Put files z. d. A. today and compute when their retention ends.

    Open matters are closed along only ``with_open_matters``. Raises Forbidden (role, or a matter
    the actor does not see), LostUpdate, IllegalState (closed already: the day stays; checklist).
    """
    with transaction.atomic():
        files = lock_case_files(case_file_ids)
        _require_right(files, actor)
        for pk, case_file in files.items():
            _require_open_file(case_file)
            writing.require_version(case_file, (versions or {}).get(pk))
        if with_open_matters:
            _close(files, _open_matters(files, actor), actor)
        _require_done(CASE_FILE, list(files))
        rules = rules_of([f.entry_id for f in files.values()])
        for case_file in files.values():
            _close_file(case_file, rules[case_file.entry_id])
        writing.update(list(files.values()), FILE_FIELDS, actor)
        record_changes("records.case_file.closed", list(files.values()), actor)
    return [files[pk] for pk in case_file_ids]


def reopen_matters(
    matter_ids: Sequence[int], actor: Actor, *, versions: Versions = None
) -> list[Matter]:
    """Lift z. d. A. of matters while their file is open; the operation carries the reason.

    Raises InvalidInput without a reason, Forbidden, LostUpdate, IllegalState (not closed, or the
    file is).
    """
    _require_reason(actor)
    with transaction.atomic():
        files, matters = _locked(matter_ids)
        _require_lifting(files, actor)
        _require_sight(matters, actor)
        for matter in matters.values():
            _require_open_file(files[matter.case_file_id])
            _require_closed(matter.status, matter.title)
            writing.require_version(matter, (versions or {}).get(matter.pk))
            matter.status, matter.closed_on = CaseFileStatus.ACTIVE, None
            matter.transfer_end = matter.retention_end = None
        writing.update(list(matters.values()), MATTER_FIELDS, actor)
        record_changes("records.matter.reopened", list(matters.values()), actor)
    return [matters[pk] for pk in matter_ids]


def reopen_case_files(
    case_file_ids: Sequence[int], actor: Actor, *, versions: Versions = None
) -> list[CaseFile]:
    """Lift z. d. A. of files and clear their end dates; their matters stay closed (R3).

    The operation carries the reason. Raises InvalidInput without one, Forbidden, LostUpdate,
    IllegalState (not closed, or the transfer period is over).
    """
    _require_reason(actor)
    with transaction.atomic():
        files = lock_case_files(case_file_ids)
        _require_lifting(files, actor)
        for pk, case_file in files.items():
            _require_closed(case_file.status, case_file.aktenzeichen)
            _require_transfer_running(case_file)
            writing.require_version(case_file, (versions or {}).get(pk))
            case_file.status, case_file.closed_on = CaseFileStatus.ACTIVE, None
            case_file.last_activity_at = clock.now()
            retention.apply_dates(case_file)
        writing.update(list(files.values()), FILE_FIELDS, actor)
        record_changes("records.case_file.reopened", list(files.values()), actor)
    return [files[pk] for pk in case_file_ids]


def _locked(matter_ids: Sequence[int]) -> tuple[dict[int, CaseFile], dict[int, Matter]]:
    rows = Matter.objects.filter(pk__in=matter_ids).values_list("case_file_id", flat=True)
    return lock_case_files(list(rows)), lock_matters(matter_ids)


def _open_matters(files: Mapping[int, CaseFile], actor: Actor) -> list[Matter]:
    rows = Matter.objects.filter(case_file__in=files, status=CaseFileStatus.ACTIVE)
    matters = lock_matters(list(rows.values_list("pk", flat=True)))
    _require_sight(matters, actor)
    return list(matters.values())


def _close(files: Mapping[int, CaseFile], matters: Sequence[Matter], actor: Actor) -> None:
    rules = rules_of({files[m.case_file_id].entry_id for m in matters})
    for matter in matters:
        case_file = files[matter.case_file_id]
        matter.status, matter.closed_on = CaseFileStatus.CLOSED, clock.today()
        retention.apply_dates_of_matter(
            matter, rules[case_file.entry_id], case_file.retention_event_on
        )
    writing.update(matters, MATTER_FIELDS, actor)
    record_changes("records.matter.closed", matters, actor)


def _close_file(case_file: CaseFile, rule: RetentionRule) -> None:
    case_file.status, case_file.closed_on = CaseFileStatus.CLOSED, clock.today()
    case_file.last_activity_at = clock.now()
    retention.apply_rule(case_file, rule)


def _require_right(files: Mapping[int, CaseFile], actor: Actor) -> None:
    for case_file in files.values():
        if not retention.may_close(actor, case_file):
            raise Forbidden(
                _("Für %(number)s dürfen Sie kein z. d. A. verfügen.")
                % {"number": case_file.aktenzeichen},
                next_step=_("Bitten Sie die Sachbearbeitung oder die Registratur der Einheit."),
            )


def _require_lifting(files: Mapping[int, CaseFile], actor: Actor) -> None:
    for case_file in files.values():
        if actor.user is None or not policies.can_reopen(actor.user, case_file):
            raise Forbidden(
                _("Den Abschluss von %(number)s dürfen Sie nicht aufheben.")
                % {"number": case_file.aktenzeichen},
                next_step=_("Bitten Sie die Leitung oder die Registratur der Einheit."),
            )


def _require_sight(matters: Mapping[int, Matter], actor: Actor) -> None:
    """A matter may be narrower than its file."""
    if actor.user is None:
        return
    seen = set(rights_of(actor.user).scope_ids)
    if any(matter.scope_id not in seen for matter in matters.values()):
        raise Forbidden(
            _("Zur Akte gehören Vorgänge, die Sie nicht bearbeiten dürfen."),
            next_step=_("Bitten Sie die Leitung oder die Registratur der Einheit."),
        )


def _require_reason(actor: Actor) -> None:
    if not actor.operation.reason.strip():
        raise InvalidInput(_("Bitte nennen Sie den Grund."), field="reason")


def _require_open_file(case_file: CaseFile) -> None:
    if case_file.status == CaseFileStatus.CANCELLED:
        require_open(case_file)
    if not policies.is_open(case_file):
        raise IllegalState(
            _("Die Akte %(number)s ist %(state)s seit %(day)s.")
            % {
                "number": case_file.aktenzeichen,
                "state": case_file.get_status_display(),
                "day": german.short_date(case_file.closed_on) or _("früher"),
            },
            next_step=_("Die Leitung oder die Registratur kann den Abschluss aufheben."),
        )


def _require_open_matter(matter: Matter) -> None:
    if matter.status != CaseFileStatus.ACTIVE:
        raise IllegalState(
            _("Der Vorgang „%(title)s“ ist schon %(state)s.")
            % {"title": matter.title, "state": matter.get_status_display()}
        )


def _require_closed(status: str, name: str) -> None:
    if status != CaseFileStatus.CLOSED:
        raise IllegalState(
            _("„%(name)s“ ist %(state)s; es gibt keinen Abschluss aufzuheben.")
            % {"name": name, "state": MatterStatus(status).label}
        )


def _require_transfer_running(case_file: CaseFile) -> None:
    if case_file.transfer_end is not None and case_file.transfer_end < clock.today():
        raise IllegalState(
            _("Die Transferfrist von %(number)s ist am %(day)s abgelaufen.")
            % {
                "number": case_file.aktenzeichen,
                "day": german.short_date(case_file.transfer_end),
            },
            next_step=_("Legen Sie eine neue Akte an und verweisen Sie auf diese."),
        )


def _require_done(part: str, ids: Sequence[int]) -> None:
    """The checklist, asked under the lock. Raises IllegalState naming everything still open."""
    for items in checklist(part, ids).values():
        waiting = [item for item in items if not item.done]
        if waiting:
            left = "; ".join(f"{item.label}: {item.count}" for item in waiting)
            raise IllegalState(
                _("Noch nicht erledigt: %(left)s.") % {"left": left},
                next_step=" ".join(str(item.advice) for item in waiting),
            )
