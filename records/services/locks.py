"""Who has a document in work: asked by every service that changes documents."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records.models import CheckOut, Document
from records.services.actor import Actor


def locks_in_force(documents: Sequence[Document]) -> dict[int, CheckOut]:
    """The locks that hold now, by document id."""
    rows = CheckOut.objects.filter(document__in=documents, until__gt=clock.now())
    return {one.document_id: one for one in rows.select_related("holder")}


def require_free(documents: Sequence[Document], actor: Actor) -> None:
    """Refuse when somebody else works on one of the documents.

    Specialist systems are not held up: what they deliver becomes a version beside the others.
    Raises IllegalState that names who and until when.
    """
    if actor.user is None:
        return
    locks = locks_in_force(documents)
    for document in documents:
        lock = locks.get(document.pk)
        if lock is not None and lock.holder_id != actor.user.pk:
            raise locked_by_another(document, lock)


def locked_by_another(document: Document, lock: CheckOut) -> IllegalState:
    """The refusal that names the holder."""
    facts = {"title": document.title, "name": lock.holder, "until": until_text(lock)}
    return IllegalState(
        _("„%(title)s“ ist in Bearbeitung durch %(name)s bis %(until)s.") % facts,
        next_step=_("Bitten Sie um Freigabe oder übernehmen Sie die Bearbeitung."),
    )


def until_text(lock: CheckOut) -> str:
    """``16:00 Uhr`` today, otherwise with the day."""
    local = german.local(lock.until)
    if local.date() == clock.today():
        return f"{local:%H:%M} Uhr"
    return german.date_time(lock.until)
