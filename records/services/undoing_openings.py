"""Taking back what was opened by mistake: files and matters, while they are empty and untouched.

The row goes, its history and the audit stay. A file's number is not given again: the counter of
``numbering`` never goes back, so the gap says that there was a file.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.models import BusinessDataValue, CaseFile, FileMark, Matter
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import filing_refusal, lock_case_files, require_sight
from records.services.scoping import lock_matters
from workflows.models import FollowUp

OF_THE_FILE_ALONE = (FileMark, BusinessDataValue)
"""Rows that go with a file: what its opener keeps of it for oneself, and derived values."""


def undo_opened_files(operation_id: int, actor: Actor) -> list[str]:
    """Remove the files an operation has opened, all of them or none; returns their numbers.

    Raises Forbidden for somebody else's or without the right to open files there, IllegalState for
    a file that was changed since or that anything belongs to.
    """
    require_author(operation_id, actor)
    with transaction.atomic():
        files = list(lock_case_files(_opened(CaseFile, operation_id)).values())
        for case_file in files:
            _require_opener(case_file, actor)
        _require_untouched(files, operation_id, kept=OF_THE_FILE_ALONE)
        _require_unmarked(files, actor)
        for model in OF_THE_FILE_ALONE:
            model.objects.filter(case_file__in=files).delete()
        writing.remove(files, actor)
        record_changes("records.case_file.opening_undone", files, actor)
    return [f.aktenzeichen for f in files]


def undo_opened_matters(operation_id: int, actor: Actor) -> list[str]:
    """Remove the matters an operation has opened, all of them or none; returns their titles.

    Raises Forbidden for somebody else's, the file's refusal (``documents.filing_refusal``),
    IllegalState for a matter that was changed since or that anything belongs to.
    """
    require_author(operation_id, actor)
    with transaction.atomic():
        ids = _opened(Matter, operation_id)
        rows = Matter.objects.filter(pk__in=ids).values_list("case_file_id", flat=True)
        for case_file in lock_case_files(list(rows)).values():
            if (refusal := filing_refusal(case_file, actor)) is not None:
                raise refusal
        matters = list(lock_matters(ids).values())
        require_sight(matters, actor)
        _require_untouched(matters, operation_id)
        writing.remove(matters, actor)
        record_changes("records.matter.opening_undone", matters, actor)
    return [m.title for m in matters]


def require_author(operation_id: int, actor: Actor) -> None:
    """Raises Forbidden for an operation of somebody else, or one that is not known."""
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))


def _opened(model: Any, operation_id: int) -> list[int]:
    rows = model.history.filter(operation_id=operation_id, history_type=writing.CREATED)
    return list(rows.values_list("id", flat=True))


def _require_opener(case_file: CaseFile, actor: Actor) -> None:
    user = actor.user
    if user is None or not policies.can_open_case_files(user, case_file.lead_unit_id):
        raise Forbidden(
            _("Die Akte %(number)s dürfen Sie nicht zurücknehmen.")
            % {"number": case_file.aktenzeichen},
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )


def _require_untouched(
    objects: Sequence[CaseFile] | Sequence[Matter],
    operation_id: int,
    *,
    kept: Sequence[type[models.Model]] = (),
) -> None:
    """Raises IllegalState unless each row is as it was opened and nothing refers to it."""
    if not objects:
        raise IllegalState(_("Es gibt nichts mehr zurückzunehmen."))
    model, ids = type(objects[0]), [one.pk for one in objects]
    changed = model.history.filter(id__in=ids).exclude(operation_id=operation_id)
    if changed.exists():
        raise _touched(_("Die Angaben wurden inzwischen geändert."))
    if _used(model, ids, kept).exists() or _followed_up(model, ids):
        raise _touched(_("Inzwischen gehört etwas dazu, zum Beispiel ein Dokument."))


def _used(
    model: type[models.Model], ids: Sequence[int], kept: Sequence[type[models.Model]]
) -> models.QuerySet[Any]:
    """Those of the rows that any row of another table refers to, whichever app it belongs to."""
    relations = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
        and relation.related_model not in kept
        and not hasattr(relation.related_model, "history_type")
    ]
    uses: list[Q] = [
        Q(Exists(r.related_model._base_manager.filter(**{r.field.name: OuterRef("pk")})))
        for r in relations
    ]
    return model._base_manager.filter(reduce(or_, uses), pk__in=ids)


def _followed_up(model: type[models.Model], ids: Sequence[int]) -> bool:
    rows = FollowUp.objects.filter(object_type=model._meta.label_lower, object_id__in=ids)
    return rows.exists()


def _require_unmarked(files: Sequence[CaseFile], actor: Actor) -> None:
    """Somebody else who chose the file would find it gone."""
    chosen = Q(favourite_since__isnull=False) | Q(watched_since__isnull=False)
    others = FileMark.objects.filter(chosen, case_file__in=files).exclude(owner_id=actor.user_id)
    if others.exists():
        raise _touched(_("Jemand anderes hat sich die Akte inzwischen gemerkt."))


def _touched(reason: str) -> IllegalState:
    return IllegalState(
        f"{reason} {_('Es wurde nichts zurückgenommen.')}",
        next_step=_("Ändern Sie die Angaben von Hand oder verfügen Sie z. d. A."),
    )
