"""Effective rights of case files, matters and documents, and why each principal has them.

The policy in one place (requirements S1-S3, D3, D4; handbook "Wer sieht was"):

1. offen: everybody who holds a role; intern: Sachbearbeitung, Leitung, Sekretariat and Registratur
   of the lead unit; vertraulich: only Sachbearbeitung and Leitung of the lead unit.
2. Grants on the plan entry, the entries above it and the one it continues, then grants on the file
   itself.
3. Filter by circle: a unit outside the file's circle never gets in, "everybody" neither; a single
   person only while a member of a unit of the circle.
4. Filter by clearance: on confidential files only Sachbearbeitung, Leitung and single persons.
5. Persons on the deny list (befangen) never see it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from goettingen_ecm.access import everyone, principal_ids, scopes
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from goettingen_ecm.operations import clock
from records import grants
from records.choices import Confidentiality
from records.grants import Grant, GrantKind
from records.models import CaseFile, CaseFileExclusion

INTERNAL_ROLES = frozenset({Role.CLERK, Role.HEAD, Role.SECRETARIAT, Role.REGISTRY})
CONFIDENTIAL_ROLES = frozenset({Role.CLERK, Role.HEAD})


@dataclass(frozen=True, slots=True)
class Reason:
    """One claim on a file and why: a group's or a single person's.

    ``principal`` is what the scope stores; ``removed_by`` says why the claim does not count.
    """

    principal: int
    because: str
    group_id: int | None = None
    user_id: int | None = None
    until: date | None = None
    removed_by: str = ""

    @property
    def kept(self) -> bool:
        return not self.removed_by


@dataclass(frozen=True, slots=True)
class PrincipalFacts:
    unit_id: int
    role: str
    circles: frozenset[str]


class RightsTable:
    """Everything needed to compute rights for a set of files with a handful of queries."""

    def __init__(self, case_files: Sequence[CaseFile]) -> None:
        self.facts = _principal_facts()
        self._by_unit: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for group_id, facts in self.facts.items():
            self._by_unit[facts.unit_id].append((group_id, facts.role))
        ids = [f.pk for f in case_files if f.pk]
        entries = {entry for f in case_files for entry in _entries(f)}
        self._grants = _by_object(
            grants.of_kinds(
                {
                    GrantKind.ENTRY_GROUP: entries,
                    GrantKind.ENTRY_USER: entries,
                    GrantKind.FILE_GROUP: ids,
                    GrantKind.FILE_USER: ids,
                }
            )
        )
        self._exclusions = _exclusions(ids)

    def excluded(self, case_file: CaseFile) -> Mapping[int, str]:
        """Who never sees the file, by person, and why (requirements S2)."""
        return self._exclusions.get(case_file.pk, {})

    def reasons(self, case_file: CaseFile) -> list[Reason]:
        """Every claim, kept or removed, in the order of the policy."""
        claims = [*self._by_confidentiality(case_file), *self._by_grants(case_file)]
        return [self._judged(case_file, claim) for claim in claims]

    def rights(self, case_file: CaseFile, *narrowings: Collection[int]) -> scopes.Rights:
        """The effective rights: kept principals and the deny list.

        Each of ``narrowings`` leaves at most these groups (or principals); it never adds one.
        """
        kept = [r for r in self.reasons(case_file) if r.kept]
        for wanted in narrowings:
            kept = [
                r
                for r in kept
                if r.group_id in wanted or principal_ids.plain(r.principal) in wanted
            ]
        return scopes.rights((r.principal for r in kept), self.excluded(case_file))

    def _by_confidentiality(self, case_file: CaseFile) -> list[Reason]:
        if case_file.confidentiality == Confidentiality.OPEN and not case_file.circle:
            everybody = everyone.group_id()
            why = _("Die Akte ist offen: alle Beschäftigten dürfen sie sehen.")
            return [Reason(everybody, why, group_id=everybody)]
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        roles = CONFIDENTIAL_ROLES if confidential else INTERNAL_ROLES
        why = _("Rolle in der federführenden Einheit")
        units = self._by_unit[case_file.lead_unit_id]
        return [Reason(group, why, group_id=group) for group, role in units if role in roles]

    def _by_grants(self, case_file: CaseFile) -> list[Reason]:
        entry_why = _("Zugriffsdefinition im Aktenplan: {cause}")
        file_why = _("Freigabe für diese Akte: {cause}")
        inherited = [g for e in _entries(case_file) for g in self._grants["entry", e]]
        own = self._grants["file", case_file.pk]
        return [
            *(_claim(grant, case_file.circle, entry_why) for grant in inherited),
            *(_claim(grant, case_file.circle, file_why) for grant in own),
        ]

    def _judged(self, case_file: CaseFile, claim: Reason) -> Reason:
        if claim.until is not None and claim.until < clock.today():
            return replace(claim, removed_by=_("ist abgelaufen"))
        if claim.group_id is None:
            return claim
        facts = self.facts.get(claim.group_id)
        if case_file.circle and (facts is None or case_file.circle not in facts.circles):
            return replace(claim, removed_by=_("gehört nicht zum Berechtigungskreis"))
        confidential = case_file.confidentiality == Confidentiality.CONFIDENTIAL
        if confidential and (facts is None or facts.role not in CONFIDENTIAL_ROLES):
            return replace(claim, removed_by=_("darf Vertrauliches nicht sehen"))
        # A deputy holds this one only when the substitution includes confidential files.
        return (
            replace(claim, principal=principal_ids.confidential(claim.principal))
            if (confidential)
            else claim
        )


def _entries(case_file: CaseFile) -> list[int]:
    """The file's entry, those above it and the one it continues (requirements A7)."""
    entry = case_file.entry
    continued = [entry.overflow_of_id] if entry.overflow_of_id else []
    return [*entry.ancestors, *continued]


def _claim(grant: Grant, circle: str, why: str) -> Reason:
    return Reason(
        principal=grant.principal(circle),
        because=why.format(cause=grant.cause or _("ohne Angabe")),
        group_id=grant.group_id,
        user_id=grant.user_id,
        until=grant.valid_until,
    )


def _by_object(found: Sequence[Grant]) -> dict[tuple[str, int | None], list[Grant]]:
    by_object: dict[tuple[str, int | None], list[Grant]] = defaultdict(list)
    on_entries = (GrantKind.ENTRY_GROUP, GrantKind.ENTRY_USER)
    for grant in found:
        by_object["entry" if grant.kind in on_entries else "file", grant.object_id].append(grant)
    return by_object


def _principal_facts() -> dict[int, PrincipalFacts]:
    rows = UnitRole.objects.values_list("group_id", "unit_id", "role", "unit__circles")
    return {
        group: PrincipalFacts(unit, role, frozenset(circles)) for group, unit, role, circles in rows
    }


def _exclusions(file_ids: list[int]) -> Mapping[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    if not file_ids:
        return found
    rows = CaseFileExclusion.objects.filter(case_file_id__in=file_ids)
    for file_id, user_id, reason in rows.values_list("case_file_id", "user_id", "reason"):
        found[file_id][user_id] = reason
    return found


def scope_ids_for(case_files: Sequence[CaseFile]) -> list[int]:
    """The scope id of each file, in order; unsaved files are fine (they have no own grants)."""
    table = RightsTable(case_files)
    wanted = [table.rights(f) for f in case_files]
    found = scopes.scope_ids(wanted)
    return [found[one] for one in wanted]
