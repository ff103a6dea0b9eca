"""Every exclusion (befangen, own case, accused) for data protection: who, which file, since, by whom.

Day and giver are the audit's; where its month is dropped they are unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from records.models import CaseFile, CaseFileExclusion

PAGE = 50
EXCLUDED = "records.case_file.person_excluded"


@dataclass(frozen=True, slots=True)
class ExclusionLine:
    """One exclusion; without sight of the file only its number is told, without the reason."""

    pk: int
    person: User
    case_file: CaseFile
    visible: bool
    reason: str
    since: datetime | None
    given_by: User | None


def exclusions_page(user: Person, after: int | None) -> tuple[list[ExclusionLine], int | None]:
    """The newest first and the id to go on after; what concerns the reader is left out."""
    rows = CaseFileExclusion.objects.exclude(user=user.pk or 0)
    rows = rows.exclude(
        case_file__in=CaseFileExclusion.objects.filter(user=user.pk or 0).values("case_file")
    )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("case_file", "user").order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return _lines(shown, user), shown[-1].pk if len(found) > PAGE else None


def _lines(rows: Sequence[CaseFileExclusion], user: Person) -> list[ExclusionLine]:
    scopes = frozenset(rights_of(user).scope_ids)
    given = _given({one.case_file_id for one in rows})
    people = User.objects.in_bulk({actor for _day, actor in given.values() if actor is not None})
    lines = []
    for one in rows:
        since, actor = given.get((one.case_file_id, one.user_id), (None, None))
        visible = one.case_file.scope_id in scopes
        lines.append(
            ExclusionLine(
                one.pk,
                one.user,
                one.case_file,
                visible,
                one.reason if visible else "",
                since,
                people.get(actor or 0),
            )
        )
    return lines


def _given(file_ids: set[int]) -> dict[tuple[int, int], tuple[datetime, int | None]]:
    """By (file, person): the last time somebody was excluded, and by whom."""
    entries = AuditEntry.objects.filter(
        action=EXCLUDED, object_type=CaseFile._meta.label_lower, object_id__in=file_ids
    ).order_by("recorded_at", "id")
    return {
        (object_id or 0, int(digests.get("user_id", 0))): (recorded_at, actor_id)
        for object_id, digests, recorded_at, actor_id in entries.values_list(
            "object_id", "digests", "recorded_at", "actor_id"
        )
    }
