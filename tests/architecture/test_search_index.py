"""The search engine stays behind its interface (ADR 0007): one package knows its tables."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from records import search_index

ROOT = Path(__file__).parents[2]
PACKAGES = ("goettingen_ecm", "workflows", "records", "complaints", "integrations")
INSIDE = "records/search_index/"
# Its definition; the check that compares it with the records; the generator that fills it by COPY
# and the engines measured beside it.
KNOWS_THE_TABLE = (
    INSIDE,
    "records/migrations/",
    "records/models/search.py",
    "records/models/__init__.py",
    "records/services/index_check.py",
    "records/benchmarks/",
)


def sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


@pytest.mark.parametrize("word", ["records_searchentry", "SearchEntry"])
def test_only_the_engine_knows_its_table(word: str) -> None:
    found = [name for name, text in sources() if word in text]
    assert any(name.startswith(INSIDE) for name in found) or word == "SearchEntry"
    assert [name for name in found if not name.startswith(KNOWS_THE_TABLE)] == []


def test_others_see_the_interface_only() -> None:
    users = {}
    for name, text in sources():
        if not name.startswith(INSIDE):
            users[name] = [one for one in imported(text) if one.startswith("records.search_index")]
    assert {one for found in users.values() for one in found} == {"records.search_index"}
    assert sum(map(bool, users.values())) > 5


def test_the_engine_needs_nobody_above_it() -> None:
    """Neither views nor services nor selectors nor models: another engine brings its own."""
    for name, text in sources():
        if name.startswith(INSIDE):
            ours = [one for one in imported(text) if one.split(".")[0] in PACKAGES]
            assert [one for one in ours if not one.startswith("records.search_index")] == [], name


def test_the_engine_does_all_of_the_interface() -> None:
    wanted = {name for name in vars(search_index.SearchIndex) if not name.startswith("_")}
    assert len(wanted) == 8
    assert [name for name in wanted if not callable(getattr(search_index.index, name, None))] == []
