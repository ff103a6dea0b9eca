"""Storno of files and matters (requirements W10): everything below is cancelled along.

Documents and matters that were cancelled before keep their own Storno; what is cancelled along has
the same operation and therefore the same reason, and comes back with what took it along
(``lifting_cancellations``). Nothing is filed, opened or delivered below a cancelled parent.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.choices import CaseFileStatus, DocumentStatus, MatterStatus
from records.closing_checks import CASE_FILE, MATTER
from records.models import CaseFile, Document, Matter
from records.services import cancel_checks, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.cancel_checks import documents_below, matters_below, name_of, refusal_of
from records.services.documents import (
    filing_refusal,
    lock_case_files,
    lock_documents,
    require_open,
    require_sight,
)
from records.services.scoping import lock_matters

Versions = Mapping[int, int] | None


def cancel_matters(
    matter_ids: Sequence[int], actor: Actor, *, versions: Versions = None
) -> list[Matter]:
    """Cancel matters with their sub-matters and documents; all of it or nothing.

    The operation carries the reason. ``versions``: the ``row_version`` each form has shown. Raises
    InvalidInput without a reason, Forbidden, LostUpdate, IllegalState (closed, cancelled, or one of
    ``cancel_checks``).
    """
    require_reason(actor)
    with transaction.atomic():
        matters = lock_matters_for(matter_ids, actor)
        for matter in matters.values():
            require_active(matter)
            writing.require_version(matter, (versions or {}).get(matter.pk))
        below = lock_matters(
            list(matters_below(MATTER, list(matters)).values_list("pk", flat=True))
        )
        every = {**matters, **below}
        require_sight(list(below.values()), actor)
        documents = _locked_documents(MATTER, list(every), actor)
        _require_nothing_in_the_way(MATTER, matters)
        _cancel_documents(documents, actor)
        _cancel_matters(list(every.values()), actor)
    return [matters[pk] for pk in matter_ids]


def cancel_case_files(
    case_file_ids: Sequence[int], actor: Actor, *, versions: Versions = None
) -> list[CaseFile]:
    """Cancel files with all matters and documents; all of it or nothing. Numbers stay taken (A6).

    Raises what ``cancel_matters`` raises.
    """
    require_reason(actor)
    with transaction.atomic():
        files = lock_case_files(case_file_ids)
        for pk, case_file in files.items():
            if (refusal := refusal_of_file(case_file, actor)) is not None:
                raise refusal
            writing.require_version(case_file, (versions or {}).get(pk))
        below = lock_matters(
            list(matters_below(CASE_FILE, list(files)).values_list("pk", flat=True))
        )
        require_sight(list(below.values()), actor)
        documents = _locked_documents(CASE_FILE, list(files), actor)
        _require_nothing_in_the_way(CASE_FILE, files)
        _cancel_documents(documents, actor)
        _cancel_matters(list(below.values()), actor)
        for case_file in files.values():
            case_file.status, case_file.last_activity_at = CaseFileStatus.CANCELLED, clock.now()
        writing.update(list(files.values()), ["status", "last_activity_at"], actor)
        record_changes("records.case_file.cancelled", [*files.values()], actor, fields=["status"])
    return [files[pk] for pk in case_file_ids]


def require_reason(actor: Actor) -> None:
    """Raises InvalidInput for an operation without a reason."""
    if not actor.operation.reason.strip():
        raise InvalidInput(_("Ein Storno braucht einen Grund."), field="reason")


def refusal_of_file(case_file: CaseFile, actor: Actor) -> Refusal | None:
    """Why the actor may not cancel this file now, whatever lies in it; or None."""
    if actor.user is None or not policies.can_close(actor.user, case_file):
        return Forbidden(
            _("Die Akte %(number)s dürfen Sie nicht stornieren.")
            % {"number": case_file.aktenzeichen},
            next_step=_("Bitten Sie die Sachbearbeitung oder die Registratur der Einheit."),
        )
    try:
        require_open(case_file)
    except IllegalState as refusal:
        return refusal
    return None


def lock_matters_for(matter_ids: Sequence[int], actor: Actor) -> dict[int, Matter]:
    """Files, then matters, locked; the actor may work on them. Raises Forbidden, IllegalState."""
    if actor.user is None:
        raise Forbidden(_("Vorgänge stornieren nur Personen."))
    rows = Matter.objects.filter(pk__in=matter_ids).values_list("case_file_id", flat=True)
    files = lock_case_files(list(rows))
    for case_file in files.values():
        if (refusal := filing_refusal(case_file, actor)) is not None:
            raise refusal
    matters = lock_matters(matter_ids)
    require_sight(list(matters.values()), actor)
    for matter in matters.values():
        matter.case_file = files[matter.case_file_id]
    return matters


def require_active(matter: Matter) -> None:
    """Raises IllegalState for a matter that is closed or cancelled."""
    if matter.status != MatterStatus.ACTIVE:
        raise IllegalState(
            _("Der Vorgang „%(title)s“ ist schon %(state)s.")
            % {"title": matter.title, "state": matter.get_status_display()},
            next_step=_("Laden Sie die Seite neu."),
        )


def _require_nothing_in_the_way(
    part: str, objects: Mapping[int, CaseFile] | Mapping[int, Matter]
) -> None:
    waiting = cancel_checks.obstacles(part, list(objects))
    for pk, one in objects.items():
        if (refusal := refusal_of(name_of(one), waiting[pk])) is not None:
            raise refusal


def _locked_documents(part: str, ids: Sequence[int], actor: Actor) -> list[Document]:
    """What is cancelled along; before anything is counted the actor must see all of it."""
    found = documents_below(part, ids).order_by("pk").values_list("pk", flat=True)
    documents = list(lock_documents(list(found)).values())
    require_sight(documents, actor)
    return documents


def _cancel_documents(documents: Sequence[Document], actor: Actor) -> None:
    for document in documents:
        document.status = DocumentStatus.CANCELLED
    write_states(documents, "records.document.cancelled", actor)


def _cancel_matters(matters: Sequence[Matter], actor: Actor) -> None:
    for matter in matters:
        matter.status = MatterStatus.CANCELLED
    write_states(matters, "records.matter.cancelled", actor)


def write_states(objects: Sequence[Document] | Sequence[Matter], action: str, actor: Actor) -> None:
    """Write the states the caller has set; audit entries know the file (for whom a deputy acts)."""
    files = CaseFile.objects.in_bulk({one.case_file_id for one in objects})
    for one in objects:
        one.case_file = files[one.case_file_id]
    writing.update(objects, ["status"], actor)
    record_changes(action, objects, actor, fields=["status"])
