"""One change of a file's rights from the browser: tried first, saved, and its way back.

The preview is the change itself, made and taken back in one transaction, so it can never tell
anything else than what saving does (requirements S2, U4).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records import grants
from records.choices import Confidentiality
from records.grants import Grant, GrantKind
from records.models import CaseFile, CaseFileExclusion, Matter
from records.selectors.access_explanation import PersonAccess, explain
from records.services import rights
from records.services.actor import Actor, person

EVERYBODY = 100_000
FILE_GRANTS = (GrantKind.FILE_GROUP, GrantKind.FILE_USER)


@dataclass(frozen=True, slots=True)
class Granting:
    """Release the file to a group or a person; ``valid_until`` is the last day (ISO)."""

    cause: str
    group_id: int | None = None
    user_id: int | None = None
    valid_until: str = ""

    def apply(self, pk: int, actor: Actor) -> "Change | None":
        before = _own_grant(pk, group_id=self.group_id, user_id=self.user_id)
        until = date.fromisoformat(self.valid_until) if self.valid_until else None
        wish = rights.NewGrant(pk, self.cause, self.group_id, self.user_id, until)
        [made] = rights.grant_case_file_access([wish], actor)
        return _again(before) if before else Withdrawing(int(made.kind), made.pk)


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """End a release of this file."""

    kind: int
    grant_id: int

    def apply(self, pk: int, actor: Actor) -> "Change | None":
        found = next(
            (g for g in own_grants(pk) if (g.kind, g.pk) == (self.kind, self.grant_id)), None
        )
        if found is None:
            raise IllegalState(
                "Diese Freigabe gibt es nicht mehr.", next_step="Laden Sie die Seite neu."
            )
        rights.revoke_case_file_access([found], actor)
        return _again(found) if found.in_force(clock.today()) else None


@dataclass(frozen=True, slots=True)
class Levelling:
    """Set the confidentiality; ``row_version`` is what the form has shown, 0 for the way back."""

    level: str
    row_version: int = 0

    def apply(self, pk: int, actor: Actor) -> "Change | None":
        before = CaseFile.objects.values_list("confidentiality", flat=True).get(pk=pk)
        shown = {pk: self.row_version} if self.row_version else None
        rights.change_confidentiality({pk: Confidentiality(self.level)}, actor, versions=shown)
        return Levelling(before) if before != self.level else None


@dataclass(frozen=True, slots=True)
class Excluding:
    """Put a person on the deny list."""

    user_id: int
    reason: str

    def apply(self, pk: int, actor: Actor) -> "Change | None":
        before = _exclusion(pk, self.user_id)
        rights.exclude_persons([rights.Exclusion(pk, self.user_id, self.reason)], actor)
        return Excluding(self.user_id, before) if before else Readmitting(self.user_id)


@dataclass(frozen=True, slots=True)
class Readmitting:
    """Take a person off the deny list."""

    user_id: int

    def apply(self, pk: int, actor: Actor) -> "Change | None":
        before = _exclusion(pk, self.user_id)
        if not before:
            raise IllegalState(
                "Dieser Ausschluss ist schon aufgehoben.", next_step="Laden Sie die Seite neu."
            )
        rights.readmit_persons(pk, [self.user_id], actor)
        return Excluding(self.user_id, before)


Change = Granting | Withdrawing | Levelling | Excluding | Readmitting
KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind for kind in (Granting, Withdrawing, Levelling, Excluding, Readmitting)
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who gains and who loses sight, in name order, and how many see the file afterwards.

    ``refusal``: why it is not saved; ``inverse``: the change that takes this one back.
    """

    gains: tuple[PersonAccess, ...]
    loses: tuple[PersonAccess, ...]
    total_after: int
    refusal: IllegalState | None = None
    inverse: Change | None = None


def preview_change(case_file_id: int, change: Change, user: User) -> Outcome:
    """What the change would do; nothing of it stays.

    Raises what the service of the change raises (Forbidden, InvalidInput, LostUpdate).
    """
    with transaction.atomic():
        tried = _attempt(case_file_id, change, person(user, "records.rights.preview"))
        transaction.set_rollback(True)
    return tried


def save_change(case_file_id: int, change: Change, actor: Actor) -> Outcome:
    """Make the change.

    Raises IllegalState when the actor or everybody would lose sight by it, and what the service
    of the change raises.
    """
    with transaction.atomic():
        done = _attempt(case_file_id, change, actor)
        if done.refusal is not None:
            raise done.refusal
    return done


def to_session(change: Change) -> dict[str, Any]:
    """The change as JSON for the session that may take it back."""
    return {"change": type(change).__name__, **asdict(change)}


def from_session(values: Mapping[str, Any]) -> Change:
    """What ``to_session`` has kept."""
    facts = {name: value for name, value in values.items() if name != "change"}
    change: Change = KINDS[values["change"]](**facts)
    return change


def own_grants(case_file_id: int) -> list[Grant]:
    """The releases given for this file itself, also past ones, oldest first."""
    return grants.of_objects(FILE_GRANTS, [case_file_id])


def _attempt(pk: int, change: Change, actor: Actor) -> Outcome:
    rights.lock_for_rights([pk], actor)
    before = people_seeing(pk)
    inverse = change.apply(pk, actor)
    after = people_seeing(pk)
    return Outcome(
        gains=tuple(p for key, p in after.items() if key not in before),
        loses=tuple(p for key, p in before.items() if key not in after),
        total_after=len(after),
        refusal=_refusal(pk, before, after, actor),
        inverse=inverse,
    )


def people_seeing(pk: int) -> dict[int, PersonAccess]:
    """Everybody who sees the file as its rights are now written, in name order."""
    case_file = CaseFile.objects.select_related("entry", "lead_unit").get(pk=pk)
    return {p.user_id: p for p in explain(case_file, limit=EVERYBODY).people}


def _refusal(
    pk: int, before: Mapping[int, PersonAccess], after: Mapping[int, PersonAccess], actor: Actor
) -> IllegalState | None:
    if not after and before:
        return IllegalState(
            "Danach sähe niemand mehr diese Akte.",
            next_step="Geben Sie sie zuerst für jemanden frei, der sie betreut.",
        )
    if actor.user_id in before and actor.user_id not in after:
        return IllegalState(
            "Sie selbst sähen die Akte danach nicht mehr.",
            next_step="Bitten Sie die Leitung der Einheit oder eine übergeordnete um die Änderung.",
        )
    if after and Matter.objects.filter(case_file=pk, scope__allow=[]).exists():
        return IllegalState(
            "Einen beschränkten Vorgang der Akte sähe danach niemand mehr.",
            next_step="Heben Sie zuerst die Beschränkung des Vorgangs auf.",
        )
    return None


def _own_grant(pk: int, *, group_id: int | None, user_id: int | None) -> Grant | None:
    named = ((g, g.group_id, g.user_id) for g in own_grants(pk))
    return next((g for g, group, user in named if (group, user) == (group_id, user_id)), None)


def _again(grant: Grant) -> Granting | Withdrawing:
    """The release as it was; one that was past already is ended instead."""
    if not grant.in_force(clock.today()):
        return Withdrawing(int(grant.kind), grant.pk)
    until = grant.valid_until.isoformat() if grant.valid_until else ""
    return Granting(grant.cause, grant.group_id, grant.user_id, until)


def _exclusion(pk: int, user_id: int) -> str:
    rows = CaseFileExclusion.objects.filter(case_file=pk, user=user_id)
    return rows.values_list("reason", flat=True).first() or ""
