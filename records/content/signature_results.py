"""What the check of a signature found; plain values, so that they travel and lie in JSON."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Chain(StrEnum):
    """What the signer's certificate leads to."""

    TRUSTED = "vertraut"
    UNKNOWN = "unbekannt"
    EXPIRED = "abgelaufen"


@dataclass(slots=True)
class Finding:
    """One signature. Moments are ISO 8601 in UTC or "".

    ``claimed_at`` is the signer's own clock, ``stamped_at`` that of a time stamp service whose
    certificate is ``stamp_trusted``. ``whole``: it covers everything that was there when it was
    made; ``changed``: something was added or changed afterwards, ``harmless`` when that was only
    form fields or annotations. ``sender_matches``: the certificate names the mail's sender; None
    where it names no address. ``problem``: nothing else is known.
    """

    signer: str = ""
    issuer: str = ""
    claimed_at: str = ""
    stamped_at: str = ""
    stamp_trusted: bool = False
    intact: bool = False
    whole: bool = False
    changed: bool = False
    harmless: bool = False
    chain: Chain = Chain.UNKNOWN
    valid_from: str = ""
    valid_until: str = ""
    sender_matches: bool | None = None
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the frame and the report."""
        return asdict(self)


_TEXTS = ("signer", "issuer", "claimed_at", "stamped_at", "valid_from", "valid_until", "problem")
_MARKS = ("stamp_trusted", "intact", "whole", "changed", "harmless")


def finding_in(values: dict[str, Any]) -> Finding:
    """The finding in JSON. Raises KeyError, TypeError, ValueError when something does not fit."""
    matches = values["sender_matches"]
    texts = {name: str(values[name]).replace("\0", "")[:300] for name in _TEXTS}
    found = Finding(chain=Chain(values["chain"]))
    for name, text in texts.items():
        setattr(found, name, text)
    for name in _MARKS:
        setattr(found, name, bool(values[name]))
    found.sender_matches = None if matches is None else bool(matches)
    return found
