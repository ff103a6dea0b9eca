"""A made-up city in the database: files and documents by COPY, several processes side by side.

The word index of the search is built afterwards. Not written: history, audit and operations, which
a real city has grown over years; the pages of all documents are those of a few letters.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, connections, models
from psycopg import sql

from goettingen_ecm.access import epoch
from goettingen_ecm.accounts.models import din5007_key
from records.analysis import ANALYSER_VERSION, analyse_document
from records.benchmarks.city import texts
from records.benchmarks.city.ground import Ground, Readers, lay_ground
from records.benchmarks.city.shape import FileShape, Shape, file_shape, shape
from records.benchmarks.city.words import vocabulary
from records.choices import ComponentKind, Direction, ExternalKeyKind
from records.models import (
    CaseFile,
    Component,
    Document,
    DocumentText,
    DocumentVersion,
    ExternalKey,
    Matter,
    SearchEntry,
)

BLOCK = 500
WORDS_INDEX = "search_entry_words"
TABLES: tuple[type[models.Model], ...] = (
    CaseFile, Matter, ExternalKey, Document, DocumentVersion, Component, DocumentText, SearchEntry,
)  # fmt: skip


class NotEmptyError(ValueError):
    """The database holds files already: a made-up city never mixes with real ones."""


@dataclass(frozen=True, slots=True)
class Order:
    """What all processes know: the city, its reference data, where to write."""

    city: Shape
    ground: Ground
    texts: Path | None
    owner_url: str


# Set in each writing process as it begins: too large to send along with every block.
_orders: list[Order] = []


def make_city(
    documents: int,
    seed: int,
    owner_url: str,
    *,
    processes: int = 2,
    texts_folder: Path | None = None,
    progress: Callable[[int], object] = lambda _done: None,
) -> tuple[Readers, Shape]:
    """Fill an empty database; ``progress`` hears how many documents are written.

    Raises NotEmptyError, ValueError when the folder of texts holds too few words.
    """
    if CaseFile.objects.exists():
        raise NotEmptyError("Die Datenbank enthält schon Akten.")
    words = vocabulary(seed, texts_folder)
    city = shape(documents, seed)
    ground, readers = lay_ground(seed, words)
    with closing(psycopg.connect(owner_url, autocommit=True)) as owner:
        definition = _drop_words_index(owner)
        _write_all(Order(city, ground, texts_folder, owner_url), processes, progress)
        _build_words_index(owner, definition, processes)
        _finish(owner)
    epoch.advance()
    return readers, city


def _write_all(order: Order, processes: int, progress: Callable[[int], object]) -> None:
    connections.close_all()
    starts, done = range(0, order.city.files, BLOCK), 0
    with ProcessPoolExecutor(
        processes, get_context("fork"), initializer=_orders.append, initargs=(order,)
    ) as pool:
        for future in as_completed([pool.submit(_write_block, first) for first in starts]):
            done += future.result()
            progress(done)


def _write_block(first: int) -> int:
    """Write some files with their documents in one transaction; returns how many documents."""
    order = _orders[-1]
    rows = Rows(order)
    for number in range(first, min(first + BLOCK, order.city.files)):
        rows.add(file_shape(order.city, number, order.ground.scopes, len(order.ground.entries)))
    with closing(psycopg.connect(order.owner_url)) as owner, owner.cursor() as cursor:
        # A city half written after a crash is thrown away, not mended.
        cursor.execute("SET synchronous_commit = off")
        for model in TABLES:
            _copy(cursor, model, rows.of[model])
        owner.commit()
    return len(rows.of[Document])


def _copy(cursor: psycopg.Cursor[Any], model: type[models.Model], rows: Sequence[Any]) -> None:
    names = [sql.Identifier(field.column) for field in _written_fields(model)]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(",").join(names)
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _written_fields(model: type[models.Model]) -> list[Any]:
    """Without composite keys and what the database computes."""
    return [field for field in model._meta.concrete_fields if field.column and not field.generated]


class Template:
    """A row of a model's defaults, to be filled in."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = _written_fields(model)
        empty = model()
        self.values = [_plain(field, empty) for field in fields]
        self.places = {field.attname: place for place, field in enumerate(fields)}

    def row(self, **facts: Any) -> list[Any]:
        values = list(self.values)
        for name, value in facts.items():
            values[self.places[name]] = value
        return values


def _plain(field: Any, empty: models.Model) -> Any:
    value = getattr(empty, field.attname)
    if hasattr(value, "resolve_expression"):
        return field.db_default.value
    return field.get_db_prep_save(value, connection)


class Rows:
    """The rows of some files, table by table."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.of: dict[type[models.Model], list[list[Any]]] = {model: [] for model in TABLES}
        self.words = vocabulary(order.city.seed, order.texts)

    @cached_property
    def templates(self) -> dict[type[models.Model], Template]:
        return {model: Template(model) for model in TABLES}

    def _add(self, model: type[models.Model], **facts: Any) -> None:
        self.of[model].append(self.templates[model].row(**facts))

    def add(self, file: FileShape) -> None:
        rng = Random(self.order.city.seed * 7_000_003 + file.number)  # noqa: S311
        domain = self.words.domains[file.domain]
        own = texts.file_words(rng, domain)
        name = texts.person(rng)
        ground, pk = self.order.ground, file.number + 1
        title = f"{own[0].capitalize()} {name}"
        number = f"{file.number % 30:02}.{file.number % 50:02}-{pk:06}/{file.opened_on.year}"
        facts = {"scope_id": file.scope, "opened_on": file.opened_on}
        self._add(
            CaseFile, id=pk, uuid=_uuid(rng), aktenzeichen=number, title=title,
            sort_key=din5007_key(title), entry_id=ground.entries[file.entry],
            lead_unit_id=ground.units[file.unit], last_activity_at=_noon(file.days[-1]), **facts,
        )  # fmt: skip
        self._add(Matter, id=pk, uuid=_uuid(rng), case_file_id=pk, title="Vorgang", **facts)
        self._add(
            ExternalKey, id=pk, system_id=ground.system, kind=ExternalKeyKind.CASE_FILE,
            mandant="", value=f"M{pk:08}", case_file_id=pk,
        )  # fmt: skip
        for place, day in enumerate(file.days):
            kind = rng.randrange(len(ground.types))
            subject = f"{texts.TYPES[kind]} {rng.choice(own).capitalize()}"
            text = texts.text(rng, self.words.common, domain, own, name)
            self._document(file, file.first_document + place + 1, day, kind, subject, text, number)

    def _document(
        self, file: FileShape, pk: int, day: date, kind: int, subject: str, text: str, number: str
    ) -> None:
        ground, letters = self.order.ground, self.order.ground.letters
        found = analyse_document(subject, text, extra=[number, texts.TYPES[kind]])
        moment = _noon(day)
        self._add(
            Document, id=pk, uuid=UUID(int=(file.number << 64) + pk), case_file_id=file.number + 1,
            matter_id=file.number + 1, title=subject, direction=Direction.INCOMING,
            document_type_id=ground.types[kind], letter_date=day, filed_at=moment, sort_date=day,
            is_final=True, mime_type="application/pdf", page_count=2, indexed_at=moment,
            scope_id=file.scope,
        )  # fmt: skip
        self._add(DocumentVersion, id=pk, document_id=pk, number=1, created_at=moment)
        self._add(
            Component, id=pk, version_id=pk, position=0, kind=ComponentKind.MAIN,
            blob_id=letters[pk % len(letters)], file_name="schreiben.pdf",
        )  # fmt: skip
        self._add(
            DocumentText, document_id=pk, version_number=1, text=found.text, offsets=found.offsets,
            analyser_version=ANALYSER_VERSION,
        )  # fmt: skip
        self._add(
            SearchEntry, sort_date=day, document_id=pk, case_file_id=file.number + 1,
            acl=list(ground.rights[file.scope]), deny=[], tsv=found.tsvector,
        )  # fmt: skip


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _drop_words_index(owner: psycopg.Connection[Any]) -> str:
    """Its definition, to build it again: adding to it row by row takes thrice as long."""
    row = owner.execute("SELECT pg_get_indexdef(%s::regclass)", [WORDS_INDEX]).fetchone()
    if row is None:
        raise LookupError(WORDS_INDEX)
    owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(WORDS_INDEX)))
    return str(row[0])


def _build_words_index(owner: psycopg.Connection[Any], definition: str, processes: int) -> None:
    """Partition by partition, several at once; the index above them takes them in."""
    url = owner.info.dsn
    partitions = _partitions(owner)
    columns = definition[definition.index(" USING ") :]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        password = owner.info.password
        list(pool.map(_build_part, [(url, password, name, columns) for name in partitions]))
    owner.execute(definition)


def _partitions(owner: psycopg.Connection[Any]) -> Iterator[str]:
    rows = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'records_searchentry'::regclass"
        " ORDER BY pg_relation_size(inhrelid) DESC"
    )
    return iter([row[0] for row in rows.fetchall()])


def _build_part(order: tuple[str, str, str, str]) -> None:
    url, password, name, columns = order
    with closing(psycopg.connect(url, password=password, autocommit=True)) as owner:
        owner.execute("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0")
        statement = f"CREATE INDEX ON {name}{columns}"
        owner.execute(statement)


def _finish(owner: psycopg.Connection[Any]) -> None:
    """Sequences go on behind what was written; the planner gets its statistics."""
    for model in TABLES:
        table = model._meta.db_table
        if any(field.column == "id" for field in model._meta.concrete_fields):
            owner.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                    sql.Literal(table), sql.Identifier(table)
                )
            )
        owner.execute(sql.SQL("VACUUM (FREEZE, ANALYZE) {}").format(sql.Identifier(table)))
