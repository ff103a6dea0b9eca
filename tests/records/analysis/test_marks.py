"""Snippets and marks show what was found."""

from hypothesis import given, settings
from hypothesis import strategies as st

from records.analysis import (
    Segment,
    analyse_document,
    mark_words,
    offsets_from_bytes,
    parse_query,
    snippet,
)


def shown(text: str, query: str, width: int = 120) -> list[Segment]:
    offsets = offsets_from_bytes(analyse_document("", text).offsets)
    return snippet(text, offsets, parse_query(query), width=width)


def hits(text: str, query: str, width: int = 120) -> list[str]:
    return [segment.text for segment in shown(text, query, width) if segment.is_hit]


FILLING = "Vorwort ohne alles. " * 30


def test_the_densest_piece_is_shown() -> None:
    text = f"{FILLING}Der Gewerbesteuerbescheid und der Bescheid über Zinsen. {FILLING}"
    segments = shown(text, "Bescheid")
    assert hits(text, "Bescheid") == ["Gewerbesteuerbescheid", "Bescheid"]
    assert segments[0].text == "… "
    assert segments[-1].text == " …"
    assert 100 < len("".join(s.text for s in segments)) < 200


def test_different_words_count_more_than_many_hits() -> None:
    text = f"Bescheid Bescheid Bescheid. {FILLING}Bescheid über Zinsen. {FILLING}"
    assert hits(text, "Zinsen Bescheid") == ["Bescheid", "Zinsen"]


def test_only_phrases_that_stand_together_are_marked() -> None:
    assert hits("Höhe ohne Wert, in voller Höhe", '"voller Höhe"') == ["voller", "Höhe"]


def test_citations_prefixes_and_parted_words_are_marked() -> None:
    text = "Heiz-\nkosten nach § 34 Abs. 2 BauGB"
    assert hits(text, "heizk* § 34") == ["Heizkosten", "§ 34 Abs. 2"]


def test_excluded_words_are_not_marked_and_no_hit_is_no_snippet() -> None:
    assert hits("Bescheid und Entwurf", "Bescheid -Entwurf") == ["Bescheid"]
    assert shown("Etwas anderes", "Bescheid") == []


def test_offsets_of_an_earlier_form_show_nothing() -> None:
    for packed in (b"", b"\x01\x00\x08", b"\x04" + bytes(40)):
        assert snippet("Bescheid", offsets_from_bytes(packed), parse_query("Bescheid")) == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="Bescheid über \n§1._", max_size=300), st.integers(1, 400))
def test_snippets_are_pieces_of_the_text(text: str, width: int) -> None:
    text = f"{text} Bescheid {text}"
    segments = shown(text, "Bescheid", width)
    plain = "".join(s.text for s in segments).replace("…", "")
    assert any(segment.is_hit for segment in segments)
    assert " ".join(plain.split()) in " ".join(text.split())


def test_marks_follow_the_words_of_a_page() -> None:
    query = parse_query("Bescheid Heizk*")
    words = ["Der", "Bewilligungsbescheid,", "Heizkosten", "ohne"]
    assert mark_words(words, query) == [False, True, True, False]


def test_marks_cover_words_over_line_ends_and_citations() -> None:
    words = ["Grund-", "sicherung", "nach", "§", "34", "Abs.", "2", "Heiz", "kosten"]
    parted = [False] * 7 + [True, False]
    marks = mark_words(words, parse_query("Grundsicherung § 34 Heizkosten"), goes_on=parted)
    assert marks == [True, True, False, True, True, True, True, True, True]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=30), st.text(max_size=20))
def test_every_word_gets_its_mark(words: list[str], query: str) -> None:
    assert len(mark_words(words, parse_query(query))) == len(words)
    assert mark_words(["Bescheid", *words], parse_query("Bescheid"))[0] or words
