"""The plan as a tree of codes: moves keep it a tree in which every code says where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goettingen_ecm.operations.refusals import InvalidInput
from records.file_plan_import import parent_code
from records.plan_tree import Move, Place, moved, path_of, suggested_code


def tree(*codes: str) -> dict[int, Place]:
    """Places numbered from 1 in the order of the codes, which say where they stand."""
    ids = {code: number for number, code in enumerate(codes, 1)}
    return {
        pk: Place(pk, ids.get(parent_code(code, set(codes) - {code})), code)
        for code, pk in ids.items()
    }


def codes_after(codes: tuple[str, ...], pk: int, move: Move) -> list[str]:
    places = tree(*codes)
    return [place.code for place in ({**places, **moved(places, pk, move)}).values()]


def test_a1_children_follow_with_their_codes() -> None:
    codes = ("10", "50", "50.10", "50.10.1", "50.10.2", "50.20")
    after = codes_after(codes, 3, Move(1, "10.40"))
    assert after == ["10", "50", "10.40", "10.40.1", "10.40.2", "50.20"]


def test_codes_of_digits_are_joined_so_that_they_stay_readable() -> None:
    codes = ("1", "10", "100", "2")
    assert codes_after(codes, 2, Move(4, "25")) == ["1", "25", "250", "2"]
    assert codes_after(codes, 2, Move(4, "2.7")) == ["1", "2.7", "2.7.0", "2"]


def test_what_continues_a_full_entry_goes_with_it() -> None:
    places = tree("10", "50", "50.10")
    places[4] = Place(4, 2, "50.10.1", continues=3)
    found = moved(places, 3, Move(1, "10.40"))
    assert found[4] == Place(4, 1, "10.40.1", continues=3)


def test_an_entry_may_take_the_code_its_child_had() -> None:
    assert codes_after(("1", "11", "111"), 1, Move(None, "11")) == ["11", "111", "1111"]


@pytest.mark.parametrize(
    ("pk", "move", "field", "says"),
    [
        (2, Move(3, "50.10.5"), "parent", "unter sich selbst"),
        (3, Move(1, "10.10"), "code", "10.10"),
        (3, Move(1, "50.70"), "code", "fortsetzen, etwa 10.70"),
        (3, Move(None, "50.70"), "code", "unter einem anderen"),
        (6, Move(None, "1"), "code", "stünden diese Einträge dann woanders: 10"),
        (3, Move(1, "10." + "7" * 60), "code", "länger"),
    ],
)
def test_conflicts_are_named(pk: int, move: Move, field: str, says: str) -> None:
    codes = ("10", "50", "50.10", "10.10", "60", "501")
    with pytest.raises(InvalidInput) as refused:
        moved(tree(*codes), pk, move)
    assert refused.value.field == field
    assert says in refused.value.reason


def test_many_conflicts_are_counted() -> None:
    codes = ("1", "2", *(f"1.{n}" for n in range(5)), *(f"3.{n}" for n in range(5)), "3")
    with pytest.raises(InvalidInput, match=r"3, 3\.0, 3\.1 und 3 weitere"):
        moved(tree(*codes), 1, Move(None, "3"))


def test_a_free_code_is_suggested() -> None:
    places = tree("10", "50", "50.10", "10.10")
    assert suggested_code(places, 3, 1) == "10.20"
    assert suggested_code(places, 3, 2) == "50.10"
    assert suggested_code(tree("10", "63", "63.40"), 3, 1) == "10.40"


def consistent(places: dict[int, Place]) -> None:
    codes = [place.code for place in places.values()]
    assert len(codes) == len(set(codes))
    for pk, place in places.items():
        assert len(path_of(places, pk)) <= len(places)
        above = places[place.parent].code if place.parent is not None else ""
        assert parent_code(place.code, set(codes)) == above


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=2, max_size=14),
    st.lists(st.tuples(st.integers(0), st.integers(0), st.integers(1, 9)), max_size=8),
)
def test_a1_after_any_moves_it_is_a_tree_with_unique_codes(
    parts: list[list[int]], steps: list[tuple[int, int, int]]
) -> None:
    codes = {".".join(map(str, part[:n])) for part in parts for n in range(1, len(part) + 1)}
    places = tree(*sorted(codes))
    for one, other, number in steps:
        pk, parent = (sorted(places)[n % len(places)] for n in (one, other))
        before, move = dict(places), Move(parent, f"{places[parent].code}.{number}")
        try:
            places |= moved(places, pk, move)
        except InvalidInput:
            places = before
        consistent(places)
        assert places.keys() == before.keys()
