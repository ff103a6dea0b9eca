"""Asking for the PDF of an Office file or a mail: one row for each content (requirement Q3)."""

from collections.abc import Iterable

from django.db import transaction

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.tasks import nudge
from records.content.mail_results import MAIL_TYPES
from records.content.office_types import OFFICE_TYPES
from records.models import Rendition

TASK = "records.tasks.render_office_files"
NUDGE_EXPIRES = 20.0
RENDERED = frozenset([*OFFICE_TYPES, *MAIL_TYPES])


def request_renditions(found: Iterable[tuple[int, str, str]]) -> None:
    """Queue the Office files and mails among (blob id, type, problem) that have none yet.

    In the caller's transaction; files known to be encrypted or broken are not tried.
    """
    wanted = sorted({pk for pk, mime, problem in found if mime in RENDERED and not problem})
    if not wanted:
        return
    now = clock.now()
    Rendition.objects.bulk_create(
        [Rendition(source_id=pk, due_at=now) for pk in wanted], ignore_conflicts=True
    )
    transaction.on_commit(lambda: nudge(TASK, expires=NUDGE_EXPIRES))
