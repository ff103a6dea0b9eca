"""Starting an operation: the first line of every service call's caller."""

from dataclasses import dataclass

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts: a person (``actor_id``), possibly for another, or a system by name."""

    actor_id: int | None = None
    on_behalf_of_id: int | None = None
    system: str = ""


def begin(verb: str, acting: Acting, *, reason: str = "", key: str | None = None) -> Operation:
    """Create the operation of one action.

    With ``key`` a repeated call returns the operation of the first one (double click, retry).
    """
    values = {
        "verb": verb,
        "actor_id": acting.actor_id,
        "on_behalf_of_id": acting.on_behalf_of_id,
        "system": acting.system,
        "reason": reason,
        "started_at": clock.now(),
    }
    if key is None:
        return Operation.objects.create(**values)
    operation, _created = Operation.objects.get_or_create(idempotency_key=key, defaults=values)
    return operation
