"""Deleting single documents under four eyes (requirements W11): proposal, decision, destruction.

Until the decision a document is marked and otherwise unchanged. Afterwards its row, its versions
without files and the ``DeletionProposal`` stay as proof; title, reference, files, text and search
row are gone, also from the history (requirements R14).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import DeletionDecision, DeletionGround
from records.models import DeletionProposal, Document
from records.selectors.case_files import GONE_STATES
from records.services import deletion_checks, destroying, writing
from records.services.actor import Actor
from records.services.auditing import record_changes, represented_in
from records.services.documents import lock_case_files, lock_documents
from records.typed_text import clean_line

REASON_CHARS = 300
DECIDED = ["decision", "decision_reason", "decided_at", "decided_by", "retention_checked"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Why documents shall go: the legal ground and, without names, what makes it apply here."""

    ground: DeletionGround
    reason: str


def propose_deletion(
    document_ids: Sequence[int],
    wish: Wish,
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[DeletionProposal]:
    """Ask for the deletion of documents, all of them or none; nothing about them changes.

    ``versions``: the ``row_version`` each form has shown. Raises InvalidInput without a reason,
    Forbidden, LostUpdate, IllegalState with what stands against it (``deletion_checks``).
    """
    reason = _said(wish.reason, _("Bitte begründen Sie den Vorschlag."))
    with transaction.atomic():
        documents = _locked(document_ids)
        user = _require_proposing(documents, document_ids, actor)
        for pk, document in documents.items():
            writing.require_version(document, (versions or {}).get(pk))
        deletion_checks.require_deletable(list(documents.values()))
        _require_none_open(document_ids)
        made = DeletionProposal.objects.bulk_create(
            DeletionProposal(
                document=document,
                ground=wish.ground,
                reason=reason,
                proposed_at=clock.now(),
                proposed_by=user,
                proposed_for_id=represented_in(user, document),
            )
            for document in documents.values()
        )
        record_changes("records.document.deletion_proposed", [*documents.values()], actor)
    return made


def _said(text: str, refusal: str) -> str:
    reason = clean_line(text)[:REASON_CHARS]
    if not reason:
        raise InvalidInput(refusal, field="reason")
    return reason


def _locked(document_ids: Sequence[int]) -> dict[int, Document]:
    """The documents with their files, both locked in key order."""
    rows = Document.objects.filter(pk__in=document_ids).order_by()
    files = lock_case_files(list(rows.values_list("case_file_id", flat=True)))
    documents = lock_documents(document_ids)
    for document in documents.values():
        if document.case_file_id in files:
            document.case_file = files[document.case_file_id]
    return documents


def _require_proposing(
    documents: Mapping[int, Document], wanted: Sequence[int], actor: Actor
) -> User:
    if actor.user is None:
        raise Forbidden(_("Eine Löschung schlägt nur ein Mensch vor."))
    for pk in wanted:
        document = documents.get(pk)
        if document is None or not _sees(actor.user, document):
            raise Forbidden(_("Das Dokument ist nicht (mehr) sichtbar."))
        if not policies.can_file_documents(actor.user, document.case_file):
            raise Forbidden(
                _("Eine Löschung schlägt vor, wer in der Einheit der Akte arbeitet."),
                next_step=_("Bitten Sie die Sachbearbeitung der Akte darum."),
            )
    return actor.user


def _sees(user: User, document: Document) -> bool:
    return document.status not in GONE_STATES and document.scope_id in rights_of(user).scope_ids


def _require_none_open(document_ids: Sequence[int]) -> None:
    if DeletionProposal.objects.filter(document__in=document_ids, decided_at=None).exists():
        raise IllegalState(
            _("Für das Dokument ist die Löschung schon vorgeschlagen."),
            next_step=_(
                "Warten Sie die Entscheidung ab oder lassen Sie den Vorschlag zurückziehen."
            ),
        )


def withdraw_proposals(proposal_ids: Sequence[int], actor: Actor) -> list[DeletionProposal]:
    """Take back one's own proposals; all of them or none.

    Raises Forbidden for somebody else's, IllegalState when it is decided.
    """
    with transaction.atomic():
        proposals, documents = _locked_open(proposal_ids)
        if any(one.proposed_by_id != actor.user_id for one in proposals):
            raise Forbidden(_("Zurückziehen kann nur, wer die Löschung vorgeschlagen hat."))
        _close(proposals, DeletionDecision.WITHDRAWN, "", actor)
        record_changes("records.document.deletion_withdrawn", [*documents.values()], actor)
    return proposals


def reject_deletion(
    proposal_ids: Sequence[int], reason: str, actor: Actor
) -> list[DeletionProposal]:
    """The documents stay; all of them or none.

    Raises InvalidInput without a reason, Forbidden (may not decide), IllegalState (decided).
    """
    said = _said(reason, _("Bitte begründen Sie die Ablehnung."))
    with transaction.atomic():
        proposals, documents = _locked_open(proposal_ids)
        _require_deciding(proposals, actor)
        _close(proposals, DeletionDecision.REJECTED, said, actor)
        record_changes("records.document.deletion_rejected", [*documents.values()], actor)
    return proposals


def approve_deletion(
    proposal_ids: Sequence[int],
    reason: str,
    actor: Actor,
    *,
    retention_checked: bool,
    versions: Mapping[int, int] | None = None,
) -> list[DeletionProposal]:
    """Destroy the documents for good; all of them or none. There is no way back.

    ``retention_checked``: the second person says that no duty to keep stands against it;
    ``versions``: the documents' ``row_version`` the form has shown. Raises InvalidInput (no reason,
    not checked), Forbidden (proposer, or may not decide), LostUpdate, IllegalState.
    """
    said = _said(reason, _("Bitte begründen Sie die Löschung."))
    if not retention_checked:
        raise InvalidInput(
            _("Bitte bestätigen Sie, dass keine Aufbewahrungspflicht entgegensteht."),
            field="retention_checked",
        )
    with transaction.atomic():
        proposals, documents = _locked_open(proposal_ids)
        _require_deciding(proposals, actor)
        for pk, document in documents.items():
            writing.require_version(document, (versions or {}).get(pk))
        deletion_checks.require_deletable(list(documents.values()))
        _close(proposals, DeletionDecision.DELETED, said, actor)
        record_changes("records.document.deleted", [*documents.values()], actor)
        destroying.destroy_contents(list(documents.values()), proposals, actor)
    return proposals


def _locked_open(
    proposal_ids: Sequence[int],
) -> tuple[list[DeletionProposal], dict[int, Document]]:
    """Files and documents first, so that proposing and deciding never wait in a circle."""
    rows = DeletionProposal.objects.filter(pk__in=proposal_ids)
    documents = _locked(list(rows.values_list("document_id", flat=True)))
    found = list(rows.select_for_update(of=("self",)).order_by("document_id"))
    if len(found) < len(set(proposal_ids)) or any(one.decided_at for one in found):
        raise IllegalState(
            _("Über diesen Löschvorschlag ist schon entschieden."),
            next_step=_("Laden Sie die Seite neu."),
        )
    for one in found:
        one.document = documents[one.document_id]
    return found, documents


def _require_deciding(proposals: Sequence[DeletionProposal], actor: Actor) -> None:
    for one in proposals:
        if actor.user is None or not _sees(actor.user, one.document):
            raise Forbidden(_("Das Dokument ist nicht (mehr) sichtbar."))
        if not policies.can_decide_deletion(actor.user, one):
            raise Forbidden(
                _("Über eine Löschung entscheidet eine zweite Person."),
                next_step=_(
                    "Das sind Lösch-Prüfung, Leitung oder Registratur der Einheit; nie, wer sie"
                    " vorgeschlagen hat, und niemand in Vertretung dafür."
                ),
            )


def _close(
    proposals: Sequence[DeletionProposal], decision: DeletionDecision, reason: str, actor: Actor
) -> None:
    for one in proposals:
        one.decision, one.decision_reason = decision, reason
        one.decided_at, one.decided_by_id = clock.now(), actor.user_id
        one.retention_checked = decision == DeletionDecision.DELETED
    DeletionProposal.objects.bulk_update(proposals, DECIDED)
