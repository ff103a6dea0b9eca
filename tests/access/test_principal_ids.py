"""Numbers of principals never meet: neither two grants nor a grant and a group."""

from itertools import product

import pytest

from goettingen_ecm.access import principal_ids, scopes
from goettingen_ecm.accounts.choices import Circle


def test_every_grant_in_every_circle_has_a_number_of_its_own() -> None:
    numbers = [
        principal_ids.grant(kind, pk, circle)
        for kind, pk, circle in product(range(4), range(1, 200), Circle.values)
    ]
    assert len(set(numbers)) == len(numbers)
    # Groups are positive.
    assert max(numbers) < 0


def test_every_circle_has_a_number_and_they_fit() -> None:
    assert set(principal_ids.CIRCLES) == set(Circle.values)
    assert max(principal_ids.CIRCLES.values()) < principal_ids.CIRCLE_STEP


@pytest.mark.parametrize(("kind", "pk"), [(0, 0), (4, 1), (-1, 1), (0, 2**27)])
def test_what_has_no_number_is_an_error_and_never_another_grants(kind: int, pk: int) -> None:
    with pytest.raises(OverflowError):
        principal_ids.grant(kind, pk)


def test_equal_rights_are_one_scope_however_they_were_listed(db: None) -> None:
    one = scopes.rights([3, 1, 2, 2], [9, 8])
    assert one == ((1, 2, 3), (8, 9))
    first = scopes.scope_ids([one])[one]
    again = scopes.rights([2, 1, 3], [8, 9, 9])
    assert scopes.scope_ids([again])[again] == first


def test_moving_an_id_between_the_lists_is_another_scope() -> None:
    digests = {
        scopes.digest(scopes.rights(allow, deny))
        for allow, deny in [([1, 2], []), ([1], [2]), ([], [1, 2]), ([-1, 2], []), ([12], [])]
    }
    assert len(digests) == 5
