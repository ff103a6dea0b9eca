"""People and roles from a list, written for a set of its lines.

No password is ever in a list: a new person cannot log in until the Fachadministration has set a
start password in the reference data.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access import policies
from goettingen_ecm.access.staff_comparison import Compared, LineState, StaffPlan, plan_lines
from goettingen_ecm.access.staff_file import Problem, StaffFile, StaffLine, read_staff
from goettingen_ecm.accounts.audit_sentences import (
    MEMBERSHIP_CHANGED,
    PERSON_CHANGED,
    PERSON_CREATED,
)
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, StaffImport, User
from goettingen_ecm.accounts.services import ensure_roles
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState

CAUSE = "Personenliste"
PERSON_FIELDS = ("first_name", "last_name", "display_name", "email", "sort_key")
# A list holds names of staff: it goes when nobody asks for its results any more.
STAFF_IMPORT_KEPT = timedelta(days=30)
NEW = Result(JobItemOutcome.CHANGED, "neu")
RESULTS = {LineState.NEW: NEW, LineState.CHANGED: CHANGED, LineState.UNCHANGED: UNCHANGED}


def keep_upload(name: str, data: bytes, *, actor: User) -> StaffImport:
    """Keep an uploaded list until it is applied, and its results for STAFF_IMPORT_KEPT.

    Raises Forbidden, InvalidInput (the file as a whole cannot be read).
    """
    require_allowed(actor)
    read_staff(data)
    return StaffImport.objects.create(
        file_name=name[-200:], content=data, created_by=actor, created_at=clock.now()
    )


def remove_old_uploads() -> int:
    """Remove lists past their time; returns how many."""
    old = StaffImport.objects.filter(created_at__lt=clock.now() - STAFF_IMPORT_KEPT)
    return old.delete()[0]


def require_allowed(actor: User) -> None:
    """Raises Forbidden for everybody but the Fachadministration."""
    if not policies.may_change_staff(actor):
        raise Forbidden(
            _("Personen und Rollen liest die Fachadministration ein."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )


def compare(read: StaffFile, actor: User | None) -> list[Compared]:
    """Every line of the file with what would become of it; writes nothing."""
    states = dict(plan_lines(read.lines, actor).states)
    for one in read.problems:
        login = read.logins.get(one.line, "")
        states[one.line] = Compared(one.line, login, LineState.REFUSED, problem=one)
    return [states[line] for line in sorted(states)]


def apply_lines(
    read: StaffFile, numbers: Collection[int], *, actor: User | None, operation: Operation
) -> dict[int, Result]:
    """Write the lines with these numbers; each answers, a wrong one holds up no other.

    Without ``actor`` it is the command line. Raises Forbidden.
    """
    if actor is not None:
        require_allowed(actor)
    with transaction.atomic():
        lines = [line for line in read.lines if line.line in numbers]
        plan = plan_lines(lines, actor, lock=True)
        _write(plan, operation)
    problems = {one.line: one for one in read.problems if one.line in numbers}
    results = {number: refused(told(one)) for number, one in problems.items()}
    return results | {number: _result(one) for number, one in plan.states.items()}


def mark_applied(one: StaffImport, job_uuid: UUID) -> None:
    """Note the job. Raises IllegalState when the list is applied already."""
    rows = StaffImport.objects.filter(pk=one.pk, applied_at__isnull=True)
    if not rows.update(applied_at=clock.now(), job_uuid=job_uuid):
        raise IllegalState(
            _("Diese Liste ist schon übernommen."),
            next_step=_("Laden Sie sie neu hoch, um zu sehen, was noch abweicht."),
        )


def told(problem: Problem) -> str:
    """Field and reason of a line that was not taken."""
    return f"{problem.field_name}: {problem.reason}"


def _result(one: Compared) -> Result:
    if one.problem is not None:
        return refused(told(one.problem))
    return RESULTS[one.state]


def _write(plan: StaffPlan, operation: Operation) -> None:
    User.objects.bulk_create(plan.new_people)
    changed = plan.changed_people.values()
    User.objects.bulk_update([person for person, _fields in changed], PERSON_FIELDS)
    new = Membership.objects.bulk_create(_memberships(plan.new_roles))
    Membership.objects.bulk_update(plan.changed_roles, ["valid_from", "valid_until"])
    record(
        [
            *(_entry(operation, PERSON_CREATED, one) for one in plan.new_people),
            *(_entry(operation, PERSON_CHANGED, one, fields) for one, fields in changed),
            *(_role_entry(operation, one) for one in [*new, *plan.changed_roles]),
        ]
    )


def _memberships(wanted: Sequence[tuple[User, OrgUnit, StaffLine]]) -> Iterable[Membership]:
    """With the principals of their units, which are made at first use."""
    roles: dict[OrgUnit, set[Role]] = defaultdict(set)
    for _person, unit, line in wanted:
        roles[unit].add(line.role)
    found = {}
    for unit, names in roles.items():
        for one in ensure_roles(unit, sorted(names)):
            found[unit.pk, one.role] = one
    for person, unit, line in wanted:
        yield Membership(
            user=person,
            unit_role=found[unit.pk, line.role],
            valid_from=line.valid_from,
            valid_until=line.valid_until,
            cause=CAUSE,
        )


def _entry(
    operation: Operation,
    action: str,
    person: User,
    fields: Iterable[str] = (),
    digests: Mapping[str, Any] | None = None,
) -> AuditRecord:
    return AuditRecord.of(
        operation,
        action,
        object_type=User._meta.label_lower,
        object_id=person.pk,
        object_uuid=person.uuid,
        fields=sorted(fields),
        digests=dict(digests or {}),
    )


def _role_entry(operation: Operation, one: Membership) -> AuditRecord:
    """Who got which role from when until when, by ids."""
    facts: dict[str, Any] = {"unit_role_id": one.unit_role_id}
    for name, day in (("valid_from", one.valid_from), ("valid_until", one.valid_until)):
        if day is not None:
            facts[name] = day.isoformat()
    return _entry(operation, MEMBERSHIP_CHANGED, one.user, digests=facts)
