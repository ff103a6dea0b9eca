"""One spelling for every way of writing a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.analysis.folding import fold, storable, umlauts_reduced
from records.analysis.lexemes import stem

SPELLINGS = [
    ("Straße", "strasse"),
    ("STRAẞE", "strasse"),
    ("Häuser", "haeuser"),
    ("Ha\u0308user", "haeuser"),
    ("HÄUSER", "haeuser"),
    ("ﬁnanziell", "finanziell"),
    ("Wachſtum", "wachstum"),
    ("Grund\u00adsicherung", "grundsicherung"),
    ("Grund\ufffesicherung", "grundsicherung"),
    ("Grund\u200bsicherung", "grundsicherung"),
    ("Café", "cafe"),
    ("Łódź", "lodz"),
    ("İstanbul", "istanbul"),
    ("m²", "m2"),
]


@pytest.mark.parametrize(("written", "folded"), SPELLINGS)
def test_q1_spellings_fold_to_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_storable_text_keeps_every_place(text: str) -> None:
    stored = storable(text + "\x00\ud800")
    assert len(stored) == len(text) + 2
    assert stored.encode()
    assert "\x00" not in stored


@pytest.mark.parametrize("word", ["haeuser", "gebuehr", "boeden", "feuerwehr", "quelle", "neue"])
def test_prefixes_are_spelt_as_the_stems_are(word: str) -> None:
    beginning = word[:5]
    assert stem(word).startswith(umlauts_reduced(beginning)[:3])
    assert stem(word + "verordnungen").startswith(umlauts_reduced(word)[:-1])
