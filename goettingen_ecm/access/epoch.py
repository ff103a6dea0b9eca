"""The epoch of rights: kept in PostgreSQL so that a lost cache can never show too much.

Database triggers age it whenever a membership, unit, principal, scope or grant is written, however
it is written (migration ``access/0003_epoch_triggers``).
"""

import hashlib

from django.db import connection


def current() -> str:
    """The name of the present state of rights (one small read); equal names mean equal rights.

    Names are random, not counted: a rolled-back change, a restored backup or another database can
    never bring an old name back.
    """
    # Every request asks this, so it goes past the ORM: 0.2 ms instead of 0.8.
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM access_accessepoch ORDER BY id")
        tokens = cursor.fetchall()
    return hashlib.sha256(b"".join(token.bytes for (token,) in tokens)).hexdigest()[:32]


def advance() -> None:
    """Age every cached right, in the caller's transaction, without waiting for another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_age_epoch()")
