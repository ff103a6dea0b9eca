"""Fehlablage: data protection puts the document where it belongs, and the way back.

Data protection decides across units and circles without seeing title or content: it names the right
file by number. Whoever sees that file sees the document from then on. Reason and note stay with the
``Misfiling``; the histories of both files say no more than their readers may know.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.choices import CaseFileStatus, DocumentStatus, MatterStatus, MisfilingDecision
from records.models import (
    CaseFile,
    CaseFileExclusion,
    Document,
    DocumentMove,
    ExternalKey,
    FormerNumber,
    Matter,
    Misfiling,
)
from records.selectors.holds import held_matter_ids
from records.services import moving, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import closed_refusal, lock_case_files, lock_documents
from records.services.history_values import values_before
from records.services.misfiling import hide, locked_open

# A file that was offered to the archive is complete as it was offered (requirements R5).
LEAVING = (
    CaseFileStatus.ACTIVE,
    CaseFileStatus.CLOSED,
    CaseFileStatus.RETENTION,
    CaseFileStatus.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Where a misfiled document belongs, and why data protection is sure of it."""

    target: CaseFile
    reason: str


def file_of_number(user: User, number: str) -> CaseFile | None:
    """The file of exactly this number, now or formerly; for data protection, which sees no files.

    None for unknown ones and for those the person is kept out of.
    """
    wanted = number.replace("\0", "").strip()[:120]
    former = FormerNumber.objects.filter(number=wanted).values("case_file_id")
    excluded = CaseFileExclusion.objects.filter(user=user).values("case_file_id")
    rows = CaseFile.objects.filter(Q(aktenzeichen=wanted) | Q(pk__in=former))
    found = rows.exclude(pk__in=excluded).select_related("entry", "lead_unit")
    exact = found.order_by("pk")
    return exact.filter(aktenzeichen=wanted).first() or exact.first()


def obstacle(document: Document, target: CaseFile) -> Refusal | None:
    """Why a misfiled document cannot be put into this file; None when it can."""
    source = document.case_file
    if target.pk == source.pk:
        return IllegalState(
            _("Das Dokument lag schon in dieser Akte."),
            next_step=_("Liegt es dort richtig, legen Sie es zurück."),
        )
    if source.status not in LEAVING:
        return IllegalState(
            _("Die bisherige Akte ist %(state)s und bleibt vollständig.")
            % {"state": source.get_status_display()},
            next_step=_("Sprechen Sie mit dem Archiv."),
        )
    if held_matter_ids({document.matter_id}):
        return IllegalState(
            _("Auf der bisherigen Akte oder dem Vorgang liegt eine Löschsperre."),
            next_step=_("Fragen Sie, wer die Löschsperre verantwortet."),
        )
    return closed_refusal(target) or _outside_branch(document, target)


def _outside_branch(document: Document, target: CaseFile) -> Refusal | None:
    """Outside its branch the specialist system could deliver no further version (K8)."""
    keys = ExternalKey.objects.filter(document=document).select_related("system__branch")
    for key in keys:
        if not policies.connector_may_file(key.system, target.entry):
            return IllegalState(
                _("%(system)s liefert dieses Dokument und darf in %(entry)s nicht ablegen.")
                % {"system": key.system.name, "entry": target.entry.code},
                next_step=_("Lassen Sie es dort berichtigen, oder wählen Sie eine Akte im Zweig."),
            )
    return None


def move_misfiled(misfiling_id: int, correction: Correction, actor: Actor) -> Document:
    """Put a misfiled document into the right file, as valid as it was before it was marked.

    Raises Forbidden (not data protection), InvalidInput without a reason, IllegalState (decided
    already, or what ``obstacle`` says).
    """
    _require_deciding(actor)
    reason = correction.reason.strip()[:200]
    if not reason:
        raise InvalidInput(_("Bitte begründen Sie die Entscheidung."), field="reason")
    with transaction.atomic():
        document, target = _locked(misfiling_id, correction.target)
        [misfiling] = locked_open([misfiling_id])
        if (refusal := obstacle(document, target)) is not None:
            raise refusal
        matter = _matter_in(target, actor)
        document.status = DocumentStatus(misfiling.former_status)
        moving.write_move([document], {document.pk: matter}, actor, also=("status",))
        misfiling.decision, misfiling.decision_reason = MisfilingDecision.MOVED, reason
        misfiling.decided_at, misfiling.decided_by_id = clock.now(), actor.user_id
        misfiling.save(update_fields=["decision", "decision_reason", "decided_at", "decided_by"])
        record_changes("records.document.misfiling_moved", [document], actor)
    return document


def _require_deciding(actor: Actor) -> None:
    if actor.user is None or not policies.can_decide_misfilings(actor.user):
        raise Forbidden(_("Über Fehlablagen entscheidet der Datenschutz."))


def _locked(misfiling_id: int, target: CaseFile) -> tuple[Document, CaseFile]:
    """Both files in key order, then the document."""
    rows = Misfiling.objects.filter(pk=misfiling_id)
    [(document_id, source_id)] = rows.values_list("document_id", "document__case_file_id")
    files = lock_case_files([source_id, target.pk])
    document = lock_documents([document_id])[document_id]
    document.case_file = files[source_id]
    return document, files[target.pk]


def _matter_in(target: CaseFile, actor: Actor) -> Matter:
    """The matter of what was taken over, with the rights of the file; opened when it is missing.

    Not by ``open_matters``: data protection files nothing, it corrects where something lies.
    """
    rows = Matter.objects.filter(
        case_file=target,
        parent=None,
        title=moving.MATTER_TITLE,
        status=MatterStatus.ACTIVE,
        scope_id=target.scope_id,
    )
    found: Matter | None = rows.select_related("case_file").order_by("pk").first()
    if found is not None:
        return found
    draft = Matter(
        case_file=target,
        title=moving.MATTER_TITLE,
        opened_on=clock.today(),
        scope_id=target.scope_id,
    )
    [made] = writing.create([draft], actor)
    record_changes("records.matter.opened", [made], actor)
    return made


def take_move_back(misfiling_id: int, actor: Actor) -> Misfiling:
    """Undo one's own decision: the document is hidden again and waits where it was found.

    Raises Forbidden for somebody else's decision, IllegalState when the document was not moved, was
    changed since, or the new file was closed.
    """
    _require_deciding(actor)
    with transaction.atomic():
        misfiling = Misfiling.objects.get(pk=misfiling_id)
        document, _source = _locked(misfiling_id, misfiling.case_file)
        misfiling = Misfiling.objects.select_for_update(of=("self",)).get(pk=misfiling_id)
        if misfiling.decision != MisfilingDecision.MOVED:
            raise IllegalState(_("Es gibt nichts mehr zurückzunehmen."))
        if misfiling.decided_by_id != actor.user_id:
            raise Forbidden(_("Zurücknehmen kann nur, wer es entschieden hat."))
        move = _last_move(document)
        if (refusal := closed_refusal(document.case_file)) is not None:
            raise refusal
        _write_back(document, move, actor)
        _reopen(misfiling)
        record_changes("records.document.misfiling_move_undone", [document], actor)
    return misfiling


def _last_move(document: Document) -> DocumentMove:
    """The correction, when nobody touched the document since. Raises IllegalState."""
    move = DocumentMove.objects.filter(document=document).order_by("-pk").first()
    if (
        move is not None
        and not Misfiling.objects.filter(document=document, decided_at__isnull=True).exists()
    ):
        before = values_before(Document, [document.pk], move.operation_id)
        if document.pk in before and before[document.pk].left_version == document.row_version:
            return move
    raise IllegalState(
        _("Das Dokument wurde inzwischen geändert; es wurde nichts zurückgenommen."),
        next_step=_("Wer die neue Akte bearbeitet, kann es erneut als Fehlablage melden."),
    )


def _write_back(document: Document, move: DocumentMove, actor: Actor) -> None:
    """Hidden in the same transaction: nobody sees it in the old file in between."""
    before = Matter.objects.select_related("case_file").get(pk=move.source_matter_id)
    moving.write_move([document], {document.pk: before}, actor)
    moving.put_into_registers([document], {document.pk: move.source_section_id}, actor)
    hide([document], actor)


def _reopen(misfiling: Misfiling) -> None:
    misfiling.decision = misfiling.decision_reason = ""
    misfiling.decided_at = misfiling.decided_by = None
    misfiling.save(update_fields=["decision", "decision_reason", "decided_at", "decided_by"])
