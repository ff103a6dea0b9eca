"""Taking documents into work and giving them back: one or a thousand (requirement W8)."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, LostUpdate
from records.models import CheckOut, Document
from records.services import working_copies
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_for_change, require_changeable
from workflows import calendar
from workflows.office_hours import add_office_hours

CHECKED_OUT = "records.document.checked_out"
RETURNED = "records.document.check_out_ended"
RELEASE_ASKED = "records.document.release_asked"
TAKEN_OVER = "records.document.check_out_taken_over"
FIELDS = (
    "holder",
    "since",
    "until",
    "version_number",
    "release_asked_by",
    "release_asked_at",
    "taken_from",
)


def check_out(document_ids: Sequence[int], actor: Actor) -> list[CheckOut]:
    """Lock documents for the acting person; who holds a lock already gets the full time again.

    Raises IllegalState (somebody else holds one, document or file closed), Forbidden.
    """
    with transaction.atomic():
        documents = list(lock_for_change(document_ids, actor).values())
        for document in documents:
            require_changeable(document, actor)
        locks = _locked(documents, actor)
        working_copies.settle_of_others(documents, actor)
        record_changes(CHECKED_OUT, documents, actor)
    return locks


def _locked(
    documents: Sequence[Document], actor: Actor, taken_from: Mapping[int, int] | None = None
) -> list[CheckOut]:
    now = clock.now()
    until = add_office_hours(now, settings.CHECK_OUT_HOURS, calendar.load())
    return CheckOut.objects.bulk_create(
        [
            CheckOut(
                document=document,
                holder=_holder(actor),
                since=now,
                until=until,
                version_number=document.version_number,
                taken_from_id=(taken_from or {}).get(document.pk),
            )
            for document in documents
        ],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=FIELDS,
    )


def _holder(actor: Actor) -> User:
    if actor.user is None:
        raise Forbidden(_("Nur Personen nehmen Dokumente in Bearbeitung."))
    return actor.user


def give_back(document_ids: Sequence[int], actor: Actor) -> None:
    """End the acting person's own locks, expired ones too; versions saved meanwhile stay.

    What an editor saved without closing the document becomes a draft Fassung.

    Raises IllegalState when somebody else has taken over.
    """
    with transaction.atomic():
        held = {one.document_id: one for one in _rows(document_ids)}
        if any(pk not in held or held[pk].holder_id != actor.user_id for pk in document_ids):
            raise IllegalState(
                _("Sie haben dieses Dokument nicht mehr in Bearbeitung."),
                next_step=_("Öffnen Sie das Dokument; dort steht, wer es jetzt bearbeitet."),
            )
        working_copies.settle_own(list(held), actor)
        CheckOut.objects.filter(document__in=list(held)).delete()
        record_changes(RETURNED, [one.document for one in held.values()], actor)


def end_own(document_id: int, actor: Actor) -> None:
    """Part of checking in: the acting person's lock goes if there is one."""
    own = CheckOut.objects.filter(document=document_id, holder=actor.user_id)
    if own.exists():
        give_back([document_id], actor)


def ask_release(document_id: int, actor: Actor) -> CheckOut:
    """Tell the holder that somebody waits; it stands on the holder's start page.

    Raises IllegalState when the document is free, Forbidden when the actor may not change it.
    """
    with transaction.atomic():
        document = lock_for_change([document_id], actor, despite_locks=True)[document_id]
        lock = _in_force(document, actor)
        lock.release_asked_by, lock.release_asked_at = actor.user, clock.now()
        lock.save(update_fields=["release_asked_by", "release_asked_at"])
        record_changes(RELEASE_ASKED, [document], actor)
    return lock


def take_over(document_id: int, holder_id: int, actor: Actor) -> CheckOut:
    """The lock of ``holder_id`` (as the page has shown it) goes over to the acting person.

    What the former holder saved as a draft stays a version both can open; what an editor saved
    becomes one. Raises LostUpdate when
    somebody else holds the lock by now, IllegalState when the document is free, Forbidden.
    """
    with transaction.atomic():
        document = lock_for_change([document_id], actor, despite_locks=True)[document_id]
        require_changeable(document, actor)
        lock = _in_force(document, actor)
        if lock.holder_id != holder_id:
            raise LostUpdate(
                _("Inzwischen bearbeitet %(name)s das Dokument.") % {"name": lock.holder},
                next_step=_("Sehen Sie nach, bevor Sie die Bearbeitung übernehmen."),
            )
        [taken] = _locked([document], actor, {document.pk: holder_id})
        working_copies.settle_of_others([document], actor)
        record_changes(TAKEN_OVER, [document], actor, digests={document.pk: {"from": holder_id}})
    return taken


def _rows(document_ids: Sequence[int]) -> list[CheckOut]:
    rows = CheckOut.objects.select_for_update(of=("self",)).filter(document__in=document_ids)
    return list(rows.select_related("document", "holder").order_by("document_id"))


def _in_force(document: Document, actor: Actor) -> CheckOut:
    for lock in _rows([document.pk]):
        if lock.is_in_force(clock.now()) and lock.holder_id != actor.user_id:
            return lock
    raise IllegalState(
        _("„%(title)s“ ist frei.") % {"title": document.title},
        next_step=_("Sie können es selbst in Bearbeitung nehmen."),
    )
