"""The analyser of the tests keeps its word list where the product keeps it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from records.analysis import analyse_document, configure, parse_query


@pytest.fixture(scope="session", autouse=True)
def word_list() -> None:
    configure(cache_dir=settings.ANALYSER_CACHE_DIR)


class Database:
    """Asks PostgreSQL itself, with the literals as they go there."""

    def finds(self, query: str, text: str, *, title: str = "") -> bool:
        return self.matches(analyse_document(title, text).tsvector, parse_query(query).tsquery)

    def matches(self, tsvector: str, tsquery: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [tsvector, tsquery])
            return bool(cursor.fetchone()[0])

    def lexemes(self, tsvector: str) -> dict[str, tuple[list[int], list[str]]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT lexeme, positions, weights FROM unnest(%s::tsvector)", [tsvector]
            )
            return {row[0]: (row[1] or [], row[2] or []) for row in cursor.fetchall()}


@pytest.fixture
def database(db: None) -> Iterator[Database]:
    yield Database()
