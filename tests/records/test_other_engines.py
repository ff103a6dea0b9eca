"""The engines beside ours answer the same questions over the same lexemes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from records.analysis import analyse_document, parse_query
from records.benchmarks import other_engines, side_by_side
from records.benchmarks.other_engines import Built
from records.benchmarks.search_quality import Corpus, Question
from tests import personas
from tests.personas import CLERK_SOCIAL

TEXTS = {
    1: "Der Bescheid über die Nachzahlung der Heizung.",
    2: "Die Nachzahlung betrifft den Bescheid über Garagen.",
    3: "Widerspruch gegen den Bescheid nach § 34 Abs. 2.",
}
EXPECTED = {
    "Bescheid": {1, 2, 3},
    "Bescheid Nachzahlung": {1, 2},
    "Bescheid -Garagen": {1, 3},
    '"Bescheid über die"': {1},
    "Nachz*": {1, 2},
    "§ 34 Abs. 2": {3},
    "Unsinniges": set(),
}
INSERT = """
INSERT INTO records_searchentry (sort_date, document_id, case_file_id, acl, deny, tsv)
VALUES (%s, %s, 1, '{}', '{}', %s::tsvector)
"""


@pytest.fixture
def built(quick_city: None, tmp_path: Path) -> Iterator[dict[str, Built]]:
    rows = [
        (date(2026, 1, pk), pk, analyse_document("Schreiben", text).tsvector)
        for pk, text in TEXTS.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_searchentry")
        cursor.executemany(INSERT, rows)
    engines = other_engines.build_all(tmp_path)
    yield engines
    other_engines.close_all(engines.values())


def test_every_engine_finds_what_ours_finds(built: dict[str, Built]) -> None:
    assert set(built) == {"sqlite_fts5", "tantivy"}
    for text, expected in EXPECTED.items():
        tsquery = parse_query(text).tsquery
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT document_id FROM records_searchentry WHERE tsv @@ %s::tsquery", [tsquery]
            )
            assert {pk for (pk,) in cursor.fetchall()} == expected, text
        for name, one in built.items():
            answer = one.engine.search(tsquery, 25)
            assert (set(answer.ids), answer.total) == (expected, len(expected)), (name, text)


def test_what_they_take_and_how_well_they_find(built: dict[str, Built]) -> None:
    for size in side_by_side.sizes(built).values():
        assert size["documents"] == len(TEXTS)
        assert size["megabytes"] > 0
    asked = [Question("Heizungen", "inflection", frozenset({"a/1"}), frozenset(), frozenset())]
    corpus = Corpus(personas.person(CLERK_SOCIAL), {pk: f"a/{pk}" for pk in TEXTS})
    for figures in side_by_side.quality(asked, corpus, built).values():
        assert figures["recall_inflection"] == 1.0


def test_ours_is_measured_beside_them(built: dict[str, Built]) -> None:
    asked = {"common": ["Bescheid"], "phrase": ['"Bescheid über"']}
    found = side_by_side.speed(personas.person(CLERK_SOCIAL), asked, built, 1)
    assert set(found) == {"common", "phrase"}
    assert set(found["common"]) == {"eakte", *built}
