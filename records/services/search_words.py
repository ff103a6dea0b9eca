"""Which words "Meinten Sie" may offer: counted anew each night from a sample of the documents.

A word gets in only when it stands in many documents of several units, is a word of the German
dictionary (or built of such words, or commonly written small), and is part of nobody's name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Left

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.analysis.compounds import split
from records.analysis.documents import analyser
from records.analysis.folding import fold
from records.analysis.lexemes import word_pieces
from records.analysis.tokens import split_tokens
from records.analysis.vocabulary import Noun, read_nouns
from records.models import Document, DocumentText, Party, SearchWord
from records.selectors.case_files import STATES_IN_USE

SAMPLE = 50_000
BATCH = 500
TEXT_CHARS = 20_000
SHORTEST, LONGEST = 4, 40
MIN_DOCUMENTS, MIN_UNITS = 5, 2
MOST_WORDS = 20_000


@dataclass(slots=True)
class Tally:
    """In how many documents a word stands, and in which units (a bit each)."""

    documents: Counter[str] = field(default_factory=Counter)
    units: dict[str, int] = field(default_factory=dict)

    def add(self, words: Iterable[str], unit: int) -> None:
        for word in words:
            self.documents[word] += 1
            self.units[word] = self.units.get(word, 0) | unit

    def frequent(self, word: str) -> bool:
        return (
            self.documents[word] >= MIN_DOCUMENTS
            and self.units.get(word, 0).bit_count() >= MIN_UNITS
        )


@dataclass(slots=True)
class Seen:
    """What was read: words in their one spelling, those written small, and how all were written."""

    folded: Tally = field(default_factory=Tally)
    small: Tally = field(default_factory=Tally)
    written: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, text: str, unit: int) -> None:
        forms = {w for w in split_tokens(text)[1::2] if w.isalpha() and _fits(w)}
        by_fold = {form: fold(form) for form in forms}
        self.folded.add(set(by_fold.values()), unit)
        self.small.add({by_fold[form] for form in forms if form.islower()}, unit)
        for form, folded in by_fold.items():
            self.written.setdefault(folded, Counter())[form] += 1

    def usual(self, folded: str) -> str:
        """The way it is mostly written; capitals throughout only when there is no other."""
        forms = self.written[folded]
        return max(forms, key=lambda form: (not form.isupper(), forms[form], form))


def count_words(*, sample: int = SAMPLE) -> int:
    """Make the list of offered words anew; returns how many there are. Idempotent."""
    seen = _read(sample)
    offered = _offered(seen)[:MOST_WORDS]
    now = clock.now()
    rows = [
        SearchWord(
            folded=folded,
            word=seen.usual(folded),
            documents=seen.folded.documents[folded],
            units=seen.folded.units[folded].bit_count(),
            counted_at=now,
        )
        for folded in offered
    ]
    with transaction.atomic():
        SearchWord.objects.all().delete()
        SearchWord.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def _fits(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST


def _read(sample: int) -> Seen:
    seen = Seen()
    bits: dict[int, int] = {}
    for text, title, unit in _documents(sample):
        seen.add(f"{title}\n{text}", bits.setdefault(unit, 1 << len(bits)))
    return seen


def _documents(sample: int) -> Iterator[tuple[str, str, int]]:
    """Text, title and unit of documents in use, from all over the range of ids."""
    rows = DocumentText.objects.filter(document__status__in=STATES_IN_USE)
    fields = (Left("text", TEXT_CHARS), "document__title", "document__case_file__lead_unit_id")
    for ids in _sampled(sample):
        yield from rows.filter(document_id__in=ids).values_list(*fields)


def _sampled(sample: int) -> Iterator[list[int]]:
    ends = Document.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    span = range(ends["first"], ends["last"] + 1)
    rng = Random(clock.today().toordinal())  # noqa: S311 - a sample, no secret
    ids = sorted(rng.sample(span, sample)) if len(span) > sample else list(span)
    yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _offered(seen: Seen) -> list[str]:
    """The words that may be offered, the most frequent first."""
    names, known = _names(), _dictionary(read_nouns())
    names |= known.names
    found = [
        word
        for word in seen.folded.documents
        if seen.folded.frequent(word)
        and word not in names
        and (seen.small.frequent(word) or known.has(word, names))
    ]
    return sorted(found, key=lambda word: (-seen.folded.documents[word], word))


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Forms of German nouns and, apart from them, of names."""

    nouns: frozenset[str]
    names: frozenset[str]

    def has(self, word: str, names: set[str]) -> bool:
        """A noun, or built of word parts of which none is a name."""
        if word in self.nouns:
            return True
        parts = split(word, analyser().kinds)
        return bool(parts) and names.isdisjoint(parts)


def _dictionary(nouns: Iterable[Noun]) -> Dictionary:
    common: set[str] = set()
    names: set[str] = set()
    for noun in nouns:
        (names if noun.is_name else common).update(noun.forms)
    return Dictionary(frozenset(common), frozenset(names))


def _names() -> set[str]:
    """Every word of the names of parties and of people with an account."""
    people = User.objects.values_list("last_name", "first_name", "username")
    parties = Party.objects.values_list("name", "first_name")
    rows = chain(people.iterator(), parties.iterator())
    return {piece for row in rows for name in row for piece in _pieces(name)}


def _pieces(name: str) -> Iterator[str]:
    for word in name.split():
        yield from word_pieces(word)
