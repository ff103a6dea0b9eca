"""A clerk who reads documents, each read logged, until standard input closes; then a JSON list
of milliseconds. A process of its own, as a web worker is: the measuring loop costs it nothing.

    python -m integrations.benchmarks.reading_clerk USERNAME < pipe
"""

import json
import select
import sys
import time
from random import Random
from typing import Any

import django

READ_SECONDS = 0.05
DOCUMENTS = 500


def main(username: str) -> None:
    """Reads go on the database and role of DATABASE_URL."""
    from goettingen_ecm.accounts.models import User
    from records.models import Document

    clerk = User.objects.get(username=username)
    visible = list(Document.objects.visible_to(clerk).values_list("uuid", flat=True)[:DOCUMENTS])
    rng = Random(1)  # noqa: S311 - which document is read next is no secret
    taken_ms: list[float] = []
    while not select.select([sys.stdin], [], [], READ_SECONDS)[0]:
        started = time.perf_counter()
        _logged_read(clerk, rng.choice(visible), len(taken_ms))
        taken_ms.append((time.perf_counter() - started) * 1000)
    json.dump(taken_ms, sys.stdout)


def _logged_read(clerk: Any, uuid: Any, number: int) -> None:
    from goettingen_ecm.audit.recording import ReadObject, record_reads
    from records.models import Document

    document = Document.objects.visible_to(clerk).select_related("case_file").get(uuid=uuid)
    record_reads(
        "records.document.read",
        [ReadObject("records.document", document.pk, document.uuid)],
        actor_id=clerk.pk,
        session_key=f"bench-{number}",
    )


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
