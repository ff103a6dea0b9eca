"""What the analyser writes is taken by PostgreSQL, and found as a German reader expects."""

import zlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from records.analysis import analyse_document, offsets_from_bytes, parse_query
from records.analysis.documents import HEAD_POSITIONS, MARKED_CHARS
from records.analysis.tsvectors import LAST_POSITION, LONGEST_LITERAL
from tests.records.analysis.conftest import Database

PATIENT = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# query -> text in which it must be found (search.md §5)
FOUND = [
    ("Bescheid", "Gewerbesteuerbescheid"),
    ("Bescheid", "Bescheide"),
    ("Steuern", "Steuerbescheids"),
    ("Steuerbescheid", "Gewerbesteuerbescheiden"),
    ("Steuer Bescheid", "Steuerbescheid"),
    ("Steuerbescheid", "Gewerbesteuer-Bescheid"),
    ("Haeuser", "Häuser"),
    ("Haus", "Hochhäuser"),
    ("Straße", "Strasse"),
    ("Strasse", "Straßen"),
    ("Straße", "Straßenverkehrsamt"),
    ("Antrag", "Bauanträge"),
    ("Mullabfuhr", "Müllabfuhr"),
    ("Gebühren", "Müllabfuhrgebührenbescheid"),
    ("Unterkunft", "Flüchtlingsunterkünfte"),
    ("Urkunde", "Sterbeurkunden"),
    ("Grundsicherung", "Grund-\nsicherung"),
    ("Grundsicherung", "Grund\u00ad\nsicherung"),
    ("Finanzamt", "ﬁnanzamt"),
    ("Häuser", "Ha\u0308user"),
    ("De-Mail", "De-Mail-Konto"),
    ("De-Mail", "De Mail"),
    ("DeMail", "De-Mail"),
    ("§ 34", "§34 Abs. 2"),
    ("§ 34 Absatz 2", "§ 34 Abs. 2"),
    ("§ 80 Abs. 5 VwGO", "### § 80\n(1) Widerspruch …\n(5) Auf Antrag kann VwGO"),
    ("§ 35", "§§ 34, 35 BauGB"),
    ("32.10-0017/2026", "Az. 32.10-0017/2026."),
    ("0017/2026", "32.10-0017/2026"),
    ("0017", "32.10-0017/2026"),
    ("12.3.2026", "12. März 2026"),
    ("März 2026", "am 12.03.2026"),
    ("1234,56", "1.234,56 €"),
    ("Heizk*", "Heizkostennachzahlung"),
    ("Häus*", "Haeuserzeile"),
    ("Bescheide*", "Bescheides"),
    ('"voller Höhe"', "in voller\nHöhe übernommen"),
    ('"Bescheid vom 12.03.2026"', "Steuerbescheid vom 12. März 2026"),
    ("Haupt", "Haupt- und\nNebenstelle"),
    ("Bescheid -Entwurf", "Bescheid"),
]
NOT_FOUND = [
    ("Wort", "Antwort"),
    ("Amt", "Beamter"),
    ("Hof", "Bischof"),
    ("Takt", "Kontakt"),
    ("Teller", "Antragsteller"),
    ("Samt", "Straßenverkehrsamt"),
    ("Gewerbesteuerbescheid", "Bescheid über Gewerbesteuer"),
    ("Bescheid -Entwurf", "Bescheid im Entwurf"),
    ('Bescheid -"im Entwurf"', "Bescheid im Entwurf"),
    ('"Höhe voller"', "in voller Höhe"),
    ("Heizk*", "Heizung"),
    ("32.10-0017/2026", "32.10-0018/2026"),
    ("13-6041.90/5", "13-6041.90/11"),
    ("§ 34 Abs. 2", "§ 35 Abs. 2"),
    ("Haupt-\nund", "Hauptund"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_q1_finds_forms_compounds_and_spellings(database: Database, query: str, text: str) -> None:
    assert database.finds(query, text)


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_q1_does_not_find_false_friends(database: Database, query: str, text: str) -> None:
    assert not database.finds(query, text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("typ:Bescheid", True),
        ("typ:Heizkosten", False),
        ("akte:50.10-4711", True),
        ("an:Ahlers Heizkosten", True),
        ("an:Heizkosten", False),
        ("an:Schreiben", False),
    ],
)
def test_q1_fields_look_among_the_facts_only(database: Database, query: str, found: bool) -> None:
    facts = ["50.10-4711", "Bescheid", "Hannelore Ahlers"]
    literal = analyse_document("Schreiben", "Heizkosten", extra=facts).tsvector
    assert database.matches(literal, parse_query(query).tsquery) is found


def test_parts_share_the_place_of_their_compound(database: Database) -> None:
    lexemes = database.lexemes(analyse_document("", "der Gewerbesteuerbescheid gilt").tsvector)
    assert lexemes["bescheid"][0] == lexemes["gewerbesteuerbescheid"][0]
    assert database.finds('"Bescheid gilt"', "der Gewerbesteuerbescheid gilt")


def test_title_facts_and_text_have_their_weights(database: Database) -> None:
    found = analyse_document("Bescheid", "Text zum Bescheid", extra=["4711", "Bescheid"])
    lexemes = database.lexemes(found.tsvector)
    assert lexemes["bescheid"][1] == ["A", "B", "D"]
    assert lexemes["4711"][1] == ["B"]
    assert lexemes["text"][1] == ["D"]


def test_no_phrase_spans_title_facts_and_text(database: Database) -> None:
    found = analyse_document("Antrag", "Haus", extra=["Hund", "Katze"]).tsvector
    for phrase in ('"Antrag Hund"', '"Hund Katze"', '"Katze Haus"'):
        assert not database.matches(found, parse_query(phrase).tsquery)


ANY_TEXT = st.text(max_size=200) | st.text(alphabet="aä§1.-/ \n\\'\"@():&|!*_", max_size=80)


@PATIENT
@given(ANY_TEXT, ANY_TEXT)
@example("a'b\\c 'quoted' \\'", "'; DROP TABLE x; -- \\'")
@example("\ud7ff𝔊𝔯𝔲𝔫𝔡 ﷽ \x00 \ud800", '"offen')
def test_any_text_and_any_query_are_taken(database: Database, text: str, query: str) -> None:
    found = analyse_document(text[:40], text, extra=[text[:10]])
    database.matches(found.tsvector, parse_query(query).tsquery or "'x'")
    assert len(found.text) == len(text)


@PATIENT
@given(ANY_TEXT)
def test_postgresql_reads_the_lexemes_that_were_meant(database: Database, text: str) -> None:
    found = analyse_document("", text)
    offsets = offsets_from_bytes(found.offsets)
    for lexeme, (positions, _weights) in database.lexemes(found.tsvector).items():
        assert positions == [token + 2 for token in offsets.tokens(lexeme)]


@PATIENT
@given(ANY_TEXT)
def test_places_lead_back_to_the_text(text: str) -> None:
    found = analyse_document("", text)
    offsets = offsets_from_bytes(found.offsets)
    for start, end in offsets.spans:
        again = analyse_document("", found.text[start:end])
        assert 0 <= start < end <= len(text)
        assert again.tsvector or not any(map(str.isalnum, found.text[start:end]))


def test_long_texts_stay_within_the_limits(database: Database) -> None:
    text = "Anfang " + "Wort " * LAST_POSITION + "Schluss Bescheid"
    found = analyse_document("Titel", text)
    lexemes = database.lexemes(found.tsvector)
    assert len(lexemes["wort"][0]) == 255
    assert lexemes["schluss"] == ([], [])
    assert database.matches(found.tsvector, parse_query("Anfang Schluss Bescheid").tsquery)
    assert not database.matches(found.tsvector, parse_query('"Schluss Bescheid"').tsquery)


def test_more_than_a_megabyte_of_words_is_cut_not_refused(database: Database) -> None:
    text = " ".join(f"\u4e00{number:x}\u4e01\u4e02\u4e03\u4e04\u4e05" for number in range(100_000))
    literal = analyse_document("Titel", text).tsvector
    assert len(literal.encode()) <= LONGEST_LITERAL
    assert database.matches(literal, "'titel'")


def test_endless_words_and_titles_are_taken(database: Database) -> None:
    found = analyse_document("Wort " * 5_000, "x" * 5_000 + " Ende", extra=["4711"] * 5_000)
    lexemes = database.lexemes(found.tsvector)
    assert max(len(lexeme) for lexeme in lexemes) <= 100
    assert max(lexemes["wort"][0]) < HEAD_POSITIONS
    assert database.matches(found.tsvector, parse_query("x" * 500 + " Ende").tsquery)


def test_offsets_stored_before_they_were_deflated_are_still_read() -> None:
    found = analyse_document("", "Wort und Bescheid und Wort").offsets
    plain = offsets_from_bytes(zlib.decompress(found))
    assert plain.tokens("wort") == offsets_from_bytes(found).tokens("wort") == [0, 4]
    assert plain.spans == offsets_from_bytes(found).spans


def test_words_beyond_the_marked_part_are_found_but_not_marked() -> None:
    found = analyse_document("", "Wort " * (MARKED_CHARS // 5) + "Schluss")
    offsets = offsets_from_bytes(found.offsets)
    assert "'schluss'" in found.tsvector
    assert offsets.tokens("schluss") == []
    assert offsets.spans[-1][1] <= MARKED_CHARS
