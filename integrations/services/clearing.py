"""Clearing cases: try again, assign by hand, dismiss with a reason. Set-based."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem
from integrations.tasks import call_worker
from records import policies
from records.models import CaseFile, FilePlanEntry
from records.services.actor import Actor
from records.services.auditing import record_changes


def can_retry(case: ClearingCase) -> bool:
    """A surplus file has no entry that could be carried out."""
    return case.state == ClearingState.OPEN and case.reason != ClearingReason.FILE_SURPLUS


def retry_cases(cases: Sequence[ClearingCase], actor: Actor) -> None:
    """Send the entries through the pipeline again, from the first stage on.

    Raises Forbidden, IllegalState for closed cases and surplus files.
    """
    _again(cases, {}, "integrations.clearing.retried", actor)


def assign_unit(cases: Sequence[ClearingCase], unit: OrgUnit, actor: Actor) -> None:
    """Name the lead unit of the files to be opened, then retry. Raises as ``retry_cases``."""
    _again(cases, {"unit": unit.pk}, "integrations.clearing.assigned", actor)


def assign_entry(cases: Sequence[ClearingCase], entry: FilePlanEntry, actor: Actor) -> None:
    """Name the plan entry of the files to be opened, then retry. Raises as ``retry_cases``."""
    _again(cases, {"entry": entry.pk}, "integrations.clearing.assigned", actor)


def assign_case_file(cases: Sequence[ClearingCase], case_file: CaseFile, actor: Actor) -> None:
    """File the entries into this file; its foreign key is known from then on.

    Raises as ``retry_cases``, and Forbidden when the person may not see the file.
    """
    if actor.user is not None and not policies.can_view(actor.user, case_file):
        raise Forbidden(_("Diese Akte dürfen Sie nicht sehen."))
    _again(cases, {"case_file": case_file.pk}, "integrations.clearing.assigned", actor)


def _again(
    cases: Sequence[ClearingCase], assigned: Mapping[str, int], action: str, actor: Actor
) -> None:
    with transaction.atomic():
        locked = _locked(cases, actor)
        for case in locked:
            if not can_retry(case):
                raise IllegalState(
                    _("Eine Datei ohne Eintrag im Index lässt sich nicht verarbeiten."),
                    next_step=_("Bitten Sie das Fachverfahren um eine neue Lieferung."),
                )
        for case in locked:
            case.item.assigned = {**case.item.assigned, **assigned}
            _reset(case.item)
            case.closed_by_id = actor.user_id
        ClearingCase.objects.bulk_update(locked, ["closed_by_id"])
        DeliveryItem.objects.bulk_update(
            [case.item for case in locked],
            ["assigned", "stage", "outcome", "notice", "crashes", "updated_at"],
        )
        _reopen({case.item.delivery_id for case in locked})
        record_changes(action, locked, actor)
        transaction.on_commit(call_worker)


def _reset(item: DeliveryItem) -> None:
    """A document that was filed, but whose file could not be opened, is only read again."""
    item.stage = Stage.FILED if item.raw is None and item.document_id else Stage.RECEIVED
    item.outcome = Outcome.OPEN
    item.notice = ""
    item.crashes = 0
    item.updated_at = clock.now()


def _reopen(delivery_ids: set[int]) -> None:
    Delivery.objects.filter(pk__in=delivery_ids, state=DeliveryState.DONE).update(
        state=DeliveryState.PROCESSING, finished_at=None
    )


def dismiss_cases(cases: Sequence[ClearingCase], reason: str, actor: Actor) -> None:
    """Close the cases without filing; entries and files stay stored, the receipt names the reason.

    Raises Forbidden, IllegalState for closed cases, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput(_("Bitte geben Sie einen Grund an."), field="reason")
    with transaction.atomic():
        locked = _locked(cases, actor)
        for case in locked:
            case.state = ClearingState.DISMISSED
            case.resolution = reason.strip()[:300]
            case.closed_at = clock.now()
            case.closed_by_id = actor.user_id
        ClearingCase.objects.bulk_update(
            locked, ["state", "resolution", "closed_at", "closed_by_id"]
        )
        record_changes("integrations.clearing.dismissed", locked, actor)
        _reopen({case.item.delivery_id for case in locked})
        transaction.on_commit(call_worker)


def _locked(cases: Sequence[ClearingCase], actor: Actor) -> list[ClearingCase]:
    """The cases locked in key order. Raises Forbidden, IllegalState when one is closed."""
    if actor.user is None or not policies.can_operate_deliveries(actor.user):
        raise Forbidden(
            _("Klärungsfälle bearbeitet die Fachadministration."),
            next_step=_("Fragen Sie dort nach, wenn Ihnen ein Dokument fehlt."),
        )
    rows = ClearingCase.objects.select_for_update(of=("self", "item")).select_related(
        "item__delivery"
    )
    locked = list(rows.filter(pk__in=[case.pk for case in cases]).order_by("pk"))
    for case in locked:
        if case.state != ClearingState.OPEN or case.item.outcome != Outcome.CLEARING:
            raise IllegalState(_("Dieser Klärungsfall ist schon erledigt oder in Arbeit."))
    return locked
