"""Fehlablage: a document in the wrong place vanishes at once for everybody, and the way back.

Its state takes it out of every list, its scope becomes the one that allows nobody, and so does its
search row. A Löschsperre or z. d. A. of its file does not keep it in sight, and both stay.
Reason and note stay with the ``Misfiling``: history and audit only say that it happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access import scopes
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import DocumentStatus, MatterStatus, MisfilingDecision, MisfilingReason
from records.models import Document, Matter, Misfiling
from records.search_index import index
from records.selectors.case_files import SHOWN_STATES
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.bulk_documents import sees
from records.services.documents import lock_case_files, lock_documents

# How long whoever marked a document may take it back without data protection.
TAKEN_BACK_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a document lies in the wrong place; ``note`` is needed for another reason only."""

    reason: MisfilingReason
    note: str = ""


def mark_misfiled(
    document_ids: Sequence[int],
    finding: Finding,
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Misfiling]:
    """Take documents out of everybody's sight, all of them or none.

    ``versions``: the ``row_version`` each form has shown. Raises InvalidInput (another reason
    without a note), Forbidden (not visible, or no working role), LostUpdate.
    """
    if finding.reason == MisfilingReason.OTHER and not finding.note.strip():
        raise InvalidInput(_("Bitte nennen Sie den anderen Grund in wenigen Worten."), field="note")
    with transaction.atomic():
        documents = _locked(document_ids)
        for pk in document_ids:
            _require_marking(documents.get(pk), actor)
            writing.require_version(documents[pk], (versions or {}).get(pk))
        made = [_misfiling(one, finding, actor) for one in documents.values()]
        Misfiling.objects.bulk_create(made)
        # Before the scope changes: it says for whom a deputy acts.
        record_changes("records.document.misfiled", list(documents.values()), actor)
        hide(list(documents.values()), actor)
    return made


def _locked(document_ids: Sequence[int]) -> dict[int, Document]:
    """The documents with their files, both locked in key order."""
    rows = Document.objects.filter(pk__in=document_ids).order_by()
    files = lock_case_files(list(rows.values_list("case_file_id", flat=True)))
    documents = lock_documents(document_ids)
    for document in documents.values():
        if document.case_file_id in files:
            document.case_file = files[document.case_file_id]
    return documents


def _require_marking(document: Document | None, actor: Actor) -> None:
    """The refusals name no title: perhaps the person does not see it any more."""
    seen = document is not None and document.status in SHOWN_STATES and sees(actor, document)
    if actor.user is None or document is None or not seen:
        raise Forbidden(_("Das Dokument ist nicht (mehr) sichtbar."))
    if not policies.can_mark_misfiled(actor.user, document):
        raise Forbidden(
            _("Eine Fehlablage kennzeichnet, wer in einer Einheit Akten bearbeitet."),
            next_step=_("Sagen Sie der Registratur oder dem Datenschutz Bescheid."),
        )


def _misfiling(document: Document, finding: Finding, actor: Actor) -> Misfiling:
    return Misfiling(
        document=document,
        case_file_id=document.case_file_id,
        reason=finding.reason,
        note=finding.note.strip()[:200],
        former_status=document.status,
        marked_at=clock.now(),
        marked_by=actor.user,
    )


def hide(documents: Sequence[Document], actor: Actor) -> None:
    """Make locked documents nobody's, in lists and in the search at once."""
    nobody = scopes.rights([])
    scope_id = scopes.scope_ids([nobody])[nobody]
    for document in documents:
        document.status, document.scope_id = DocumentStatus.MISFILED, scope_id
    _write(documents, actor)


def _write(documents: Sequence[Document], actor: Actor) -> None:
    writing.update(documents, ["status", "scope"], actor)
    index.follow_documents([one.pk for one in documents])


def undo_marking(misfiling_ids: Sequence[int], actor: Actor) -> list[Document]:
    """Take back one's own marking within 15 minutes; all of them or none.

    Raises Forbidden for somebody else's, IllegalState when it is decided or too late.
    """
    with transaction.atomic():
        misfilings = locked_open(misfiling_ids)
        for one in misfilings:
            if one.marked_by_id != actor.user_id:
                raise Forbidden(_("Zurücknehmen kann nur, wer es gekennzeichnet hat."))
            if clock.now() > one.marked_at + TAKEN_BACK_WITHIN:
                raise IllegalState(
                    _("Die Zeit zum Zurücknehmen ist vorbei."),
                    next_step=_("Bitten Sie den Datenschutz, das Dokument zurückzulegen."),
                )
        return _bring_back(misfilings, MisfilingDecision.UNDONE, "", actor)


def put_back(misfiling_ids: Sequence[int], reason: str, actor: Actor) -> list[Document]:
    """Data protection decides that documents lie right: as they were before; all or none.

    Raises InvalidInput without a reason, Forbidden (not data protection), IllegalState (decided).
    """
    if actor.user is None or not policies.can_decide_misfilings(actor.user):
        raise Forbidden(_("Über Fehlablagen entscheidet der Datenschutz."))
    if not reason.strip():
        raise InvalidInput(_("Bitte begründen Sie die Entscheidung."), field="reason")
    with transaction.atomic():
        misfilings = locked_open(misfiling_ids)
        return _bring_back(misfilings, MisfilingDecision.PUT_BACK, reason, actor)


def locked_open(misfiling_ids: Sequence[int]) -> list[Misfiling]:
    """Those that wait for a decision; files first, so that nobody waits in a circle.

    Raises IllegalState when one is decided.
    """
    rows = Misfiling.objects.filter(pk__in=misfiling_ids)
    lock_case_files(list(rows.values_list("document__case_file_id", flat=True)))
    found = list(rows.select_for_update(of=("self",)).order_by("document_id"))
    if len(found) < len(set(misfiling_ids)) or any(one.decided_at for one in found):
        raise IllegalState(
            _("Über diese Fehlablage ist schon entschieden."),
            next_step=_("Laden Sie die Seite neu."),
        )
    return found


def _require_standing(matter: Matter, one: Misfiling) -> None:
    if matter.status == MatterStatus.CANCELLED and one.former_status != DocumentStatus.CANCELLED:
        raise IllegalState(
            _("Der Vorgang, in dem das Dokument lag, ist inzwischen storniert."),
            next_step=_("Lassen Sie zuerst dessen Storno von der Einheit aufheben."),
        )


def _bring_back(
    misfilings: Sequence[Misfiling], decision: MisfilingDecision, reason: str, actor: Actor
) -> list[Document]:
    documents = _locked([one.document_id for one in misfilings])
    matters = Matter.objects.in_bulk({one.matter_id for one in documents.values()})
    for one in misfilings:
        document = documents[one.document_id]
        _require_standing(matters[document.matter_id], one)
        document.status = DocumentStatus(one.former_status)
        document.scope_id = matters[document.matter_id].scope_id
        one.decision, one.decision_reason = decision, reason.strip()[:200]
        one.decided_at, one.decided_by_id = clock.now(), actor.user_id
    decided = ["decision", "decision_reason", "decided_at", "decided_by"]
    Misfiling.objects.bulk_update(misfilings, decided)
    _write(list(documents.values()), actor)
    record_changes(
        f"records.document.misfiling_{decision.name.lower()}", [*documents.values()], actor
    )
    return [documents[one.document_id] for one in misfilings]
