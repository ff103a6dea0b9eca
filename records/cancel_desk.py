"""Storno at the desk: menu and head of the document page, bulk work as a job."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import JobKind, Result
from goettingen_ecm.operations.models import Job
from records import actions, policies
from records.actions import Action, Fact
from records.bulk_jobs import describe_documents, holding_actor_of, undone_operation
from records.choices import DocumentStatus
from records.models import Document
from records.selectors.cancelling import Cancellation, cancellation_of
from records.selectors.documents import lock_of
from records.services import cancelling

JOB = "records.documents.cancel"


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """Storno, or lifting it; nothing while somebody has the document in work."""
    address = reverse("document-cancel", args=[document.uuid])
    if policies.can_lift_cancellation(request.user, document):
        return [Action(_("Storno aufheben"), address, "undo")]
    if policies.can_change_document(request.user, document) and lock_of(document) is None:
        return [Action(_("Stornieren"), address, "blocked")]
    return []


def document_facts(_request: HttpRequest, document: Document) -> list[Fact]:
    """When, by whom and why the document was cancelled."""
    found = cancellation_of(document)
    if found is None and document.status != DocumentStatus.CANCELLED:
        return []
    return [Fact(told(found), "blocked")]


def told(found: Cancellation | None) -> str:
    """The Storno in one line; None: nothing more is known than that it is one."""
    if found is None:
        return _("storniert")
    facts = {"day": german.short_date(german.local(found.at).date()), "reason": found.reason}
    if found.by:
        return _("storniert am %(day)s durch %(name)s: %(reason)s") % (facts | {"name": found.by})
    return _("storniert am %(day)s: %(reason)s") % facts


def _cancel(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return cancelling.cancel_each(ids, holding_actor_of(job))


def _take_back(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    return cancelling.take_back(ids, undone_operation(job), holding_actor_of(job))


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("records.cancelling", document_actions, order=40)
    actions.document_facts.register("records.cancelling", document_facts, order=5)
    jobs.kinds.register(JOB, JobKind(_cancel, describe_documents, _take_back))
