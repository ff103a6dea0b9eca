"""Akteneinsicht: what somebody asks to see, in the version of this moment, and what was granted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.jobs import JobKind, Result, Wanted
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import blob_store, bulk_jobs, policies
from records.choices import InspectionState
from records.content.problems import explain
from records.content.results import ContentUnreadable
from records.models import (
    CaseFile,
    Document,
    Inspection,
    InspectionBasis,
    InspectionDocument,
    Party,
)
from records.services import blobs, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.inspection_pdfs import bind_inspection
from records.typed_text import clean_line

KIND = "records.inspection.pdf"
NAME_CHARS, REASON_CHARS, FEE_CHARS = 200, 200, 300


@dataclass(frozen=True, slots=True)
class NewInspection:
    """A request: who, on which ground, which documents, and why others are held back.

    ``documents`` in their order; ``withheld`` maps documents to the reason.
    """

    case_file: CaseFile
    requester: str
    requested_on: date
    documents: Sequence[Document]
    withheld: Mapping[Document, str]
    party: Party | None = None
    basis: InspectionBasis | None = None
    ground: str = ""
    due_on: date | None = None
    fee_note: str = ""


def request_inspection(wanted: NewInspection, actor: Actor) -> tuple[Inspection, Job]:
    """Keep the request with versions of now and order its PDF.

    Raises Forbidden, InvalidInput (no name, no ground, nothing chosen, held back without reason).
    """
    requester = clean_line(wanted.requester)
    said = [str(wanted.basis or ""), clean_line(wanted.ground)]
    ground = ", ".join(part for part in said if part)
    _require_complete(wanted, requester, ground)
    with transaction.atomic():
        person = _require_allowed(wanted.case_file, actor)
        made = Inspection.objects.create(
            case_file=wanted.case_file,
            party=wanted.party,
            requester=requester,
            basis=wanted.basis,
            ground=ground,
            requested_on=wanted.requested_on,
            due_on=wanted.due_on,
            fee_note=clean_line(wanted.fee_note)[:FEE_CHARS],
            created_at=clock.now(),
            created_by=person,
        )
        InspectionDocument.objects.bulk_create(_rows(made, wanted), batch_size=500)
        record_changes("records.inspection.requested", [made], actor)
        title = _("Akteneinsicht %(number)s") % {"number": wanted.case_file.aktenzeichen}
        job = jobs.start(Wanted(KIND, title, [made.pk]), actor.operation)
    return made, job


def _rows(inspection: Inspection, wanted: NewInspection) -> list[InspectionDocument]:
    reasons = [(document, False, "") for document in wanted.documents]
    reasons += [(one, True, clean_line(why)) for one, why in wanted.withheld.items()]
    return [
        InspectionDocument(
            inspection=inspection,
            position=position,
            document=document,
            version_number=document.version_number,
            withheld=withheld,
            reason=reason,
        )
        for position, (document, withheld, reason) in enumerate(reasons)
    ]


def _require_complete(wanted: NewInspection, requester: str, ground: str) -> None:
    if not requester:
        raise InvalidInput(_("Bitte sagen Sie, wer Einsicht verlangt."), field="requester")
    if not ground:
        raise InvalidInput(_("Bitte nennen Sie die Grundlage."), field="ground")
    if max(len(requester), len(ground)) > NAME_CHARS:
        said = _("Höchstens %(n)s Zeichen sind möglich.") % {"n": NAME_CHARS}
        raise InvalidInput(said, field="requester" if len(requester) > NAME_CHARS else "ground")
    if not wanted.documents:
        raise InvalidInput(_("Bitte wählen Sie mindestens ein Dokument."), field="documents")
    for document, reason in wanted.withheld.items():
        if not 0 < len(clean_line(reason)) <= REASON_CHARS:
            said = _("Bitte nennen Sie für „%(title)s“ den Grund (höchstens 200 Zeichen).")
            raise InvalidInput(said % {"title": document.title}, field="documents")


def _require_allowed(case_file: CaseFile, actor: Actor) -> User:
    if actor.user is None or not policies.can_file_documents(actor.user, case_file):
        raise Forbidden(
            _("Akteneinsicht gewährt, wer in der federführenden Einheit mit der Akte arbeitet."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    return actor.user


def grant_inspections(
    wanted: Mapping[int, tuple[str, date]], actor: Actor, *, versions: Mapping[int, int]
) -> list[Inspection]:
    """Note of requests by id to whom and when Einsicht was granted.

    Raises Forbidden, InvalidInput, IllegalState (no PDF yet, noted before), LostUpdate.
    """
    with transaction.atomic():
        rows = Inspection.objects.select_for_update(of=("self",)).order_by("pk")
        found = list(rows.select_related("case_file").filter(pk__in=list(wanted)))
        for one in found:
            _require_allowed(one.case_file, actor)
            writing.require_version(one, versions.get(one.pk))
            _grant(one, *wanted[one.pk])
        record_changes("records.inspection.granted", found, actor)
    return found


def _grant(one: Inspection, name: str, day: date) -> None:
    name = clean_line(name)
    if one.pdf_id is None or one.granted_on is not None:
        raise IllegalState(
            _("Die Einsicht ist schon vermerkt oder ihr PDF noch nicht fertig."),
            next_step=_("Laden Sie die Seite neu."),
        )
    if not 0 < len(name) <= NAME_CHARS:
        raise InvalidInput(_("Bitte sagen Sie, wem Einsicht gewährt wurde."), field="granted_to")
    if not one.requested_on <= day <= clock.today():
        raise InvalidInput(_("Der Tag liegt zwischen Antrag und heute."), field="granted_on")
    one.granted_to, one.granted_on = name, day
    one.row_version += 1
    one.save(update_fields=["granted_to", "granted_on", "row_version"])


def make_pdfs(job: Job, ids: Sequence[int]) -> dict[int, Result]:
    """The work of the job: one PDF for each request."""
    rows = Inspection.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = list(rows.select_related("case_file__lead_unit"))
    return {one.pk: _make_pdf(one, bulk_jobs.actor_of(job)) for one in found}


def _make_pdf(one: Inspection, actor: Actor) -> Result:
    try:
        data, one.page_count = bind_inspection(one)
    except ContentUnreadable as unreadable:
        one.state, one.problem = InspectionState.FAILED, explain(unreadable.problem)[:300]
        one.save(update_fields=["state", "problem"])
        return jobs.refused(one.problem)
    staged = blob_store.stage_chunks([data])
    try:
        one.pdf = blobs.store_staged([staged])[staged.sha256]
    finally:
        blob_store.discard([staged])
    one.state, one.made_at = InspectionState.DONE, clock.now()
    one.save(update_fields=["pdf", "page_count", "state", "made_at"])
    record_changes("records.inspection.made", [one], actor)
    return jobs.CHANGED


def record_taken(inspection: Inspection, actor: Actor) -> None:
    """Somebody took the PDF."""
    record_changes("records.inspection.taken", [inspection], actor)


def register(describe: jobs.Describe) -> None:
    """Called once when the app is ready."""
    jobs.kinds.register(KIND, JobKind(make_pdfs, describe))
