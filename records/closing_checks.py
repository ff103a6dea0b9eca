"""What must be finished before something is put z. d. A. (requirements R1): a checklist as data.

Features add their own checks; each is asked once for the whole set.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Registry
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, CheckOut, Document, Matter
from workflows.models import FollowUp

CASE_FILE, MATTER = "case_file", "matter"
"""What is closed; also the name of the foreign key by which documents belong to it."""

Counting = Callable[[str, Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ClosingCheck:
    """One line of the checklist: ``count`` gives the open things by id of file or matter."""

    label: str | Promise
    advice: str | Promise
    count: Counting


closing_checks: Registry[ClosingCheck] = Registry()


def open_matters(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    """Matters in work: of files, or below matters."""
    column = "case_file_id" if part == CASE_FILE else "parent_id"
    rows = Matter.objects.filter(**{f"{column}__in": ids}, status=CaseFileStatus.ACTIVE)
    return _by_id(rows.order_by().values_list(column).annotate(Count("pk")))


def drafts(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    """Documents nobody has made valid yet."""
    rows = Document.objects.filter(**{f"{part}__in": ids}, status=DocumentStatus.DRAFT)
    return _by_id(rows.order_by().values_list(f"{part}_id").annotate(Count("pk")))


def checked_out(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    """Documents somebody works on now; an expired lock keeps nobody up."""
    rows = CheckOut.objects.filter(**{f"document__{part}__in": ids}, until__gt=clock.now())
    return _by_id(rows.order_by().values_list(f"document__{part}_id").annotate(Count("pk")))


def open_follow_ups(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    """Follow-ups of the documents, and of the file itself."""
    found: Counter[int] = Counter()
    waiting = FollowUp.objects.filter(done_at=None)
    if part == CASE_FILE:
        rows = waiting.filter(object_type=CaseFile._meta.label_lower, object_id__in=ids)
        found.update(rows.values_list("object_id", flat=True))
    inside = Document.objects.filter(**{f"{part}__in": ids})
    of_documents = waiting.filter(
        object_type=Document._meta.label_lower, object_id__in=inside.values("pk")
    )
    targets = list(of_documents.values_list("object_id", flat=True))
    owners = dict(inside.filter(pk__in=targets).values_list("pk", f"{part}_id"))
    found.update(owners[target] for target in targets)
    return found


def _by_id(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return dict(rows)


def register() -> None:
    """Called once when the app is ready."""
    for order, (name, check) in enumerate(CHECKS.items()):
        closing_checks.register(f"records.{name}", check, order=order)


OPEN_MATTERS = "records.open_matters"
CHECKS = {
    "open_matters": ClosingCheck(
        _("Offene Vorgänge"),
        _("Verfügen Sie die Vorgänge zuerst z. d. A. oder schließen Sie sie mit ab."),
        open_matters,
    ),
    "drafts": ClosingCheck(
        _("Entwürfe"),
        _("Legen Sie die gültige Fassung ab oder stornieren Sie den Entwurf."),
        drafts,
    ),
    "checked_out": ClosingCheck(
        _("Dokumente in Bearbeitung"),
        _("Geben Sie die Dokumente zurück oder bitten Sie um Freigabe."),
        checked_out,
    ),
    "follow_ups": ClosingCheck(
        _("Offene Wiedervorlagen"),
        _("Erledigen Sie die Wiedervorlagen oder bitten Sie die zuständige Person darum."),
        open_follow_ups,
    ),
}
