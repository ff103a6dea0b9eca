"""What happens to an Eingang in its basket: hand on, give back, assign, close, take back (E2).

Nothing leaves a basket without a step that stays beside it and an entry in the audit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import IncomingState, IncomingStepKind
from records.models import IncomingItem, IncomingStep
from records.selectors.incoming import works_in_basket
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.cancelling import cancel_documents
from records.services.intake import remember_steps

REASON_CHARS = 300
MOVES = (IncomingStepKind.FORWARDED, IncomingStepKind.RETURNED)


def lock_items(
    item_ids: Sequence[int], actor: Actor, versions: Mapping[int, int] | None = None
) -> list[IncomingItem]:
    """Open items of the actor's baskets, locked in key order.

    Raises Forbidden (another basket), LostUpdate, IllegalState (filed or closed already).
    """
    rows = IncomingItem.objects.select_for_update(of=("self",)).select_related("unit")
    items = list(rows.filter(pk__in=item_ids).order_by("pk"))
    for item in items:
        if actor.user is not None and not works_in_basket(actor.user, item.unit):
            raise Forbidden(_("Dieser Eingang liegt nicht in Ihrem Korb."))
        if item.state != IncomingState.OPEN:
            raise IllegalState(
                _("„%(subject)s“ ist schon %(state)s.")
                % {"subject": item.subject, "state": item.get_state_display()},
                next_step=_("Sehen Sie beim Eingang nach, wer das getan hat."),
            )
        writing.require_version(item, (versions or {}).get(item.pk))
    return items


def forward_items(
    item_ids: Sequence[int],
    unit: OrgUnit | None,
    actor: Actor,
    *,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[IncomingItem]:
    """Lay items into another basket (None: the Poststelle's); nobody is assigned there.

    Raises what ``lock_items`` raises, IllegalState when one lies there already, InvalidInput.
    """
    said = _checked(reason)
    with transaction.atomic():
        items = lock_items(item_ids, actor, versions)
        target_id = unit.pk if unit else None
        if any(item.unit_id == target_id for item in items):
            raise IllegalState(
                _("Der Eingang liegt schon in diesem Korb."),
                next_step=_("Wählen Sie eine andere Einheit."),
            )
        left = _move(items, dict.fromkeys((i.pk for i in items), target_id), actor)
        _tell(items, IncomingStepKind.FORWARDED, actor, said, left)
    return items


def give_back(
    item_ids: Sequence[int],
    actor: Actor,
    *,
    reason: str,
    versions: Mapping[int, int] | None = None,
) -> list[IncomingItem]:
    """Return items to the basket they came from, or to the Poststelle; the reason is required.

    Raises what ``lock_items`` raises, InvalidInput without a reason, IllegalState for what came
    to the central basket directly.
    """
    said = _required(reason)
    with transaction.atomic():
        items = lock_items(item_ids, actor, versions)
        origins = origins_of(items)
        if any(origins[item.pk] == item.unit_id for item in items):
            raise IllegalState(
                _(
                    "Der Eingang kam bei der Poststelle an; es gibt niemanden, der ihn gebracht hat."
                ),
                next_step=_("Leiten Sie ihn weiter oder erledigen Sie ihn ohne Ablage."),
            )
        left = _move(items, origins, actor)
        _tell(items, IncomingStepKind.RETURNED, actor, said, left)
    return items


def origins_of(items: Sequence[IncomingItem]) -> dict[int, int | None]:
    """The basket each item was last laid over from (None: the Poststelle's), by item id."""
    rows = IncomingStep.objects.filter(item__in=items, kind__in=MOVES).order_by("pk")
    last = {step.item_id: step for step in rows}
    return {
        item.pk: last[item.pk].source_id
        if item.pk in last and last[item.pk].target_id == item.unit_id
        else None
        for item in items
    }


def assign_items(
    item_ids: Sequence[int],
    person: User | None,
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[IncomingItem]:
    """Say who takes care; None gives items back to everybody of the basket.

    Raises what ``lock_items`` raises, InvalidInput for somebody who does not see the basket.
    """
    with transaction.atomic():
        items = lock_items(item_ids, actor, versions)
        for item in items:
            if person is not None and not works_in_basket(person, item.unit):
                raise InvalidInput(
                    _("%(name)s arbeitet nicht in diesem Korb.") % {"name": person},
                    field="assignee",
                )
            item.assignee = person
        writing.update(items, ["assignee"], actor)
        _tell(items, IncomingStepKind.ASSIGNED, actor, str(person or ""))
    return items


def close_items(
    item_ids: Sequence[int],
    actor: Actor,
    *,
    reason: str,
    versions: Mapping[int, int] | None = None,
) -> list[IncomingItem]:
    """Done without filing (advertising, sent back); the files stay where they are.

    Raises what ``lock_items`` raises, InvalidInput without a reason.
    """
    said = _required(reason)
    with transaction.atomic():
        items = lock_items(item_ids, actor, versions)
        for item in items:
            item.state = IncomingState.CLOSED
        writing.update(items, ["state"], actor)
        _tell(items, IncomingStepKind.CLOSED, actor, said)
    return items


def undo_step(operation_id: int, actor: Actor) -> list[IncomingItem]:
    """Take back what one's own operation did to items, while nothing else has happened to them.

    What was filed is cancelled (the actor's operation carries the reason) and lies in the basket
    again. Raises Forbidden for somebody else's operation, IllegalState when it is too late.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
    with transaction.atomic():
        steps = IncomingStep.objects.filter(operation_id=operation_id)
        rows = IncomingItem.objects.select_for_update(of=("self",))
        found = rows.filter(steps__in=steps.exclude(kind=IncomingStepKind.RECEIVED))
        items = list(found.order_by("pk"))
        before = {item.pk: _row_before(item, operation_id) for item in items}
        if not items:
            raise _too_late()
        _cancel([item for item in items if item.state == IncomingState.FILED], actor)
        sources = {item.pk: item.unit_id for item in items}
        for item in items:
            row = before[item.pk]
            item.unit_id, item.assignee_id = row.unit_id, row.assignee_id
            item.state, item.document = row.state, None
        writing.update(items, ["unit", "assignee", "state", "document"], actor)
        _tell(items, IncomingStepKind.TAKEN_BACK, actor, "", sources)
    return items


def _row_before(item: IncomingItem, operation_id: int) -> Any:
    """The history row before the operation's, which must be the newest."""
    rows = IncomingItem.history.filter(id=item.pk).order_by("-history_id")[:2]
    if len(rows) < 2 or rows[0].operation_id != operation_id:
        raise _too_late()
    return rows[1]


def _too_late() -> IllegalState:
    return IllegalState(
        _(
            "Mit dem Eingang ist inzwischen etwas anderes geschehen; es wurde nichts zurückgenommen."
        ),
        next_step=_("Sehen Sie beim Eingang nach, was geschehen ist."),
    )


def _cancel(items: Sequence[IncomingItem], actor: Actor) -> None:
    filed = [item.document_id for item in items if item.document_id is not None]
    if filed:
        # Changed since: cancelling refuses, and the person does it by hand.
        cancel_documents(filed, actor, versions=dict.fromkeys(filed, 1))


def _move(
    items: Sequence[IncomingItem], targets: Mapping[int, int | None], actor: Actor
) -> dict[int, int | None]:
    """Returns the baskets they left, by item id."""
    left = {item.pk: item.unit_id for item in items}
    for item in items:
        item.unit_id, item.assignee = targets[item.pk], None
    writing.update(items, ["unit", "assignee"], actor)
    return left


def _tell(
    items: Sequence[IncomingItem],
    kind: IncomingStepKind,
    actor: Actor,
    reason: str,
    sources: Mapping[int, int | None] | None = None,
) -> None:
    remember_steps(items, kind, actor, sources=sources, reason=reason)
    record_changes(f"records.incoming.{kind.name.lower()}", items, actor)


def _required(reason: str) -> str:
    said = _checked(reason)
    if not said:
        raise InvalidInput(_("Bitte nennen Sie den Grund."), field="reason")
    return said


def _checked(reason: str) -> str:
    said = " ".join(reason.replace("\0", " ").split())
    if len(said) > REASON_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": REASON_CHARS}, field="reason"
        )
    return said
