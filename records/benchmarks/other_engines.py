"""The same lexemes in other engines, for comparison: SQLite's FTS5, and Tantivy where installed.

They know neither rights nor years nor the re-check of what is shown: what they take is the least
that a search can take, not what a search of the eAkte would take with them.
"""

import ast
import importlib.util
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction

CAP = 10_000
SHOWN = 25
MEMORY_MB = 200
ROWS_AT_ONCE = 5_000
_TERM = re.compile(r"'((?:[^']|'')*)'(:\*)?")
_NO_LETTER = re.compile(r"[\W_]")

# In the order of the text: a compound's parts share its position.
LEXEMES = """
SELECT document_id, lexeme, place
FROM records_searchentry, unnest(tsv) AS word (lexeme, positions, weights), unnest(positions) AS place
ORDER BY document_id, place
"""


class Answer(NamedTuple):
    """The best documents, best first, and how many match (at most CAP + 1)."""

    ids: list[int]
    total: int


class Engine(Protocol):
    """What is compared. ``search`` takes PostgreSQL's ``tsquery`` text."""

    def search(self, tsquery: str, limit: int) -> Answer: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Built:
    """An engine that holds all search rows, and what that took."""

    engine: Engine
    documents_per_cpu_second: float
    megabytes: float
    documents: int = field(default=0)


def build_all(folder: Path) -> dict[str, Built]:
    """Name -> engine; Tantivy only where its wheel is installed. Each writes into ``folder``."""
    makers: dict[str, Callable[[Path], Any]] = {"sqlite_fts5": Fts5}
    if importlib.util.find_spec("tantivy") is not None:
        makers["tantivy"] = Tantivy
    return {name: _build(maker, folder / name) for name, maker in makers.items()}


def _build(maker: Callable[[Path], Any], folder: Path) -> Built:
    folder.mkdir()
    engine, spent, documents = maker(folder), 0.0, 0
    for pk, text in indexed_texts():
        began = time.process_time()
        engine.add(pk, text)
        spent += time.process_time() - began
        documents += 1
    began = time.process_time()
    engine.finish()
    spent += time.process_time() - began
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Built(engine, documents / spent if spent else 0.0, size / 1_000_000, documents)


def indexed_texts() -> Iterator[tuple[int, str]]:
    """Each document's lexemes as words, from the search rows."""
    with transaction.atomic(), connection.connection.cursor(name="lexemes") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(LEXEMES)
        for pk, words in groupby(cursor, key=lambda row: row[0]):
            yield pk, " ".join(_word(lexeme) for _pk, lexeme, _place in words)


def _word(lexeme: str) -> str:
    """Letters and digits only, so that every engine takes it as one word."""
    return _NO_LETTER.sub(lambda one: f"x{ord(one[0]):x}x", lexeme)


def tree_of(tsquery: str) -> ast.expr:
    """The query as a tree: & | ~, + for "followed by", a list around the start of a word."""
    text = _TERM.sub(_literal, tsquery).replace("<->", "+").replace("!", "~")
    return ast.parse(text, mode="eval").body


def _literal(term: re.Match[str]) -> str:
    word = repr(_word(term[1].replace("''", "'")))
    return f"[{word}]" if term[2] else word


class Fts5:
    """SQLite's own full-text index, ranked by bm25."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "index.sqlite")
        self.db.execute(
            "CREATE VIRTUAL TABLE entry USING"
            " fts5(words, content='', tokenize='unicode61 remove_diacritics 0')"
        )

    def add(self, pk: int, text: str) -> None:
        self.db.execute("INSERT INTO entry (rowid, words) VALUES (?, ?)", (pk, text))

    def finish(self) -> None:
        self.db.execute("INSERT INTO entry (entry) VALUES ('optimize')")
        self.db.commit()

    def search(self, tsquery: str, limit: int) -> Answer:
        match = self._match(tree_of(tsquery))
        rows = self.db.execute(
            "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT ?", (match, limit)
        )
        ids = [pk for (pk,) in rows]
        capped = "SELECT count(*) FROM (SELECT 1 FROM entry WHERE entry MATCH ? LIMIT ?)"
        [(total,)] = self.db.execute(capped, (match, CAP + 1))
        return Answer(ids, total)

    def _match(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=str(word)):
                return f'"{word}"'
            case ast.List(elts=[ast.Constant(value=str(word))]):
                return f'"{word}" *'
            case ast.BinOp(left, ast.Add(), right):
                return f"{self._match(left)} + {self._match(right)}"
            case ast.BinOp(left, ast.BitAnd(), ast.UnaryOp(ast.Invert(), without)):
                return f"({self._match(left)} NOT {self._match(without)})"
            case ast.BinOp(left, ast.BitAnd(), right):
                return f"({self._match(left)} AND {self._match(right)})"
            case ast.BinOp(left, ast.BitOr(), right):
                return f"({self._match(left)} OR {self._match(right)})"
        raise ValueError(f"FTS5 cannot ask for {ast.dump(node)}")

    def close(self) -> None:
        self.db.close()


class Tantivy:
    """A search library in Rust, ranked by bm25."""

    def __init__(self, folder: Path) -> None:
        self.library: Any = importlib.import_module("tantivy")
        builder = self.library.SchemaBuilder()
        builder.add_integer_field("pk", stored=True)
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
        self.schema = builder.build()
        self.index = self.library.Index(self.schema, path=str(folder))
        self.writer = self.index.writer(MEMORY_MB * 1_000_000, 1)

    def add(self, pk: int, text: str) -> None:
        self.writer.add_document(self.library.Document(pk=pk, words=text))

    def finish(self) -> None:
        self.writer.commit()
        self.writer.wait_merging_threads()
        self.index.reload()

    def search(self, tsquery: str, limit: int) -> Answer:
        searcher = self.index.searcher()
        found = searcher.search(self._query(tree_of(tsquery)), limit, count=True)
        ids = [searcher.doc(place)["pk"][0] for _score, place in found.hits]
        return Answer(ids, min(found.count, CAP + 1))

    def _query(self, node: ast.expr) -> Any:
        query, occur = self.library.Query, self.library.Occur
        match node:
            case ast.Constant(value=str(word)):
                return query.term_query(self.schema, "words", word)
            case ast.List(elts=[ast.Constant(value=str(word))]):
                return query.regex_query(self.schema, "words", f"{word}.*")
            case ast.BinOp(_, ast.Add(), _):
                return query.phrase_query(self.schema, "words", list(_row(node)))
            case ast.BinOp(left, ast.BitAnd(), ast.UnaryOp(ast.Invert(), without)):
                parts = [(occur.Must, left), (occur.MustNot, without)]
            case ast.BinOp(left, ast.BitAnd(), right):
                parts = [(occur.Must, left), (occur.Must, right)]
            case ast.BinOp(left, ast.BitOr(), right):
                parts = [(occur.Should, left), (occur.Should, right)]
            case _:
                raise ValueError(f"Tantivy cannot ask for {ast.dump(node)}")
        return query.boolean_query([(how, self._query(one)) for how, one in parts])

    def close(self) -> None:
        """Nothing is open between searches."""


def _row(node: ast.expr) -> Iterator[str]:
    """The words of a phrase, in order."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.BinOp(left, ast.Add(), right):
            yield from _row(left)
            yield from _row(right)
        case _:
            raise ValueError(f"no phrase: {ast.dump(node)}")


def cpu_ms(call: Callable[[], Any], times: int) -> float:
    """CPU of this process for one call, the best of a few."""
    found = []
    for _ in range(times):
        began = time.process_time()
        call()
        found.append((time.process_time() - began) * 1000)
    return min(found)


def close_all(built: Iterable[Built]) -> None:
    for one in built:
        one.engine.close()
