"""The epoch with real commits."""

from django.db import connection, transaction

from goettingen_ecm.access import epoch


def test_two_transactions_change_rights_without_waiting(committed_db: str) -> None:
    """The epoch is no bottleneck: a second transaction takes another row."""
    other = connection.copy()
    try:
        before = epoch.current()
        with transaction.atomic():
            epoch.advance()
            mine = epoch.current()
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute("SELECT access_age_epoch()")
            assert epoch.current() != mine
        after_both = epoch.current()
        assert after_both not in (before, mine)
        epoch.advance()
        assert epoch.current() not in (before, mine, after_both)
    finally:
        other.close()
