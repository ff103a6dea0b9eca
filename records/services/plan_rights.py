"""Access definitions of file plan entries: they reach every file of the branch.

Ending one takes effect at once, because scopes name the grant itself and nobody holds it any more
(``records.grants``). Giving one is written into the branch's scopes slice by slice by the outbox,
as a job a person can watch and abort.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Forbidden
from records import policies
from records.grants import Grant, GrantKind
from records.models import CaseFile, FilePlanEntry, PlanEntryGroupGrant
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.rights import NewGrant, check_grant, delete_grants, facts_of, write_grants
from records.services.scoping import recompute

TOPIC = "records.rights.recompute"
JOB_KIND = "records.rights"
SLICE = 200


def grant_plan_entry_access(wanted: Sequence[NewGrant], actor: Actor) -> list[Job]:
    """Let groups or persons see the files of these entries' branches; one job per entry.

    Circle and clearance of each file still filter. Raises InvalidInput (no cause, a past end),
    Forbidden (neither Fachadministration nor Registratur).
    """
    for one in wanted:
        check_grant(one)
    _require_definer(actor)
    with transaction.atomic():
        entries = _locked_entries([one.object_id for one in wanted])
        made = write_grants(wanted, GrantKind.ENTRY_GROUP, GrantKind.ENTRY_USER, actor)
        _record("records.plan_entry.access_granted", made, entries, actor)
        return [_start(_title(entry), {"entry": pk}, actor) for pk, entry in entries.items()]


def revoke_plan_entry_access(ended: Sequence[Grant], actor: Actor) -> list[Job]:
    """End access definitions at once; the jobs only tidy the scopes. Raises Forbidden."""
    _require_definer(actor)
    with transaction.atomic():
        entries = _locked_entries([grant.object_id for grant in ended])
        delete_grants(ended)
        _record("records.plan_entry.access_revoked", ended, entries, actor)
        return [_start(_title(entry), {"entry": pk}, actor) for pk, entry in entries.items()]


def recompute_unit_rights(units: Sequence[OrgUnit], actor: Actor) -> list[Job]:
    """After a unit got a role or its circles changed: bring the files it reaches up to date."""
    with transaction.atomic():
        return [_start(f"Zugriffsrechte {unit}", {"unit": unit.pk}, actor) for unit in units]


def recompute_branch_rights(entries: Sequence[FilePlanEntry], actor: Actor) -> list[Job]:
    """After an entry was moved: what its files inherit has changed."""
    with transaction.atomic():
        return [_start(_title(entry), {"entry": entry.pk}, actor) for entry in entries]


def _require_definer(actor: Actor) -> None:
    if actor.user is None or not policies.can_define_access(actor.user):
        raise Forbidden(
            "Zugriffsdefinitionen des Aktenplans dürfen Sie nicht ändern.",
            next_step="Wenden Sie sich an die Fachadministration.",
        )


def _locked_entries(entry_ids: Sequence[int]) -> dict[int, FilePlanEntry]:
    locked = FilePlanEntry.objects.select_for_update(of=("self",), no_key=True)
    return {e.pk: e for e in locked.filter(pk__in=set(entry_ids)).order_by("id")}


def _title(entry: FilePlanEntry) -> str:
    return f"Zugriffsrechte {entry.code} {entry.title}"


def _record(
    action: str, grants: Sequence[Grant], entries: Mapping[int, FilePlanEntry], actor: Actor
) -> None:
    for grant in grants:
        entry = entries[grant.object_id]
        record_changes(action, [entry], actor, digests={entry.pk: facts_of(grant)})


def _start(title: str, parameters: dict[str, int], actor: Actor) -> Job:
    job = Job.objects.create(
        kind=JOB_KIND,
        title=title[:200],
        parameters=parameters,
        total=_files(parameters).count(),
        operation=actor.operation,
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    outbox.publish(TOPIC, [{"job": job.pk, "after": 0}], actor.operation)
    return job


def continue_job(payload: Mapping[str, Any]) -> None:
    """The outbox handler: one slice of a job, then the message for the next one.

    Slice and message are committed together, so a crash repeats at most one slice.
    """
    job = Job.objects.select_for_update(of=("self",)).get(pk=payload["job"])
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        return
    if job.abort_requested:
        _finish(job, JobState.ABORTED)
        return
    ids = list(_files(job.parameters).filter(pk__gt=payload["after"]).order_by("id")[:SLICE])
    recompute(ids)
    job.done += len(ids)
    if len(ids) < SLICE:
        _finish(job, JobState.DONE)
        return
    job.state = JobState.RUNNING
    job.save(update_fields=["state", "done"])
    outbox.publish(TOPIC, [{"job": job.pk, "after": ids[-1]}], job.operation)


def _finish(job: Job, state: JobState) -> None:
    job.state, job.finished_at = state, clock.now()
    job.save(update_fields=["state", "done", "finished_at"])


def _files(parameters: Mapping[str, int]) -> QuerySet[CaseFile, int]:
    """Ids of the files a job reaches: of an entry's branch, or of a unit."""
    if "entry" in parameters:
        reached = Q(entry__in=_branch([parameters["entry"]]))
    else:
        reached = _of_unit(parameters["unit"])
    found: QuerySet[CaseFile, int] = CaseFile.objects.filter(reached).values_list("id", flat=True)
    return found


def _branch(entry_ids: Sequence[int]) -> QuerySet[FilePlanEntry]:
    """The entries, everything below them and what continues one of these (A7)."""
    return FilePlanEntry.objects.filter(
        Q(ancestors__overlap=list(entry_ids)) | Q(overflow_of__ancestors__overlap=list(entry_ids))
    )


def _of_unit(unit_id: int) -> Q:
    entries = PlanEntryGroupGrant.objects.filter(group__unit_role__unit_id=unit_id)
    branch = _branch(list(entries.values_list("content_object_id", flat=True)))
    granted = CaseFile.objects.filter(group_grants__group__unit_role__unit_id=unit_id)
    return Q(lead_unit_id=unit_id) | Q(entry__in=branch) | Q(pk__in=granted.values("pk"))
