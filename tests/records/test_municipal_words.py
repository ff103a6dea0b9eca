"""Words of the town hall find their compounds, and only those (Q1)."""

import pytest

from records.analysis import parse_query
from records.analysis.documents import analyser
from records.analysis.lexemes import token_lexemes
from tests.records.municipal_words import FOUND, NOT_FOUND


def finds(typed: str, word: str) -> bool:
    """As PostgreSQL would: one of the lexemes asked for is one of the word's."""
    (term,) = parse_query(typed).terms
    asked = {lexeme for way in term.any_of for lexeme in way.lexemes}
    return bool(asked & set(token_lexemes(word, analyser().kinds)))


@pytest.mark.parametrize("pair", FOUND.split())
def test_q1_a_word_finds_its_compound(pair: str) -> None:
    assert finds(*pair.split(":"))


@pytest.mark.parametrize("pair", NOT_FOUND.split())
def test_q1_other_words_are_left_alone(pair: str) -> None:
    assert not finds(*pair.split(":"))


def test_there_are_enough_of_them() -> None:
    assert len(FOUND.split()) > 200
    assert len(NOT_FOUND.split()) > 40
