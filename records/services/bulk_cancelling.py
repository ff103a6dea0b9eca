"""Storno of many files or matters: who will be cancelled, who not and why, and the way back.

``part`` says which: ``closing_checks.CASE_FILE`` or ``MATTER``. The reasons name no titles, because
results are kept.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from records import policies
from records.choices import MatterStatus
from records.closing_checks import CASE_FILE
from records.models import CaseFile, Document, Matter
from records.selectors.cancelling import CANCELLED
from records.services import cancel_checks
from records.services.actor import Actor
from records.services.bulk_documents import CHANGED_SINCE
from records.services.cancelling_parents import (
    cancel_case_files,
    cancel_matters,
    refusal_of_file,
    require_reason,
)
from records.services.documents import filing_refusal, lock_case_files
from records.services.history_values import values_before
from records.services.lifting_cancellations import restore_case_files, restore_matters

Parent = CaseFile | Matter
HIDDEN_PARTS = "Dazu gehören Teile, die Sie nicht bearbeiten dürfen."


def plan(part: str, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """What would become of each one if it were cancelled now; writes nothing (dry run)."""
    found = _found(part, ids)
    waiting = cancel_checks.obstacles(part, ids)
    hidden = _with_hidden_parts(part, ids, actor)
    results = {}
    for pk in ids:
        one = found.get(pk)
        if one is not None and _seen(one, actor) and one.status == CANCELLED:
            results[pk] = UNCHANGED
            continue
        # What is counted there is nobody's business who does not see all of it.
        reason = _reason(one, actor) or (HIDDEN_PARTS if pk in hidden else "")
        reason = reason or "; ".join(str(line) for line in waiting[pk])
        results[pk] = refused(reason) if reason else CHANGED
    return results


def _found(part: str, ids: Sequence[int]) -> Mapping[int, Parent]:
    if part == CASE_FILE:
        files = CaseFile.objects.filter(pk__in=ids).select_related("entry")
        return {one.pk: one for one in files}
    rows = Matter.objects.filter(pk__in=ids).select_related("case_file__entry", "parent")
    return {one.pk: one for one in rows}


def _seen(one: Parent, actor: Actor) -> bool:
    if actor.user is None:
        return False
    scopes = rights_of(actor.user).scope_ids
    above = one.case_file.scope_id if isinstance(one, Matter) else one.scope_id
    return one.scope_id in scopes and above in scopes


def _reason(one: Parent | None, actor: Actor) -> str:
    if one is None or not _seen(one, actor):
        return _("Das Objekt ist nicht (mehr) sichtbar.")
    if isinstance(one, CaseFile):
        refusal = refusal_of_file(one, actor)
        return refusal.reason if refusal else ""
    if (refusal := filing_refusal(one.case_file, actor)) is not None:
        return refusal.reason
    if one.status != MatterStatus.ACTIVE:
        return _("Der Vorgang ist %(state)s.") % {"state": one.get_status_display()}
    return ""


def _with_hidden_parts(part: str, ids: Sequence[int], actor: Actor) -> set[int]:
    """Those with a matter or document below that the actor does not see."""
    seen = list(rights_of(actor.user).scope_ids) if actor.user is not None else []
    column = "case_file_id" if part == CASE_FILE else "parent_id"
    matters = cancel_checks.matters_below(part, ids)
    above = dict(matters.values_list("pk", column))
    found = set(matters.exclude(scope__any_of=seen).order_by().values_list(column, flat=True))
    places = list(ids) if part == CASE_FILE else [*ids, *above]
    documents = cancel_checks.documents_below(part, places).exclude(scope__any_of=seen)
    for pk in documents.order_by().values_list(f"{part}_id", flat=True).distinct():
        found.add(pk if part == CASE_FILE else above.get(pk, pk))
    return found


def cancel_each(part: str, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Cancel all that may be; the others answer why not. Raises InvalidInput without a reason."""
    require_reason(actor)
    with transaction.atomic():
        lock_case_files(_files_of(part, ids))
        results = plan(part, ids, actor)
        wanted = [pk for pk, result in results.items() if result == CHANGED]
        if wanted and part == CASE_FILE:
            cancel_case_files(wanted, actor)
        elif wanted:
            cancel_matters(wanted, actor)
    return results


def _files_of(part: str, ids: Sequence[int]) -> list[int]:
    """So that what the plan says still holds when it is written."""
    if part == CASE_FILE:
        return list(ids)
    return list(Matter.objects.filter(pk__in=ids).values_list("case_file_id", flat=True))


def take_back(part: str, ids: Sequence[int], operation_id: int, actor: Actor) -> dict[int, Result]:
    """Lift what the operation has cancelled, where nobody changed it since."""
    model = CaseFile if part == CASE_FILE else Matter
    with transaction.atomic():
        lock_case_files(_files_of(part, ids))
        before = values_before(model, ids, operation_id)
        found = _found(part, ids)
        hidden = _cancelled_out_of_sight(part, ids, actor)
        results = {}
        for pk in ids:
            reason = _reason_to_stay(found.get(pk), ids, actor)
            known = before.get(pk)
            if not reason and pk in hidden:
                reason = HIDDEN_PARTS
            if not reason and (known is None or known.left_version != found[pk].row_version):
                reason = CHANGED_SINCE
            results[pk] = refused(reason) if reason else CHANGED
        wanted = [pk for pk, one in results.items() if one.outcome == JobItemOutcome.CHANGED]
        if wanted and part == CASE_FILE:
            restore_case_files(wanted, actor)
        elif wanted:
            restore_matters(wanted, actor)
    return results


def _reason_to_stay(one: Parent | None, ids: Sequence[int], actor: Actor) -> str:
    if one is None or not _seen(one, actor):
        return _("Das Objekt ist nicht (mehr) sichtbar.")
    if isinstance(one, CaseFile):
        if actor.user is None or not policies.can_close(actor.user, one):
            return _("Das Storno dürfen Sie nicht aufheben.")
        return ""
    if (refusal := filing_refusal(one.case_file, actor)) is not None:
        return refusal.reason
    above = one.parent
    if above is not None and above.pk not in ids and above.status != MatterStatus.ACTIVE:
        return _("Der übergeordnete Vorgang ist %(state)s.") % {"state": above.get_status_display()}
    return ""


def _cancelled_out_of_sight(part: str, ids: Sequence[int], actor: Actor) -> set[int]:
    """Those with something cancelled in them that was taken out of the actor's sight since."""
    seen = list(rights_of(actor.user).scope_ids) if actor.user is not None else []
    rows = Document.objects.filter(**{f"{part}__in": ids}, status=CANCELLED)
    hidden = rows.exclude(scope__any_of=seen).order_by()
    return set(hidden.values_list(f"{part}_id", flat=True).distinct())
