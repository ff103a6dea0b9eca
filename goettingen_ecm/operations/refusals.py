"""Why a service says no. Views turn these into 403, 404 or 409 with the reason in plain German."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of all answers that are not "done"; ``reason`` is German text for people."""

    status = 409

    def __init__(self, reason: str, *, next_step: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step


class Forbidden(Refusal):
    """Visible, but not allowed: 403; ``next_step`` names who can help."""

    status = 403


class IllegalState(Refusal):
    """Allowed in principle, but not now: 409 with the reason."""

    status = 409


class LostUpdate(Refusal):
    """Somebody else changed the object since it was read: a merge question, never an overwrite."""

    status = 409


class InvalidInput(Refusal):
    """A field cannot be taken as it is: 400; ``field`` names it."""

    status = 400

    def __init__(self, reason: str, *, field: str = "", next_step: str = "") -> None:
        super().__init__(reason, next_step=next_step)
        self.field = field
