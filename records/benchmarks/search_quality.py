"""How well the search finds what a person expects: questions asked of an indexed corpus.

A question names documents that ``must`` be found (the word in some inflected or spelling form), that
``should`` be found (compound or synonym), false friends that may not stand above a must
(``must_not``) and known items expected among the first k (``top``). Documents are named by ids like
``bund/baunvo``.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import give_role
from records import blob_store
from records.choices import ComponentKind, Direction
from records.models import Blob, Document, FilePlan, FilePlanEntry, Matter
from records.selectors import search as selector
from records.services import blobs, texts
from records.services.actor import Actor, person
from records.services.case_files import TITLE_CHARS, NewCaseFile, open_case_files
from records.services.documents import NewComponent, NewDocument, NewVersion, file_documents
from records.services.indexing import index_documents
from records.services.matters import NewMatter, open_matters

BATCH = 200
READER = "eval-search"
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)


class QuestionsError(ValueError):
    """The file of questions is not readable: says where and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query and the documents a person expects; ``top_k``: 0 where no item is known."""

    query: str
    category: str
    must: frozenset[str]
    should: frozenset[str]
    must_not: frozenset[str]
    top: frozenset[str] = frozenset()
    top_k: int = 0


@dataclass(slots=True)
class Tally:
    """Expected documents found, and expected ones."""

    found: int = 0
    of: int = 0

    def add(self, found: int, of: int) -> None:
        self.found += found
        self.of += of

    @property
    def share(self) -> float:
        return self.found / self.of if self.of else 1.0


@dataclass(slots=True)
class Score:
    """Sums over all questions; ``misses`` names what was not found, query by query."""

    must: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    should: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    top: Tally = field(default_factory=Tally)
    false_friends: int = 0
    misses: dict[str, list[str]] = field(default_factory=dict)
    beyond_ranking: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Names as in the contract of the benchmarks; shares from 0 to 1."""
        recall = {f"recall_{name}": tally.share for name, tally in sorted(self.must.items())}
        bonus = {f"bonus_{name}": tally.share for name, tally in sorted(self.should.items())}
        return {
            **recall,
            **bonus,
            "known_item_top_k": self.top.share,
            "false_friend_errors": self.false_friends,
        }


def read_questions(path: Path) -> list[Question]:
    """Raises QuestionsError naming file, question and field."""
    try:
        rows = json.loads(path.read_text("utf-8"))["queries"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionsError(f"{path.name}: keine Fragen lesbar ({error!r})") from error
    return [_question(path, place, row) for place, row in enumerate(rows, 1)]


def _question(path: Path, place: int, row: Any) -> Question:
    try:
        top = row.get("top") or {"ids": (), "k": 0}
        groups = {name: frozenset(row.get(name, ())) for name in ("must", "should", "must_not")}
        return Question(row["query"], row["category"], **groups,
                        top=frozenset(top["ids"]), top_k=int(top["k"]))  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise QuestionsError(f"{path.name}, Frage {place}: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Corpus:
    """Who asks, and the ids of the documents by their primary keys."""

    reader: User
    names: Mapping[int, str]


def referenced(reader: User) -> Corpus:
    """The database as it is: a document's id is its foreign reference."""
    rows = Document.objects.visible_to(reader).exclude(foreign_reference="")
    return Corpus(reader, dict(rows.values_list("pk", "foreign_reference")))


def ask(questions: Sequence[Question], corpus: Corpus) -> Score:
    """Put every question as the reader would; each page of the answer is turned."""
    score, known = Score(), set(corpus.names.values())
    for question in questions:
        found, capped = _answer(corpus.reader, question.query)
        if capped:
            score.beyond_ranking.append(question.query)
        ranked = [corpus.names[pk] for pk in found if pk in corpus.names]
        judge(question, ranked, known, score)
    return score


def _answer(reader: User, query: str) -> tuple[list[int], bool]:
    first = selector.search(reader, query)
    rest = (selector.search(reader, query, page=n) for n in range(2, first.pages + 1))
    found = [hit.document.pk for page in (first, *rest) for hit in page.hits]
    return found, first.ranked_newest_only


def judge(question: Question, ranked: Sequence[str], known: set[str], score: Score) -> None:
    """Add one answer to the sums; what the corpus does not hold is not expected."""
    place = {name: n for n, name in enumerate(ranked)}
    must, should = question.must & known, question.should & known
    score.must[question.category].add(len(must & place.keys()), len(must))
    score.should[question.category].add(len(should & place.keys()), len(should))
    if missed := sorted(must - place.keys()):
        score.misses[question.query] = missed
    last = max((place[name] for name in must & place.keys()), default=-1)
    score.false_friends += sum(place.get(name, last) < last for name in question.must_not)
    if top := question.top & known:
        score.top.add(len(top & set(ranked[: question.top_k])), len(top))


def index_corpus(folder: Path, progress: Callable[[int], object]) -> Corpus:
    """File ``<collection>/<slug>.md`` as documents of one file and index them.

    ``progress`` hears how many are done. Raises QuestionsError when the folder holds no such file.
    """
    paths = iter(sorted(folder.glob("*/*.md")))
    matter, reader = _file_for_all()
    actor = person(reader, "records.eval_search")
    names: dict[int, str] = {}
    while batch := list(islice(paths, BATCH)):
        names |= _index(batch, matter, actor)
        progress(len(names))
    if not names:
        raise QuestionsError(f"{folder}: keine Dateien <Sammlung>/<Name>.md")
    return Corpus(reader, names)


def _file_for_all() -> tuple[Matter, User]:
    unit = OrgUnit.objects.create(code="MESS", name="Messung")
    reader = User.objects.create(username=READER, last_name="Messung")
    give_role(reader, unit, Role.CLERK)
    plan = FilePlan.objects.create(code="MESS", title="Messplan", valid_from=date(2000, 1, 1))
    entry = FilePlanEntry.objects.create(
        plan=plan, code="1", title="Texte", disposition="B", retention_years=10
    )
    actor = person(reader, "records.eval_search")
    [case_file] = open_case_files([NewCaseFile(entry=entry, lead_unit=unit, title="Texte")], actor)
    [matter] = open_matters([NewMatter(case_file, "Texte")], actor)
    return matter, reader


def _index(paths: Sequence[Path], matter: Matter, actor: Actor) -> dict[int, str]:
    """One batch; returns the ids by primary key."""
    staged = [blob_store.stage_chunks([path.read_bytes()]) for path in paths]
    with transaction.atomic():
        stored = blobs.store_staged(staged)
        pairs = zip(paths, staged, strict=True)
        wanted = [_document(path, matter, stored[one.sha256]) for path, one in pairs]
        ids = [document.pk for document in file_documents(wanted, actor)]
    texts.extract_texts(ids)
    index_documents(ids)
    names = [f"{path.parent.name}/{path.stem}" for path in paths]
    return dict(zip(ids, names, strict=True))


def _document(path: Path, matter: Matter, blob: Blob) -> NewDocument:
    heading = _HEADING.search(path.read_text("utf-8"))
    title = " ".join((heading.group(1) if heading else path.stem).split())[:TITLE_CHARS]
    version = NewVersion([NewComponent(ComponentKind.MAIN, blob, "text.txt")])
    return NewDocument(matter, title, Direction.INTERNAL, version)
