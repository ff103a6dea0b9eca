"""Month partitions made ahead of need; the default partition catches what has none."""

from datetime import date

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from goettingen_ecm.operations import clock

MONTHS_AHEAD = 3


def create_partitions(
    *, first: date | None = None, months: int = MONTHS_AHEAD + 1, using: str = DEFAULT_DB_ALIAS
) -> int:
    """Make the partitions of ``months`` months from ``first`` (default: this month, UTC).

    Returns how many were missing. Rows the default partition had caught move into them. Raises
    django.db.OperationalError when a long query holds the table; the next run tries again.
    """
    start = first or clock.now().date()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT audit_create_partitions(%s, %s)", [start, months])
        return int(cursor.fetchone()[0])


def prune_read_marks(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Forget read marks older than two days; returns how many."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT audit_prune_read_marks()")
        return int(cursor.fetchone()[0])
