"""Retention dates of closed files: written at closing, recomputed when a rule or event changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.choices import DispositionType
from records.models import CaseFile, FilePlanEntry, Matter
from records.retention import EVENTS, RetentionRule, retention_term
from records.selectors.plan_effects import FOLLOWING_STATES
from records.selectors.retention_rules import rule_of_file, rules_of
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.services.history_values import values_before

RULE_FIELDS = (
    "retention_years", "retention_permanent", "transfer_years", "retention_start",
    "retention_rule",
)  # fmt: skip
DATE_FIELDS = ("retention_from", "transfer_end", "retention_end")
FIELDS = (*RULE_FIELDS, *DATE_FIELDS)


def may_close(actor: Actor, case_file: CaseFile) -> bool:
    """Whether the acting person or specialist system may put the file z. d. A."""
    if actor.system is not None:
        return policies.connector_may_file(actor.system, case_file.entry)
    return actor.user is None or policies.can_close(actor.user, case_file)


def apply_rule(case_file: CaseFile, rule: RetentionRule) -> None:
    """Set rule and dates of a file in memory; an open file has a rule but no dates."""
    case_file.retention_years = rule.years
    case_file.retention_permanent = rule.permanent
    case_file.transfer_years = rule.transfer_years
    case_file.retention_start = rule.start
    case_file.retention_rule = rule.source
    apply_dates(case_file)


def apply_dates(case_file: CaseFile) -> None:
    """Compute the dates of a file in memory from its rule, its closing and its event."""
    if case_file.closed_on is None:
        case_file.retention_from = case_file.transfer_end = case_file.retention_end = None
        return
    term = retention_term(
        rule_of_file(case_file), case_file.closed_on, case_file.retention_event_on
    )
    case_file.retention_from = term.begins
    case_file.transfer_end, case_file.retention_end = term.transfer_end, term.retention_end


def apply_dates_of_matter(matter: Matter, rule: RetentionRule, event_on: date | None) -> None:
    """Compute the dates of a matter in memory by its file's rule."""
    if matter.closed_on is None:
        matter.transfer_end = matter.retention_end = None
        return
    term = retention_term(rule, matter.closed_on, event_on)
    matter.transfer_end, matter.retention_end = term.transfer_end, term.retention_end


def set_retention_events(
    wanted: Mapping[int, date | None],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[CaseFile]:
    """Enter the day of the event (Rechtskraft, Leistungsende, letzte Zahlung) by file id.

    Possible on closed files too, because the event often comes later. Raises Forbidden, LostUpdate,
    IllegalState when the rule needs no event or the file is offered to the archive already.
    """
    with transaction.atomic():
        files = lock_case_files(list(wanted))
        rules = rules_of([f.entry_id for f in files.values()])
        for pk, case_file in files.items():
            _require_event(case_file, rules[case_file.entry_id], actor)
            writing.require_version(case_file, (versions or {}).get(pk))
            case_file.retention_event_on = wanted[pk]
            apply_dates(case_file)
        writing.update(list(files.values()), ["retention_event_on", *DATE_FIELDS], actor)
        recompute_matters(files, actor)
        record_changes(
            "records.case_file.changed", list(files.values()), actor, fields=["retention_event_on"]
        )
    return [files[pk] for pk in wanted]


def _require_event(case_file: CaseFile, rule: RetentionRule, actor: Actor) -> None:
    if not may_close(actor, case_file):
        raise Forbidden(
            _("Die Fristen dieser Akte dürfen Sie nicht ändern."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    start = rule.start if policies.is_open(case_file) else case_file.retention_start
    if start not in EVENTS:
        raise IllegalState(
            _("Die Frist von %(number)s hängt an keinem Ereignis.")
            % {"number": case_file.aktenzeichen}
        )
    if case_file.status not in FOLLOWING_STATES:
        raise IllegalState(
            _("Die Akte %(number)s ist %(state)s; ihre Frist steht fest.")
            % {"number": case_file.aktenzeichen, "state": case_file.get_status_display()}
        )


def recompute_retention(
    case_file_ids: Sequence[int], actor: Actor, *, taking_back: int = 0
) -> list[CaseFile]:
    """Bring rule, dates and disposition of files up to date with the plan; returns the changed.

    Only files in work, closed or in retention follow; a disposition that was decided (A or V) is
    never overwritten (requirements A5). ``taking_back``: the operation whose change of the plan is
    undone; a disposition it brought to a file is no decision and follows again.
    """
    with transaction.atomic():
        locked = lock_case_files(case_file_ids)
        files = {pk: f for pk, f in locked.items() if f.status in FOLLOWING_STATES}
        rules = rules_of([f.entry_id for f in files.values()])
        kinds = dispositions_of([f.entry_id for f in files.values()])
        before = {pk: _values(f) for pk, f in files.items()}
        _reopen_dispositions(files, taking_back)
        for case_file in files.values():
            apply_rule(case_file, rules[case_file.entry_id])
            if case_file.disposition == DispositionType.APPRAISE:
                case_file.disposition = kinds[case_file.entry_id]
        changed = [f for pk, f in files.items() if _values(f) != before[pk]]
        writing.update(changed, [*FIELDS, "disposition"], actor)
        recompute_matters({f.pk: f for f in changed}, actor)
        record_changes("records.case_file.retention_recomputed", changed, actor)
    return changed


def _reopen_dispositions(files: Mapping[int, CaseFile], operation_id: int) -> None:
    """Files to which the operation brought a disposition, and that still have it, are open again."""
    if not operation_id:
        return
    before = values_before(CaseFile, list(files), operation_id)
    rows = CaseFile.history.filter(id__in=list(before), operation_id=operation_id)
    brought = dict(rows.order_by("history_id").values_list("id", "disposition"))
    for pk, one in before.items():
        was_open = one.row.disposition == DispositionType.APPRAISE
        if was_open and files[pk].disposition == brought[pk]:
            files[pk].disposition = DispositionType.APPRAISE


def dispositions_of(entry_ids: Sequence[int]) -> dict[int, str]:
    """The inherited disposition of each entry by id."""
    entries = FilePlanEntry.objects.in_bulk(set(entry_ids))
    above = FilePlanEntry.objects.in_bulk({a for e in entries.values() for a in e.ancestors})
    return {
        pk: next(
            (d for a in reversed(e.ancestors) if (d := above[a].disposition)),
            DispositionType.APPRAISE,
        )
        for pk, e in entries.items()
    }


def _values(case_file: CaseFile) -> tuple[Any, ...]:
    return tuple(getattr(case_file, name) for name in (*FIELDS, "disposition"))


def recompute_matters(files: Mapping[int, CaseFile], actor: Actor) -> None:
    """The closed matters of these locked files follow the file's rule."""
    rows = Matter.objects.select_for_update(of=("self",)).filter(case_file__in=files)
    matters = list(rows.exclude(closed_on=None).order_by("id"))
    before = {m.pk: (m.transfer_end, m.retention_end) for m in matters}
    for matter in matters:
        case_file = files[matter.case_file_id]
        apply_dates_of_matter(matter, rule_of_file(case_file), case_file.retention_event_on)
    changed = [m for m in matters if (m.transfer_end, m.retention_end) != before[m.pk]]
    writing.update(changed, ["transfer_end", "retention_end"], actor)
