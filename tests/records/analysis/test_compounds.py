"""Compounds fall into the words people search for; other words stay whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.analysis.compounds import runs, split
from records.analysis.documents import analyser
from records.analysis.folding import fold
from records.analysis.vocabulary import build, package_lists, read_nouns, word_parts

SPLIT = """
Gewerbesteuerbescheid:gewerbe|steuer|bescheid Steuerbescheids:steuer|bescheids
Hochhäuser:hoch|haeuser Straßenverkehrsamt:strassen|verkehrs|amt Bauanträge:bau|antraege
Müllabfuhrgebührenbescheid:muell|abfuhr|gebuehren|bescheid Hundesteuer:hunde|steuer
Hundesteueranmeldung:hunde|steuer|anmeldung Kindertagesstätte:kinder|tages|staette
Flüchtlingsunterkünfte:fluechtlings|unterkuenfte Sterbeurkunden:sterbe|urkunden
Stadtwald:stadt|wald Grundschulbezirke:grund|schul|bezirke Antragsteller:antrag|steller
Verkehrslärmschutz:verkehrs|laerm|schutz Baugenehmigung:bau|genehmigung Bauamt:bau|amt
Grundsicherungsbescheid:grund|sicherungs|bescheid Wohngeldantrag:wohn|geld|antrag
Bußgeldbescheid:buss|geld|bescheid Bewohnerparkausweis:bewohner|park|ausweis
Unterhaltsvorschuss:unterhalts|vorschuss Oberbürgermeister:ober|buerger|meister
Widerspruchsbescheid:widerspruchs|bescheid Rechtsbehelfsbelehrung:rechts|behelfs|belehrung
Vollstreckungsankündigung:vollstreckungs|ankuendigung Staubecken:stau|becken
Flächennutzungsplan:flaechen|nutzungs|plan Einwohnermeldeamt:einwohner|melde|amt
gebührenpflichtig:gebuehren|pflichtig ortsübliche:orts|uebliche Rathaus:rat|haus
Gaststättenerlaubnis:gast|staetten|erlaubnis Krankenkassenbescheinigung:kranken|kassen|bescheinigung
Schulaufsicht:schul|aufsicht Elternbeitragsbescheid:eltern|beitrags|bescheid
"""
WHOLE = """
antwort beamter beamte bischof kontakt transport transportieren minister register protokoll urkunde
auskunft unterkunft widerspruch haushalt antrag auftrag vertrag bescheid gemeinde gewerbe verwaltung
elektronische folgenden beziehungsweise insbesondere mueller goettingen schmidt referent kamerad heirat
partner traktor alarm direktor kalender beratung verantwortung gesellschaft bewegung etage
"""


def parts_of(word: str) -> tuple[str, ...]:
    return split(word, analyser().kinds)


@pytest.mark.parametrize("pair", SPLIT.split())
def test_q1_compounds_are_split(pair: str) -> None:
    word, parts = pair.split(":")
    assert "|".join(parts_of(fold(word))) == parts


@pytest.mark.parametrize("word", WHOLE.split())
def test_q1_other_words_stay_whole(word: str) -> None:
    assert parts_of(word) == ()


def test_all_runs_but_the_whole_are_lexemes() -> None:
    kinds = analyser().kinds
    assert runs(("gewerbe", "steuer", "bescheid"), kinds) == [
        "gewerbe",
        "gewerbesteuer",
        "steuer",
        "steuerbescheid",
        "bescheid",
    ]


def test_a_first_part_nobody_looks_for_is_no_lexeme() -> None:
    assert runs(("hoch", "haeuser"), analyser().kinds) == ["haeuser"]


@given(st.text(alphabet="abdeghiklnorstu", min_size=1, max_size=70))
def test_parts_are_the_word(word: str) -> None:
    parts = parts_of(word)
    assert parts == () or ("".join(parts) == word and len(parts) > 1)


@pytest.mark.full
def test_the_kept_word_list_is_the_built_one(tmp_path: Path) -> None:
    assert word_parts(tmp_path) == build(read_nouns(), package_lists())


def test_a_kept_word_list_is_not_built_again(tmp_path: Path) -> None:
    word_parts(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text("3 nur dies", "utf-8")
    assert word_parts(tmp_path) == {"nur": 3, "dies": 3}
