"""Compounds nobody tuned the search on: the shares the search is to reach (Q1)."""

from tests.records.held_out_words import HELD_OUT, LEFT_ALONE
from tests.records.municipal_words import FOUND
from tests.records.test_municipal_words import finds

LEAST_FOUND, MOST_FALSE = 0.80, 0.02


def missed() -> list[str]:
    return [pair for pair in HELD_OUT.split() if not finds(*pair.split(":"))]


def wrongly_found() -> list[str]:
    return [pair for pair in LEFT_ALONE.split() if finds(*pair.split(":"))]


def test_q1_compounds_never_tuned_on() -> None:
    misses = missed()
    assert 1 - len(misses) / len(HELD_OUT.split()) >= LEAST_FOUND, misses


def test_q1_words_never_tuned_on_are_left_alone() -> None:
    wrong = wrongly_found()
    assert len(wrong) / len(LEFT_ALONE.split()) <= MOST_FALSE, wrong


def test_they_are_enough_and_not_those_for_mending() -> None:
    assert len(set(HELD_OUT.split())) >= 200
    assert not {p.split(":")[1] for p in HELD_OUT.split()} & {
        p.split(":")[1] for p in FOUND.split()
    }
