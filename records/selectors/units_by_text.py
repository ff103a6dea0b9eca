"""Finding a unit by the beginning of its code or by words of its name."""

from django.db.models import Q

from goettingen_ecm.accounts.models import OrgUnit, din5007_key
from goettingen_ecm.operations import clock

SHOWN = 20
WORDS = 8
LONGEST = 100


def units_by_text(text: str) -> list[OrgUnit]:
    """Units that exist today, at most 20, in the order of their codes; the exact code first."""
    words = text.replace("\0", "")[:LONGEST].split()[:WORDS]
    if not words:
        return []
    living = Q(valid_until=None) | Q(valid_until__gte=clock.today())
    exact = list(OrgUnit.objects.filter(living, code__iexact=" ".join(words))[:1])
    rows = OrgUnit.objects.filter(living).order_by("code")
    for word in words:
        rows = rows.filter(Q(code__istartswith=word) | Q(sort_key__contains=din5007_key(word)))
    return [*exact, *rows.exclude(pk__in=[one.pk for one in exact])[: SHOWN - len(exact)]]
