"""What stands against deleting a document before its time: named with the next step."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations.refusals import IllegalState
from records import policies
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, Document, Hold
from records.services import locks


def refusals(documents: Sequence[Document]) -> dict[int, IllegalState]:
    """The first thing that stands against each document; those without one are missing.

    The documents carry their file.
    """
    held = _held([one.case_file_id for one in documents])
    in_work = locks.locks_in_force(list(documents))
    found: dict[int, IllegalState] = {}
    for one in documents:
        refusal = _of_document(one) or _of_file(one.case_file) or _of_hold(one, held)
        refusal = refusal or (_in_work() if one.pk in in_work else None)
        if refusal is not None:
            found[one.pk] = refusal
    return found


def require_deletable(documents: Sequence[Document]) -> None:
    """Raises the first of ``refusals``."""
    for refusal in refusals(documents).values():
        raise refusal


def _of_document(document: Document) -> IllegalState | None:
    if document.status == DocumentStatus.MISFILED:
        return IllegalState(
            _("Das Dokument ist als Fehlablage gemeldet."),
            next_step=_("Zuerst entscheidet der Datenschutz über die Fehlablage."),
        )
    if document.status == DocumentStatus.DELETED:
        return IllegalState(_("Das Dokument ist schon gelöscht."))
    if document.matter.status != CaseFileStatus.ACTIVE:
        return IllegalState(
            _("Der Vorgang ist %(state)s.") % {"state": document.matter.get_status_display()},
            next_step=_("Die Registratur kann den Abschluss aufheben."),
        )
    return None


def _of_file(case_file: CaseFile) -> IllegalState | None:
    """A closed file is kept until its end, then it is offered as a whole (requirements R1, R5)."""
    if policies.is_open(case_file):
        return None
    if case_file.retention_end is None:
        return IllegalState(
            _("Die Akte ist z. d. A. verfügt; daraus wird nichts einzeln gelöscht."),
            next_step=_("Leitung oder Registratur können z. d. A. aufheben."),
        )
    day = german.short_date(case_file.retention_end)
    return IllegalState(
        _("Die Akte ist z. d. A. verfügt und bis %(day)s aufzubewahren.") % {"day": day},
        next_step=_("Leitung oder Registratur können z. d. A. aufheben; sonst gilt die Frist."),
    )


def _held(case_file_ids: Sequence[int]) -> set[int]:
    """A hold on one matter holds its whole file (requirements R6)."""
    rows = Hold.objects.filter(case_file__in=case_file_ids, lifted_at=None)
    return set(rows.values_list("case_file_id", flat=True))


def _of_hold(document: Document, held: set[int]) -> IllegalState | None:
    if document.case_file_id not in held:
        return None
    return IllegalState(
        _("Für die Akte gilt eine Löschsperre."),
        next_step=_("Sie muss zuerst aufgehoben werden; das kann, wer für sie verantwortlich ist."),
    )


def _in_work() -> IllegalState:
    return IllegalState(
        _("Das Dokument ist in Bearbeitung."), next_step=_("Beenden Sie zuerst die Bearbeitung.")
    )
