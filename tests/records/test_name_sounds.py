"""Names by sound: what sounds alike has one key, circles have their own, no name breaks it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from records.name_sounds import WORDS, sound_keys, sounds


@pytest.mark.parametrize(
    "names",
    [
        ("Meier", "Maier", "Mayer", "Meyer", "MEIER", "Mejer"),
        ("Müller", "Mueller", "Miller", "Muller"),
        ("Schmidt", "Schmitt", "Schmid"),
        ("Philipp", "Filip", "Phillip"),
        ("Weiß", "Weiss", "Weis"),
        ("O'Neill", "ONeill", "Oneil"),
    ],
)
def test_alike(names: tuple[str, ...]) -> None:
    assert len({tuple(sounds(name)) for name in names}) == 1


def test_every_word_has_its_own() -> None:
    assert sounds("Müller-Lüdenscheidt, Erika") == [
        *sounds("Müller"),
        *sounds("Lüdenscheidt"),
        *sounds("Erika"),
    ]


def test_d3_no_key_of_one_circle_is_one_of_another() -> None:
    keys = [set(sound_keys(circle, "Müller Erika")) for circle in ("", "sozial", "steuer")]
    assert all(one.isdisjoint(two) for one in keys for two in keys if one is not two)


@given(st.text(max_size=600))
@example("\u202eMüller\u200f")
@example("王" * 500)
@example("a-" * 300)
def test_any_text(name: str) -> None:
    found = sounds(name)
    assert len(found) <= WORDS
    assert all(key.isdigit() and len(key) <= 60 for key in found)
