"""Effective rights of case files, matters and documents, and why each principal has them.

The policy in one place (requirements S1-S3, D3, D4; handbook "Wer sieht was"):

1. offen: everybody who holds a role; intern: Sachbearbeitung, Leitung, Sekretariat and Registratur
   of the lead unit; vertraulich: only Sachbearbeitung and Leitung of the lead unit.
2. Grants on the plan entry and the entries above it, then grants on the file itself.
3. Filter by circle: a unit outside the file's circle never gets in; "everybody" neither.
4. Filter by clearance: on confidential files only Sachbearbeitung, Leitung and single persons.
5. Persons on the deny list (befangen) never see it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from goettingen_ecm.access import everyone, scopes
from goettingen_ecm.access.principals import person_principal
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from goettingen_ecm.operations import clock
from records.choices import Confidentiality
from records.models import (
    CaseFile,
    CaseFileExclusion,
    CaseFileGroupGrant,
    CaseFileUserGrant,
    PlanEntryGroupGrant,
    PlanEntryUserGrant,
)

INTERNAL_ROLES = frozenset({Role.CLERK, Role.HEAD, Role.SECRETARIAT, Role.REGISTRY})
CONFIDENTIAL_ROLES = frozenset({Role.CLERK, Role.HEAD})


@dataclass(frozen=True, slots=True)
class Reason:
    """One principal and why it is allowed; ``kept`` is False when circle or clearance removed it."""

    principal: int
    because: str
    kept: bool = True
    removed_by: str = ""


@dataclass(frozen=True, slots=True)
class PrincipalFacts:
    unit_id: int
    role: str
    circles: frozenset[str]


class RightsTable:
    """Everything needed to compute rights for a set of files with a handful of queries."""

    def __init__(self, case_files: Sequence[CaseFile]) -> None:
        self.case_files = case_files
        self.facts = _principal_facts()
        self._by_unit: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for group_id, facts in self.facts.items():
            self._by_unit[facts.unit_id].append((group_id, facts.role))
        self._entry_grants = _entry_grants({a for f in case_files for a in f.entry.ancestors})
        ids = [f.pk for f in case_files if f.pk]
        self._file_grants = _file_grants(ids)
        self._denied = _denied(ids)

    def reasons(self, case_file: CaseFile) -> list[Reason]:
        """Every principal with a claim, kept or removed, in the order of the policy."""
        claims = [*self._by_confidentiality(case_file), *self._by_grants(case_file)]
        return [self._filtered(case_file, principal, why) for principal, why in claims]

    def rights(self, case_file: CaseFile) -> scopes.Rights:
        """The effective rights: kept principals and the deny list."""
        kept = (r.principal for r in self.reasons(case_file) if r.kept)
        return scopes.rights(kept, self._denied.get(case_file.pk, ()))

    def _by_confidentiality(self, case_file: CaseFile) -> list[tuple[int, str]]:
        if case_file.confidentiality == Confidentiality.OPEN and not case_file.circle:
            return [
                (everyone.group_id(), _("Die Akte ist offen: alle Beschäftigten dürfen sie sehen."))
            ]
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        roles = CONFIDENTIAL_ROLES if confidential else INTERNAL_ROLES
        why = _("Rolle in der federführenden Einheit")
        units = self._by_unit[case_file.lead_unit_id]
        return [(group, why) for group, role in units if role in roles]

    def _by_grants(self, case_file: CaseFile) -> list[tuple[int, str]]:
        inherited = [g for a in case_file.entry.ancestors for g in self._entry_grants.get(a, ())]
        return [*inherited, *self._file_grants.get(case_file.pk, ())]

    def _filtered(self, case_file: CaseFile, principal: int, why: str) -> Reason:
        single_person = principal < 0
        facts = self.facts.get(principal)
        if case_file.circle and not single_person and not _in_circle(facts, case_file.circle):
            return Reason(principal, why, False, _("gehört nicht zum Berechtigungskreis"))
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        if confidential and not single_person and not _cleared(facts):
            return Reason(principal, why, False, _("darf Vertrauliches nicht sehen"))
        return Reason(principal, why)


def _in_circle(facts: PrincipalFacts | None, circle: str) -> bool:
    return facts is not None and circle in facts.circles


def _cleared(facts: PrincipalFacts | None) -> bool:
    return facts is not None and facts.role in CONFIDENTIAL_ROLES


def _principal_facts() -> dict[int, PrincipalFacts]:
    rows = UnitRole.objects.values_list("group_id", "unit_id", "role", "unit__circles")
    return {
        group: PrincipalFacts(unit, role, frozenset(circles)) for group, unit, role, circles in rows
    }


def _entry_grants(entry_ids: set[int]) -> Mapping[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if not entry_ids:
        return found
    why = _("Zugriffsdefinition im Aktenplan: {cause}")
    groups = PlanEntryGroupGrant.objects.filter(content_object_id__in=entry_ids)
    for entry, group, cause in _in_force(groups, "group_id"):
        found[entry].append((group, why.format(cause=cause)))
    users = PlanEntryUserGrant.objects.filter(content_object_id__in=entry_ids)
    for entry, user, cause in _in_force(users, "user_id"):
        found[entry].append((person_principal(user), why.format(cause=cause)))
    return found


def _file_grants(file_ids: list[int]) -> Mapping[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if not file_ids:
        return found
    why = _("Freigabe für diese Akte: {cause}")
    groups = CaseFileGroupGrant.objects.filter(content_object_id__in=file_ids)
    for file_id, group, cause in _in_force(groups, "group_id"):
        found[file_id].append((group, why.format(cause=cause)))
    users = CaseFileUserGrant.objects.filter(content_object_id__in=file_ids)
    for file_id, user, cause in _in_force(users, "user_id"):
        found[file_id].append((person_principal(user), why.format(cause=cause)))
    return found


def _in_force(grants: "object", whom: str) -> Iterable[tuple[int, int, str]]:
    today = clock.today()
    rows = grants.values_list("content_object_id", whom, "cause", "valid_until")  # type: ignore[attr-defined]
    return [(one, who, cause) for one, who, cause, until in rows if until is None or until >= today]


def _denied(file_ids: list[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if not file_ids:
        return found
    rows = CaseFileExclusion.objects.filter(case_file_id__in=file_ids)
    for file_id, user_id in rows.values_list("case_file_id", "user_id"):
        found[file_id].append(user_id)
    return found


def scope_ids_for(case_files: Sequence[CaseFile]) -> list[int]:
    """The scope id of each file, in order; unsaved files are fine (they have no own grants)."""
    table = RightsTable(case_files)
    wanted = [table.rights(f) for f in case_files]
    found = scopes.scope_ids(wanted)
    return [found[one] for one in wanted]


def narrowed(rights: scopes.Rights, narrow_to: Sequence[int] | None) -> scopes.Rights:
    """A matter's or document's rights: at most the file's."""
    if narrow_to is None:
        return rights
    allow, deny = rights
    return scopes.rights(set(allow) & set(narrow_to), deny)
