"""The epoch of rights: kept in PostgreSQL so that a lost cache can never show too much."""

from django.db.models import F

from goettingen_ecm.access.models import AccessEpoch


def current() -> int:
    """The number of the present epoch (one primary-key read)."""
    number = AccessEpoch.objects.filter(pk=1).values_list("number", flat=True).first()
    return 0 if number is None else number


def advance() -> None:
    """Age every cached right, in the caller's transaction."""
    if not AccessEpoch.objects.filter(pk=1).update(number=F("number") + 1):
        AccessEpoch.objects.get_or_create(pk=1, defaults={"number": 1})
