"""Tokens as they stand in a text, and what they are found by."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.analysis import tokens as forms
from records.analysis.documents import analyser
from records.analysis.tokens import split_tokens

TOKENS = [
    ("Grund-\nsicherung", ["Grund-\nsicherung"]),
    ("Grund-\r\n  sicherung", ["Grund-\r\n  sicherung"]),
    ("Haupt-\nund Nebenwohnung", ["Haupt", "und", "Nebenwohnung"]),
    ("Haupt- und Nebenwohnung", ["Haupt", "und", "Nebenwohnung"]),
    ("De-\nMail", ["De-\nMail"]),
    ("nach § 34 Abs. 2 Satz 1 BauGB", ["nach", "§ 34 Abs. 2 Satz 1", "BauGB"]),
    ("§§ 34, 35 und 38 Abs. 1 BauGB", ["§§ 34, 35 und 38 Abs. 1", "BauGB"]),
    ("Art. 100 Absatz 1 GG", ["Art. 100 Absatz 1", "GG"]),
    ("Az. 32.10-0017/2026.", ["Az", "32.10-0017/2026"]),
    ("am 12. März 2026, 9:30 Uhr", ["am", "12. März 2026", "9:30", "Uhr"]),
    ("GÖ-AB 123", ["GÖ-AB 123"]),
    ("DE89 3704 0044 0532 0130 00.", ["DE89 3704 0044 0532 0130 00"]),
    ("1.234,56 Euro, 5,2", ["1.234,56", "Euro", "5,2"]),
]


@pytest.mark.parametrize(("text", "tokens"), TOKENS)
def test_q1_tokens_stand_as_written(text: str, tokens: list[str]) -> None:
    assert split_tokens(text)[1::2] == tokens


@given(st.text(max_size=200))
def test_gaps_and_tokens_are_the_text(text: str) -> None:
    pieces = split_tokens(text)
    assert "".join(pieces) == text
    assert len(pieces) % 2 == 1


# token, its whole, some parts by which it is found as well
LEXEMES = [
    ("Grund-\nsicherung", "grundsicher", {"grund", "sicher"}),
    ("De-Mail", "demail", {"de", "mail"}),
    ("De-Mail-Konto", "demailkonto", {"demail", "konto"}),
    ("Gewerbesteuer-Bescheid", "gewerbesteuerbescheid", {"steuerbescheid", "bescheid"}),
    ("§ 34 Absatz 2", "§34abs2", {"§34", "abs2", "34"}),
    ("§34 Abs. 2 Satz 1", "§34abs2satz1", {"§34", "§34abs2"}),
    ("§§ 34, 35", "§34§35", {"§34", "§35"}),
    ("Artikel 100", "art100", {"100"}),
    ("32.10-0017/2026", "32.10-0017/2026", {"0017/2026", "32.10", "2026", "0017"}),
    ("12.03.2026", "2026-03-12", {"2026-03", "2026"}),
    ("12. März 2026", "2026-03-12", {"2026-03", "2026", "marz"}),
    ("März 2026", "2026-03", {"2026", "marz"}),
    ("31.02.2026", "31.02.2026", {"31", "02", "2026"}),
    ("1.234,56", "1234,56", {"1234"}),
    ("GÖ-AB 123", "goeab123", {"123"}),
    ("DE89 3704 0044 0532 0130 00", "de89370400440532013000", {"3704"}),
    ("max.muster@example.org", "max.muster@example.org", {"max", "must"}),
    ("O’Neill", "oneill", {"neill"}),
]


@pytest.mark.parametrize(("token", "whole", "parts"), LEXEMES)
def test_q1_tokens_are_found_whole_and_by_parts(token: str, whole: str, parts: set[str]) -> None:
    lexemes = analyser().lexemes(split_tokens(token)[1::2])
    assert len(lexemes) == 1
    assert lexemes[0][0] == whole
    assert parts <= set(lexemes[0])


def test_lines_to_fill_in_are_no_words() -> None:
    assert analyser().lexemes(["_______"]) == [()]


@given(st.text(max_size=150))
def test_lexemes_need_no_quoting(text: str) -> None:
    for lexemes in analyser().lexemes(split_tokens(text)[1::2]):
        assert len(set(lexemes)) == len(lexemes)
        for lexeme in lexemes:
            assert lexeme
            assert not set("'\\ \n\x00") & set(lexeme)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["bis", "Wort", "zum", "§ 3", "Abs. 2", "12. März 2026", "GÖ-AB", "12", "-", "\u00ad", "\n",
             ",", " ", "Straße", "u\u0308", "Grund", "sicherung", "/", "3", "De-Mail", "q", "ﬁ"]
        ),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_plain_words_are_only_a_short_cut(text: str) -> None:
    assert split_tokens(text) == re.split(f"({forms._FORMS})", text)
