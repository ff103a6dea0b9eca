"""Advisory locks on foreign keys: two workers never open the same file or party twice.

Taken in sorted order as the first thing in the writing transaction, gone with its end.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection

from goettingen_ecm.accounts.models import din5007_key
from integrations.formats.filing import Filing, PartyTarget
from records.models import SpecialistSystem

LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS t (key)"


def lock_targets(filings: Iterable[Filing], system: SpecialistSystem) -> None:
    """Wait until nobody else works on these case files and parties."""
    names: set[str] = set()
    for filing in filings:
        names.add(f"document/{system.pk}/{'/'.join(filing.document_key)}")
        if filing.case_file:
            names.add(f"case/{system.pk}/{'/'.join(filing.case_file.key)}")
        names.update(_party(one) for one in filing.parties if one.birth_date)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(_number(name) for name in names)])


def _party(one: PartyTarget) -> str:
    return f"party/{din5007_key(f'{one.name} {one.first_name}'.strip())}/{one.birth_date}"


def _number(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
