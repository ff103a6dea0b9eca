"""The municipality's rules for compounds as they hold now."""

from records.analysis.vocabulary import WordRules
from records.choices import CompoundRule
from records.models import CompoundWord


def word_rules() -> WordRules:
    """One small query: read once for a batch of documents, so every process knows a change at once."""
    found: dict[str, set[str]] = {rule: set() for rule in CompoundRule.values}
    for folded, rule in CompoundWord.objects.filter(is_active=True).values_list("folded", "rule"):
        found[rule].add(folded)
    return WordRules(
        parts=frozenset(found[CompoundRule.PART]),
        never_parts=frozenset(found[CompoundRule.NEVER_PART]),
        unsplit=frozenset(found[CompoundRule.UNSPLIT]),
    )
