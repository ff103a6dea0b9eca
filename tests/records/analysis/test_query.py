"""What people type is understood; what is not, is said and never an error."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.analysis import QueryFilters, parse_query

QUERIES = [
    ("Bescheid Steuern", "('bescheid') & ('steu')"),
    ('"in voller Höhe"', "(('in' <-> 'voll' <-> 'hoh'))"),
    ("„voller Höhe“", "(('voll' <-> 'hoh'))"),
    ('"nicht geschlossen', "(('nicht' <-> 'geschloss'))"),
    ("Bescheid -Entwurf", "('bescheid') & !('entwurf')"),
    ('Bescheid -"im Entwurf"', "('bescheid') & !(('im' <-> 'entwurf'))"),
    ("-Entwurf", ""),
    ("Heizk*", "('heizk':* | 'heizk')"),
    ("Häus*", "('haus':* | 'haus')"),
    ("Häu*", "('hau')"),
    ("Mü*", "('mu')"),
    ("abc*", "('abc')"),
    ("De-Mail", "('demail' | ('de' <-> 'mail'))"),
    ("§ 80 Absatz 5 VwGO", "('§80abs5' | ('§80' & 'abs5')) & ('vwgo' | 'verwaltungsgerichtsordn')"),
    ("12.03.2026", "('2026-03-12')"),
    ("32.10-0017*", "('32.10-0017':*)"),
    ("Gewerbesteuerbescheid", "('gewerbesteuerbescheid')"),
    ("Bescheid Bescheide", "('bescheid')"),
    ("an:Müller Bescheid", "('mull':B) & ('bescheid')"),
    ('typ:"Antrag Wohngeld"', "('antrag':B) & ('wohngeld':B)"),
    ("& | ! <-> ( )", ""),
]


@pytest.mark.parametrize(("typed", "tsquery"), QUERIES)
def test_q2_queries_are_understood(typed: str, tsquery: str) -> None:
    assert parse_query(typed).tsquery == tsquery


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=100) | st.text(alphabet='ab "*-:§1.typvonbisakte', max_size=60))
def test_q2_wrong_input_is_never_an_error(text: str) -> None:
    query = parse_query(text)
    assert isinstance(query.is_number, bool)
    assert query.tsquery.count("(") == query.tsquery.count(")")
    assert parse_query(query.text).tsquery == query.tsquery


def test_small_words_go_from_long_queries_only() -> None:
    assert "'der'" in parse_query("Haus der Jugend").tsquery
    assert parse_query("Haus der kleinen Jugend").tsquery == "('haus') & ('klein') & ('jugend')"
    assert "'wie'" in parse_query("wie auch das was").tsquery
    assert "'der'" in parse_query('"Haus der kleinen Jugend"').tsquery


FILTERS = [
    ("von:1.2.2026", QueryFilters(since=date(2026, 2, 1))),
    ("von: 2026-02-01", QueryFilters(since=date(2026, 2, 1))),
    ("von:2026", QueryFilters(since=date(2026, 1, 1))),
    ("bis:2026", QueryFilters(until=date(2026, 12, 31))),
    ("bis:02.2024", QueryFilters(until=date(2024, 2, 29))),
    ("VON:2024 bis:2025-06", QueryFilters(since=date(2024, 1, 1), until=date(2025, 6, 30))),
]


@pytest.mark.parametrize(("typed", "filters"), FILTERS)
def test_q2_filters_are_no_words(typed: str, filters: QueryFilters) -> None:
    query = parse_query(f"{typed} Bescheid")
    assert query.filters == filters
    assert query.tsquery == "('bescheid')"


@pytest.mark.parametrize("typed", ["von:gestern", "bis:31.02.2026", "von:0000", "typ:"])
def test_q2_what_is_not_understood_is_said(typed: str) -> None:
    query = parse_query(typed)
    assert query.filters == QueryFilters()
    assert query.ignored == (typed,)


EXACT = [
    ("50.10-GS-2026/0815", "50.10-GS-2026/0815", True),
    ("owi-4711", "OWI-4711", True),
    ("GÖ-AB 123", "GÖ-AB 123", True),
    ("5600 1234 5678", "560012345678", False),
    ("Bescheid 4711.", "4711", False),
]


@pytest.mark.parametrize(("typed", "candidate", "is_number"), EXACT)
def test_q2_numbers_are_offered_as_keys(typed: str, candidate: str, is_number: bool) -> None:
    query = parse_query(typed)
    assert candidate in query.exact_candidates
    assert query.is_number is is_number


def test_q2_the_whole_key_is_the_first_candidate() -> None:
    assert parse_query("5600 1234 5678").exact_candidates[0] == "5600 1234 5678"
    assert parse_query("akte:32.10-1/26 Bescheid").exact_candidates == ("32.10-1/26",)


def test_highlights_leave_exclusions_out() -> None:
    query = parse_query("Bescheid -Entwurf")
    assert query.highlight_lexemes == frozenset({"bescheid"})


def test_fields_are_not_marked_in_texts() -> None:
    assert parse_query("an:Müller typ:Antrag").highlight_lexemes == frozenset()
