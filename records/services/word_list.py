"""The municipality's word list of compounds: changed in admin, taken over, documents follow.

A rule changes lexemes of documents only: queries search whole words. Which documents can have other
lexemes now is asked of the word index, never of their texts; a job analyses them anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.jobs import CHANGED, JobKind, Result, Wanted
from goettingen_ecm.operations.models import Job, Operation
from goettingen_ecm.operations.refusals import InvalidInput
from records.analysis.documents import analyser, use_rules
from records.analysis.folding import fold, umlauts_reduced
from records.analysis.lexemes import LONGEST_LEXEME, stem
from records.analysis.tsvectors import quoted
from records.analysis.vocabulary import MODIFIER, SHORTEST_COMPOUND, SHORTEST_PART
from records.choices import CompoundRule
from records.models import CompoundWord
from records.search_index import index
from records.selectors.word_rules import word_rules
from records.services.indexing import index_documents

KIND = "records.word_list.follow"
LONGEST = 40
# Whoever began to analyse with the old rules has stored by then.
SETTLED = timedelta(seconds=60)
# Alternatives of one lookup: PostgreSQL nests them, and its stack is not endless.
AT_ONCE = 500


def one_word(text: str, rule: str) -> tuple[str, str]:
    """The word as it is shown and its one spelling. Raises InvalidInput when it can be no rule."""
    word = text.strip()
    folded = fold(word)
    if not word.isalpha():
        raise InvalidInput("Bitte geben Sie genau ein Wort nur aus Buchstaben an.", field="word")
    if not SHORTEST_PART <= len(folded) <= LONGEST:
        raise InvalidInput(
            f"Ein Wort der Liste hat {SHORTEST_PART} bis {LONGEST} Buchstaben.", field="word"
        )
    if rule == CompoundRule.UNSPLIT and len(folded) < SHORTEST_COMPOUND:
        raise InvalidInput(
            f"Wörter unter {SHORTEST_COMPOUND} Buchstaben werden ohnehin nie zerlegt.", field="word"
        )
    return word, folded


def change_word(word: CompoundWord, operation: Operation) -> None:
    """Store a new or changed rule; the documents follow within some minutes."""
    word.changed_at, word.operation = clock.now(), operation
    word.save()


def follow_changes() -> int:
    """Start a job for each rule the documents do not follow yet; returns how many began."""
    use_rules(word_rules())
    settled = Q(changed_at__lt=clock.now() - SETTLED)
    behind = Q(followed_at=None) | Q(followed_at__lt=F("changed_at"))
    ids = list(CompoundWord.objects.filter(settled & behind).values_list("pk", flat=True))
    return sum(_follow(pk) for pk in ids)


def _follow(pk: int) -> bool:
    """False while another worker does it."""
    with transaction.atomic():
        rows = CompoundWord.objects.select_for_update(skip_locked=True, of=("self",))
        word = rows.select_related("operation").filter(pk=pk).first()
        if word is None or word.operation is None:
            return False
        title = f"Suche: Dokumente mit „{word.word}“ neu analysieren"
        wanted = Wanted(KIND, title, documents_with(word))
        word.job = jobs.start(wanted, word.operation)
        word.followed_at = word.changed_at
        word.save(update_fields=["job", "followed_at"])
    return True


def documents_with(word: CompoundWord) -> list[int]:
    """Documents whose lexemes the rule can change: with the word, compounds that begin with it or
    were split at it, and compounds of it with one known first part."""
    return index.documents_containing(_lookups(word))


def _lookups(word: CompoundWord) -> Iterator[str]:
    """As PostgreSQL literals."""
    whole = quoted(stem(word.folded))
    if word.rule == CompoundRule.UNSPLIT:
        yield whole
        return
    yield f"{whole} | {quoted(umlauts_reduced(word.folded))}:*"
    kinds = analyser().kinds
    first_parts = [part for part, kind in kinds.items() if kind & MODIFIER]
    compounds = [stem(part + word.folded)[:LONGEST_LEXEME] for part in first_parts]
    for start in range(0, len(compounds), AT_ONCE):
        yield " | ".join(map(quoted, compounds[start : start + AT_ONCE]))


def analyse_anew(_job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    """Work of the job on one batch."""
    index_documents(ids)
    return dict.fromkeys(ids, CHANGED)


def register(describe: jobs.Describe) -> None:
    """Called once when the app is ready."""
    jobs.kinds.register(KIND, JobKind(analyse_anew, describe))
