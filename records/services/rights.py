"""Changing who may see case files: releases, exclusions, confidentiality, narrowed matters.

Every service works on sets and recomputes the scopes of the touched files in its transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction

from goettingen_ecm.accounts.models import Membership, UnitRole
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records import policies
from records.choices import Confidentiality
from records.grants import GRANT_MODELS, Grant, GrantKind, names_group
from records.models import CaseFile, CaseFileExclusion, Matter
from records.rights import CONFIDENTIAL_ROLES
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files, require_open
from records.services.scoping import lock_matters, recompute


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A release to give: one of ``group_id`` and ``user_id``; ``cause`` is shown to everybody."""

    object_id: int
    cause: str
    group_id: int | None = None
    user_id: int | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A person to keep out of a file (befangen, own case, accused)."""

    case_file_id: int
    user_id: int
    reason: str


def grant_case_file_access(wanted: Sequence[NewGrant], actor: Actor) -> list[Grant]:
    """Release case files to groups or single persons, for a time or for good.

    A release that exists already gets the new cause and end. Raises InvalidInput (no cause, a
    past end, outside the circle or without clearance), Forbidden (not Leitung or Registratur).
    """
    for one in wanted:
        check_grant(one)
    with transaction.atomic():
        files = lock_for_rights([one.object_id for one in wanted], actor)
        _require_open(files)
        _check_reach(wanted, files)
        made = write_grants(wanted, GrantKind.FILE_GROUP, GrantKind.FILE_USER, actor)
        recompute(files)
        _record("records.case_file.access_granted", made, files, actor)
    return made


def revoke_case_file_access(ended: Sequence[Grant], actor: Actor) -> None:
    """End releases of case files. Raises Forbidden (not Leitung or Registratur)."""
    with transaction.atomic():
        files = lock_for_rights([grant.object_id for grant in ended], actor)
        delete_grants(ended)
        recompute(files)
        _record("records.case_file.access_revoked", ended, files, actor)


def exclude_persons(wanted: Sequence[Exclusion], actor: Actor) -> None:
    """Put persons on the deny list of files; a second exclusion changes the reason.

    Raises InvalidInput without a reason, Forbidden.
    """
    if any(not one.reason.strip() for one in wanted):
        raise InvalidInput("Bitte nennen Sie den Grund des Ausschlusses.", field="reason")
    with transaction.atomic():
        files = lock_for_rights([one.case_file_id for one in wanted], actor)
        CaseFileExclusion.objects.bulk_create(
            [
                CaseFileExclusion(
                    case_file_id=one.case_file_id, user_id=one.user_id, reason=one.reason[:200]
                )
                for one in wanted
            ],
            update_conflicts=True,
            unique_fields=["case_file", "user"],
            update_fields=["reason"],
        )
        recompute(files)
        _record_exclusions(wanted, files, actor)


def _record_exclusions(
    wanted: Sequence[Exclusion], files: Mapping[int, CaseFile], actor: Actor
) -> None:
    """One entry for each person of each file, as the list of exclusions asks for them."""
    of_person: dict[int, set[int]] = defaultdict(set)
    for one in wanted:
        of_person[one.user_id].add(one.case_file_id)
    for user_id, pks in sorted(of_person.items()):
        record_changes(
            "records.case_file.person_excluded",
            [files[pk] for pk in sorted(pks)],
            actor,
            digests={pk: {"user_id": user_id} for pk in pks},
        )


def readmit_persons(case_file_id: int, user_ids: Collection[int], actor: Actor) -> None:
    """Take persons off a file's deny list. Raises Forbidden."""
    with transaction.atomic():
        files = lock_for_rights([case_file_id], actor)
        _require_open(files)
        CaseFileExclusion.objects.filter(
            case_file_id=case_file_id, user_id__in=list(user_ids)
        ).delete()
        recompute(files)
        record_changes(
            "records.case_file.person_readmitted",
            list(files.values()),
            actor,
            digests={case_file_id: {"user_ids": sorted(user_ids)}},
        )


def change_confidentiality(
    wanted: Mapping[int, Confidentiality],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[CaseFile]:
    """Set the level of case files by id. ``versions``: the ``row_version`` each form has shown.

    Raises Forbidden, LostUpdate.
    """
    with transaction.atomic():
        files = lock_for_rights(list(wanted), actor)
        _require_open(files)
        for pk, case_file in files.items():
            writing.require_version(case_file, (versions or {}).get(pk))
        changed = [f for pk, f in files.items() if f.confidentiality != wanted[pk]]
        for case_file in changed:
            case_file.confidentiality = wanted[case_file.pk]
        writing.update(changed, ["confidentiality"], actor)
        recompute([f.pk for f in changed])
        record_changes("records.case_file.changed", changed, actor, fields=["confidentiality"])
    return [CaseFile.objects.get(pk=pk) for pk in wanted]


def narrow_matters(wanted: Mapping[int, Collection[int] | None], actor: Actor) -> list[Matter]:
    """Let only these groups of the file's see a matter; None lifts it. It never widens.

    Raises Forbidden.
    """
    with transaction.atomic():
        rows = Matter.objects.filter(pk__in=wanted).values_list("case_file_id", flat=True)
        files = lock_for_rights(list(rows), actor)
        _require_open(files)
        matters = lock_matters(list(wanted))
        for pk, matter in matters.items():
            groups = wanted[pk]
            matter.narrow_to = None if groups is None else sorted(groups)
        writing.update(list(matters.values()), ["narrow_to"], actor)
        recompute(files)
        record_changes("records.matter.narrowed", list(matters.values()), actor)
    return list(Matter.objects.filter(pk__in=wanted).order_by("id"))


def lock_for_rights(case_file_ids: Sequence[int], actor: Actor) -> dict[int, CaseFile]:
    """Lock files whose rights the actor changes. Raises Forbidden."""
    files = lock_case_files(case_file_ids)
    for case_file in files.values():
        if actor.system is not None or (
            actor.user is not None and not policies.can_change_rights(actor.user, case_file)
        ):
            raise Forbidden(
                f"Die Zugriffsrechte von {case_file.aktenzeichen} dürfen Sie nicht ändern.",
                next_step="Bitten Sie die Leitung oder die Registratur der Einheit.",
            )
    return files


def _require_open(files: Mapping[int, CaseFile]) -> None:
    """A closed file is read-only (R1); only ending a release and keeping a person out stay possible."""
    for case_file in files.values():
        require_open(case_file)


def check_grant(one: NewGrant) -> None:
    """Raises InvalidInput for a release that names nobody, no cause or a day that is over."""
    if (one.group_id is None) == (one.user_id is None):
        raise InvalidInput("Bitte wählen Sie eine Gruppe oder eine Person.", field="user")
    if not one.cause.strip():
        raise InvalidInput("Bitte nennen Sie den Anlass der Freigabe.", field="cause")
    if one.valid_until is not None and one.valid_until < clock.today():
        raise InvalidInput("Das Ende der Freigabe liegt in der Vergangenheit.", field="valid_until")


def _check_reach(wanted: Sequence[NewGrant], files: Mapping[int, CaseFile]) -> None:
    """A release that circle or clearance would take away again is refused, not stored silently."""
    groups = {one.group_id for one in wanted if one.group_id is not None}
    roles = {
        r.group_id: r for r in UnitRole.objects.filter(group__in=groups).select_related("unit")
    }
    for one in wanted:
        case_file = files[one.object_id]
        role = roles.get(one.group_id or 0)
        inside = not case_file.circle or (
            case_file.circle in role.unit.circles if role else _inside(one, case_file.circle)
        )
        if not inside:
            raise InvalidInput(
                "Außerhalb des Berechtigungskreises ist keine Freigabe möglich.", field="user"
            )
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        if one.group_id and confidential and (role is None or role.role not in CONFIDENTIAL_ROLES):
            raise InvalidInput("Diese Gruppe darf Vertrauliches nicht sehen.", field="user")


def _inside(one: NewGrant, circle: str) -> bool:
    current = Membership.objects.current(clock.today()).filter(user=one.user_id or 0)
    return current.filter(unit_role__unit__circles__contains=[circle]).exists()


def write_grants(
    wanted: Sequence[NewGrant], for_groups: GrantKind, for_users: GrantKind, actor: Actor
) -> list[Grant]:
    """Insert or renew grants in guardian's tables; at most two statements."""
    made: list[Grant] = []
    for kind in (for_groups, for_users):
        column = "group_id" if names_group(kind) else "user_id"
        named = [one for one in wanted if getattr(one, column) is not None]
        made += _upsert(kind, column, named, actor)
    return made


def _upsert(kind: GrantKind, column: str, wanted: Sequence[NewGrant], actor: Actor) -> list[Grant]:
    if not wanted:
        return []
    model = GRANT_MODELS[kind]
    permission = _view_permission(model)
    rows = model._default_manager.bulk_create(
        [
            model(
                content_object_id=one.object_id,
                permission=permission,
                cause=one.cause.strip()[:200],
                valid_until=one.valid_until,
                granted_by_id=actor.user_id,
                granted_at=clock.now(),
                **{column: getattr(one, column)},
            )
            for one in wanted
        ],
        update_conflicts=True,
        unique_fields=[column.removesuffix("_id"), "permission", "content_object"],
        update_fields=["cause", "valid_until", "granted_by_id", "granted_at"],
    )
    return [
        Grant(kind, row.pk, one.object_id, one.group_id, one.user_id, row.cause, row.valid_until)
        for row, one in zip(rows, wanted, strict=True)
    ]


def _view_permission(model: type[Any]) -> Permission:
    target: models.Model = model._meta.get_field("content_object").related_model
    return Permission.objects.get(
        content_type__app_label=target._meta.app_label,
        codename=f"view_{target._meta.model_name}",
    )


def delete_grants(ended: Sequence[Grant]) -> None:
    """Remove grants; whoever held one is blind to what only it opened, at once."""
    for kind in GrantKind:
        ids = [grant.pk for grant in ended if grant.kind == kind]
        GRANT_MODELS[kind]._default_manager.filter(pk__in=ids).delete()


def _record(
    action: str, grants: Sequence[Grant], files: Mapping[int, CaseFile], actor: Actor
) -> None:
    """One entry per grant: who got it by id, never the cause (it may name people)."""
    for grant in grants:
        record_changes(
            action, [files[grant.object_id]], actor, digests={grant.object_id: facts_of(grant)}
        )


def facts_of(grant: Grant) -> dict[str, Any]:
    """What the audit keeps of a grant."""
    facts: dict[str, Any] = {"grant": f"{grant.kind.name.lower()}/{grant.pk}"}
    if grant.group_id is not None:
        facts["group_id"] = grant.group_id
    if grant.user_id is not None:
        facts["user_id"] = grant.user_id
    if grant.valid_until is not None:
        facts["valid_until"] = grant.valid_until.isoformat()
    return facts
