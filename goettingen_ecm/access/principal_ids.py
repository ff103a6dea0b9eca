"""Principals as numbers, so that scopes and search rows can hold them in an ``int[]``.

* a positive number: the Django Group of a role in a unit, or of everybody;
* a negative one: one explicit grant, to a group or a single person, on files of one circle.
  Whoever it names holds it while it is in force, so a grant that ends (revoked, past its last day)
  ends at once for any number of files.

On confidential files the same principals stand beyond ``CONFIDENTIAL``: whoever holds a principal
holds that one too, except by way of a substitution that does not include confidential files.

A person outside a circle does not hold the principals made for that circle (requirements S3).
"""

from collections.abc import Mapping

from goettingen_ecm.accounts.choices import Circle

CIRCLES: Mapping[str, int] = {
    Circle.NONE: 0,
    Circle.SOCIAL: 1,
    Circle.TAX: 2,
    Circle.OFFENCE: 3,
    Circle.STAFF: 4,
}
"""Stored numbers: never change or reuse one."""

CIRCLE_STEP = 8
GRANT_KINDS = 4
CONFIDENTIAL = 2**30
LOWEST = -CONFIDENTIAL
"""An ``int[]`` of PostgreSQL holds 33 million grants of each kind, plain and confidential."""


def grant(kind: int, grant_id: int, circle: str = "") -> int:
    """The principal of one explicit grant (``kind`` tells its table, 0 to 3) in a circle."""
    number = (grant_id * GRANT_KINDS + kind) * CIRCLE_STEP + CIRCLES[circle]
    if not 0 <= kind < GRANT_KINDS or grant_id <= 0 or -number < LOWEST:
        raise OverflowError(f"grant {kind}/{grant_id} has no principal")
    return -number


def confidential(principal: int) -> int:
    """A principal as the scopes of confidential files hold it."""
    return principal + CONFIDENTIAL if principal > 0 else principal - CONFIDENTIAL


def plain(principal: int) -> int:
    """The principal behind it, however the file is classified."""
    if principal > CONFIDENTIAL:
        return principal - CONFIDENTIAL
    return principal + CONFIDENTIAL if principal < LOWEST else principal
