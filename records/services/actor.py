"""Who asks a service to act, and the operation everything it writes is tied to."""

from dataclasses import dataclass

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from records.models import SpecialistSystem


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a specialist system acting by its technical user (requirements K8)."""

    operation: Operation
    user: User | None = None
    system: SpecialistSystem | None = None

    @property
    def user_id(self) -> int | None:
        if self.user is not None:
            return self.user.pk
        return self.system.technical_user_id if self.system else None

    @property
    def system_code(self) -> str:
        return self.system.code if self.system else ""


def person(user: User, verb: str, *, reason: str = "", key: str | None = None) -> Actor:
    """The actor of one click of a person."""
    return Actor(begin(verb, Acting(actor_id=user.pk), reason=reason, key=key), user=user)


def connector(system: SpecialistSystem, verb: str) -> Actor:
    """The actor of one batch of a connector."""
    acting = Acting(actor_id=system.technical_user_id, system=system.code)
    return Actor(begin(verb, acting), system=system)
