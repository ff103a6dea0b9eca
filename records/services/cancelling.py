"""Storno of documents instead of deleting them (requirements W10), and taking it back.

A cancelled document stays readable with its reason and changes no more; the reason is the
operation's and stands in the document's history.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, Refusal
from records.choices import CaseFileStatus, DocumentStatus
from records.models import Document
from records.selectors.case_files import SHOWN_STATES
from records.services import locks, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.bulk_documents import CHANGED_SINCE, lock_files_of, sees
from records.services.documents import filing_refusal, lock_for_change, require_changeable
from records.services.history_values import values_before


def cancel_documents(
    document_ids: Sequence[int], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[Document]:
    """Cancel all of them or none; the operation carries the reason.

    ``versions``: the ``row_version`` each form has shown. Raises InvalidInput without a reason,
    LostUpdate, IllegalState (in work, final, cancelled, matter or file closed), Forbidden.
    """
    _require_reason(actor)
    with transaction.atomic():
        documents = lock_for_change(document_ids, actor)
        held = locks.locks_in_force(list(documents.values()))
        for pk, document in documents.items():
            require_changeable(document, actor)
            writing.require_version(document, (versions or {}).get(pk))
            if pk in held:
                raise _in_own_work(document)
            document.status = DocumentStatus.CANCELLED
        _write(list(documents.values()), "records.document.cancelled", actor)
    return [documents[pk] for pk in document_ids]


def _require_reason(actor: Actor) -> None:
    if not actor.operation.reason.strip():
        raise InvalidInput(_("Ein Storno braucht einen Grund."), field="reason")


def _in_own_work(document: Document) -> IllegalState:
    return IllegalState(
        _("Sie haben „%(title)s“ in Bearbeitung.") % {"title": document.title},
        next_step=_("Beenden Sie zuerst die Bearbeitung."),
    )


def _write(documents: Sequence[Document], action: str, actor: Actor) -> None:
    writing.update(documents, ["status"], actor)
    record_changes(action, documents, actor, fields=["status"])


def restore_documents(document_ids: Sequence[int], actor: Actor) -> list[Document]:
    """Lift the Storno: each document has the state it had before; all of them or none.

    Raises IllegalState (not cancelled, matter or file closed), Forbidden.
    """
    with transaction.atomic():
        documents = lock_for_change(document_ids, actor)
        for document in documents.values():
            if document.status != DocumentStatus.CANCELLED:
                raise IllegalState(
                    _("„%(title)s“ ist nicht storniert.") % {"title": document.title},
                    next_step=_("Laden Sie die Seite neu."),
                )
        before = states_before(document_ids)
        for pk, document in documents.items():
            document.status = before.get(pk, DocumentStatus.VALID)
        _write(list(documents.values()), "records.document.restored", actor)
    return [documents[pk] for pk in document_ids]


def states_before(document_ids: Sequence[int]) -> dict[int, str]:
    """The last state of each document that was not the Storno."""
    rows = Document.history.filter(id__in=document_ids).exclude(status=DocumentStatus.CANCELLED)
    newest = rows.order_by("id", "-history_id").distinct("id")
    return dict(newest.values_list("id", "status"))


def plan(document_ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """What would become of each document if it were cancelled now; writes nothing (dry run)."""
    found = _rows(document_ids)
    refusals = _refusals_of_files(found, actor)
    held = locks.locks_in_force(list(found.values()))
    results = {}
    for pk in document_ids:
        reason = _obstacle(found.get(pk), actor, refusals)
        if not reason and pk in held:
            reason = _("Das Dokument ist in Bearbeitung.")
        if reason:
            results[pk] = refused(reason)
        else:
            cancelled = found[pk].status == DocumentStatus.CANCELLED
            results[pk] = UNCHANGED if cancelled else CHANGED
    return results


def _rows(document_ids: Sequence[int]) -> dict[int, Document]:
    rows = Document.objects.filter(pk__in=document_ids)
    return {one.pk: one for one in rows.select_related("case_file__entry", "matter")}


def _refusals_of_files(found: Mapping[int, Document], actor: Actor) -> dict[int, Refusal | None]:
    files = {one.case_file_id: one.case_file for one in found.values()}
    return {pk: filing_refusal(case_file, actor) for pk, case_file in files.items()}


def _obstacle(
    document: Document | None, actor: Actor, refusals: Mapping[int, Refusal | None]
) -> str:
    """Why a document stays as it is; the reasons name no titles, because results are kept."""
    if document is None or document.status not in SHOWN_STATES or not sees(actor, document):
        return _("Das Dokument ist nicht (mehr) sichtbar.")
    if (refusal := refusals[document.case_file_id]) is not None:
        return refusal.reason
    if document.matter.status != CaseFileStatus.ACTIVE:
        return _("Der Vorgang ist %(state)s.") % {"state": document.matter.get_status_display()}
    if document.is_final:
        return _("Endgültige Dokumente bleiben unverändert.")
    return ""


def cancel_each(document_ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Cancel all that may be; the others answer why not. Raises InvalidInput without a reason."""
    _require_reason(actor)
    with transaction.atomic():
        lock_files_of(document_ids)
        results = plan(document_ids, actor)
        wanted = [pk for pk, result in results.items() if result == CHANGED]
        if wanted:
            cancel_documents(wanted, actor)
    return results


def take_back(document_ids: Sequence[int], operation_id: int, actor: Actor) -> dict[int, Result]:
    """Lift what the operation has cancelled, where nobody changed it since."""
    with transaction.atomic():
        lock_files_of(document_ids)
        before = values_before(Document, document_ids, operation_id)
        found = _rows(document_ids)
        refusals = _refusals_of_files(found, actor)
        results = {}
        for pk in document_ids:
            reason = _obstacle(found.get(pk), actor, refusals)
            if not reason and not (
                pk in before and before[pk].left_version == found[pk].row_version
            ):
                reason = CHANGED_SINCE
            results[pk] = refused(reason) if reason else CHANGED
        wanted = [pk for pk, one in results.items() if one.outcome == JobItemOutcome.CHANGED]
        if wanted:
            restore_documents(wanted, actor)
    return results
