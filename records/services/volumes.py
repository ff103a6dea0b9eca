"""Opening the next volume of a file (Band, requirements A1): ``…/Bd. 2`` with the same rights."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.choices import CaseFileKind
from records.models import (
    CaseFile,
    CaseFileExclusion,
    CaseFileGroupGrant,
    CaseFileUserGrant,
    Volume,
)
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.business_values import project
from records.services.documents import lock_case_files
from records.services.scoping import recompute

COPIED = (
    "title", "sort_key", "kind", "file_type", "entry", "lead_unit", "case_worker",
    "confidentiality", "circle", "medium", "retention_years", "disposition", "business_data",
    "remark", "scope",
)  # fmt: skip
SUFFIX = "/Bd. "


def open_next_volumes(case_file_ids: Iterable[int], actor: Actor) -> list[CaseFile]:
    """The next volume of each file by id; of a volume the next one of its first volume.

    Grants and exclusions go with it, so that nobody gains or loses sight. Fallakten have none:
    their connector files by the foreign key. Raises Forbidden, IllegalState.
    """
    with transaction.atomic():
        asked = list(case_file_ids)
        rows = Volume.objects.filter(case_file__in=asked).values_list("case_file_id", "first_id")
        first_of = dict(rows)
        firsts = lock_case_files([first_of.get(pk, pk) for pk in asked])
        for first in firsts.values():
            require_may_open(first, actor.user)
        made = [_next(first) for first in firsts.values()]
        _write(made, actor)
    return [case_file for case_file, _volume in made]


def require_may_open(first: CaseFile, user: User | None) -> None:
    """Raises Forbidden (only persons of the lead unit open volumes) or IllegalState (Fallakte)."""
    if user is None or not policies.can_reassign(user, first):
        raise Forbidden(
            f"Zu {first.aktenzeichen} dürfen Sie keinen Band anlegen.",
            next_step="Bitten Sie die federführende Einheit oder deren Registratur.",
        )
    if first.kind != CaseFileKind.SUBJECT:
        raise IllegalState(
            "Fallakten haben keine Bände; das Fachverfahren liefert in die eine Akte.",
            next_step="Legen Sie einen weiteren Vorgang an.",
        )


def _next(first: CaseFile) -> tuple[CaseFile, Volume]:
    number = 1 + max(first.further_volumes.values_list("number", flat=True), default=1)
    case_file = CaseFile(
        **{name: getattr(first, name) for name in COPIED},
        aktenzeichen=f"{first.aktenzeichen}{SUFFIX}{number}",
        opened_on=clock.today(),
        last_activity_at=clock.now(),
    )
    return case_file, Volume(case_file=case_file, first=first, number=number)


def _write(made: Sequence[tuple[CaseFile, Volume]], actor: Actor) -> None:
    files = writing.create([case_file for case_file, _volume in made], actor)
    Volume.objects.bulk_create([volume for _case_file, volume in made])
    project(files, new=True)
    next_of = {volume.first_id: case_file for case_file, volume in made}
    for model, column in (
        (CaseFileGroupGrant, "content_object"),
        (CaseFileUserGrant, "content_object"),
        (CaseFileExclusion, "case_file"),
    ):
        _copy_rows(model, column, next_of)
    recompute([f.pk for f in files])
    record_changes("records.case_file.volume_opened", files, actor)


def _copy_rows(model: type[Any], column: str, next_of: Mapping[int, CaseFile]) -> None:
    """Releases and exclusions of the first volume, row by row, for the new one."""
    rows = list(model._default_manager.filter(**{f"{column}__in": list(next_of)}))
    for row in rows:
        first_id = getattr(row, f"{column}_id")
        row.pk, row._state.adding = None, True
        setattr(row, column, next_of[first_id])
    model._default_manager.bulk_create(rows)


def together(case_file_ids: Iterable[int]) -> dict[int, int]:
    """Every volume (by id) that belongs with these files, with the id of its first volume."""
    ids = list(case_file_ids)
    asked = Volume.objects.filter(Q(case_file__in=ids) | Q(first__in=ids)).values("first_id")
    rows = Volume.objects.filter(first__in=asked).values_list("case_file_id", "first_id")
    found = dict(rows)
    return found | {first: first for first in found.values()}
