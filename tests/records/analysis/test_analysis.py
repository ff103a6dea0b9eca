"""The analyser finds what a German reader expects, and PostgreSQL takes what it writes."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from records.analysis import analyse_document, mark_words, offsets_from_bytes, parse_query, snippet
from records.analysis.compounds import split
from records.analysis.documents import analyser
from records.analysis.folding import fold

# query -> words of a document that must be found (search.md §5)
FOUND = [
    ("Bescheid", "Gewerbesteuerbescheid"),
    ("Bescheid", "Bescheide"),
    ("Steuern", "Steuerbescheids"),
    ("Steuerbescheid", "Gewerbesteuerbescheiden"),
    ("Haeuser", "Häuser"),
    ("Haus", "Hochhäuser"),
    ("Straße", "Strasse"),
    ("Straße", "Straßenverkehrsamt"),
    ("Antrag", "Bauanträge"),
    ("Gebühren", "Müllabfuhrgebührenbescheid"),
    ("Unterkunft", "Flüchtlingsunterkünfte"),
    ("Urkunde", "Sterbeurkunden"),
    ("Grundsicherung", "Grund-\nsicherung"),
    ("Grundsicherung", "Grund\u00adsicherung"),
    ("Finanzamt", "ﬁnanzamt"),
    ("§ 34", "§34 Abs. 2"),
    ("§ 34 Absatz 2", "§ 34 Abs. 2"),
    ("32.10-0017/2026", "Az. 32.10-0017/2026."),
    ("0017", "32.10-0017/2026"),
    ("Heizk*", "Heizkostennachzahlung"),
    ('"voller Höhe"', "in voller Höhe übernommen"),
    ("Haupt", "Haupt- und\nNebenstelle"),
]
NOT_FOUND = [
    ("Wort", "Antwort"),
    ("Amt", "Beamter"),
    ("Hof", "Bischof"),
    ("Takt", "Kontakt"),
    ("Teller", "Antragsteller"),
    ("Samt", "Straßenverkehrsamt"),
    ("Bescheid -Entwurf", "Bescheid im Entwurf"),
    ('"Höhe voller"', "in voller Höhe"),
    ("Heizk*", "Heizung"),
]


def database_finds(query: str, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector @@ %s::tsquery",
            [analyse_document("", text).tsvector, parse_query(query).tsquery],
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "text"), FOUND)
def test_q1_finds_forms_compounds_and_spellings(query: str, text: str) -> None:
    assert database_finds(query, text)


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_q1_does_not_find_false_friends(query: str, text: str) -> None:
    assert not database_finds(query, text)


def test_compounds_are_split_into_all_their_words() -> None:
    assert split("gewerbesteuerbescheid", analyser().kinds) == ("gewerbe", "steuer", "bescheid")
    assert split("antwort", analyser().kinds) == ()


def test_parts_share_the_place_of_their_compound() -> None:
    literal = analyse_document("", "der Gewerbesteuerbescheid").tsvector
    places = {part.split(":")[1] for part in literal.split(" ") if "'bescheid'" in part}
    whole = {part.split(":")[1] for part in literal.split(" ") if "'gewerbesteuerbescheid'" in part}
    assert places == whole


def test_title_numbers_and_text_have_their_weights() -> None:
    literal = analyse_document("Bescheid", "Text", extra=["4711"]).tsvector
    weights = dict(part.rsplit(":", 1) for part in literal.split(" "))
    assert weights["'bescheid'"].endswith("A")
    assert weights["'4711'"].endswith("B")
    assert weights["'text'"].isdigit()


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
@example("a'b\\c 'quoted' \\'", "'; DROP TABLE x; -- \\'")
@example("\ud7ff𝔊𝔯𝔲𝔫𝔡 ﷽", '"offen')
def test_any_text_and_any_query_are_taken_by_postgresql(text: str, query: str) -> None:
    analysed = analyse_document(text[:40], text)
    parsed = parse_query(query)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector @@ %s::tsquery", [analysed.tsvector, parsed.tsquery or "'x'"]
        )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_wrong_input_is_only_a_word_less(text: str) -> None:
    parsed = parse_query(text)
    assert parsed.tsquery == "" or parsed.tsquery.count("(") == parsed.tsquery.count(")")


def test_only_exclusions_search_for_nothing() -> None:
    assert parse_query("-Entwurf").tsquery == ""


def test_filters_take_german_and_iso_dates() -> None:
    filters = parse_query("Bescheid von:1.2.2026 bis:2026-03-01 typ:Bescheid an:Ahlers").filters
    assert (filters.since, filters.until) == (
        date(2026, 2, 1),
        date(2026, 3, 1),
    )
    assert parse_query("von:gestern").filters.since is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("typ:Bescheid", True),
        ("typ:Heizkosten", False),
        ("akte:50.10-4711", True),
        ("an:Ahlers Heizkosten", True),
        ("an:Heizkosten", False),
    ],
)
def test_q1_fields_look_among_the_facts_only(query: str, found: bool) -> None:
    facts = ["50.10-4711", "Bescheid", "Hannelore Ahlers"]
    literal = analyse_document("Schreiben", "Heizkosten", extra=facts).tsvector
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [literal, parse_query(query).tsquery])
        assert cursor.fetchone()[0] is found


def test_small_words_go_from_long_queries_only() -> None:
    assert "'der'" in parse_query("Haus der Jugend").tsquery
    assert "'der'" not in parse_query("Haus der kleinen Jugend").tsquery


def test_a_number_is_offered_as_exact_candidate() -> None:
    parsed = parse_query("50.10-GS-2026/0815")
    assert parsed.is_number
    assert "50.10-GS-2026/0815" in parsed.exact_candidates


def test_snippet_shows_the_densest_piece_with_marks() -> None:
    text = (
        "Vorwort ohne alles. " * 30
        + "Der Gewerbesteuerbescheid und der Bescheid über Zinsen. "
        + "Ende. " * 50
    )
    query = parse_query("Bescheid")
    analysed = analyse_document("", text)
    segments = snippet(text, offsets_from_bytes(analysed.offsets), query, width=120)
    assert [s.text for s in segments if s.is_hit] == ["Gewerbesteuerbescheid", "Bescheid"]
    assert len("".join(s.text for s in segments)) < 220


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="Bescheid über \n-§1", max_size=300))
def test_snippets_are_pieces_of_the_text(text: str) -> None:
    analysed = analyse_document("", text)
    segments = snippet(text, offsets_from_bytes(analysed.offsets), parse_query("Bescheid"))
    for segment in segments:
        assert segment.text.strip(" …") == "" or segment.text.strip(" …") in " ".join(text.split())


def test_marks_follow_the_words_of_a_page() -> None:
    query = parse_query("Bescheid Heizk*")
    words = ["Der", "Bewilligungsbescheid,", "Heizkosten", "ohne"]
    assert mark_words(words, query) == [False, True, True, False]


def test_fold_is_idempotent_on_german() -> None:
    assert (
        fold(fold("Größe ﬁnanziell Straẞe"))
        == fold("Größe ﬁnanziell Straẞe")
        == "groesse finanziell strasse"
    )
