"""Who may do what with visible objects: predicates, evaluated for sets by the services.

Visibility itself is ``visible_to``; a predicate here answers "visible, but allowed?".
"""

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from records.choices import CaseFileStatus, DocumentStatus, MatterStatus, Medium
from records.models import (
    CaseFile,
    DeletionProposal,
    Document,
    FilePlanEntry,
    Hold,
    SpecialistSystem,
)

FILING_ROLES = (Role.CLERK, Role.HEAD, Role.SECRETARIAT, Role.REGISTRY)
EMERGENCY_ROLES = (*FILING_ROLES, Role.OBJECTIONS)
OPENING_ROLES = (Role.CLERK, Role.HEAD, Role.REGISTRY)


def can_view(user: Person, case_file: CaseFile) -> bool:
    return case_file.scope_id in rights_of(user).scope_ids


def can_file_documents(user: Person, case_file: CaseFile) -> bool:
    """Filing needs sight of the file and a working role in its lead unit or a leading one above."""
    return can_view(user, case_file) and rights_of(user).has_role_in(
        case_file.lead_unit_id, *FILING_ROLES
    )


def can_change_document(user: Person, document: Document) -> bool:
    """New versions and metadata by a person: never of final, cancelled or misfiled documents."""
    return (
        not document.is_final
        and document.status not in (DocumentStatus.CANCELLED, DocumentStatus.MISFILED)
        and is_open(document.case_file)
        and can_file_documents(user, document.case_file)
    )


def can_move_document(user: Person, document: Document) -> bool:
    """Into another file: final ones too, for only their content and metadata are fixed."""
    return (
        document.status not in (DocumentStatus.CANCELLED, DocumentStatus.MISFILED)
        and is_open(document.case_file)
        and can_file_documents(user, document.case_file)
    )


def can_lift_cancellation(user: Person, document: Document) -> bool:
    """Whoever may cancel documents of the file may lift a Storno (requirements W10).

    What was cancelled with its matter comes back with it.
    """
    return (
        document.status == DocumentStatus.CANCELLED
        and document.matter.status == MatterStatus.ACTIVE
        and is_open(document.case_file)
        and can_file_documents(user, document.case_file)
    )


def can_mark_misfiled(user: Person, document: Document) -> bool:
    """Whoever works with files and sees the document, in whatever file: it must vanish at once."""
    return (
        document.status != DocumentStatus.MISFILED
        and can_view(user, document.case_file)
        and works_with_case_files(user)
    )


def can_read_misfilings(user: Person) -> bool:
    """Fehlablagen, without titles: data protection and the Fachadministration."""
    return rights_of(user).has_role(Role.DATA_PROTECTION, Role.ADMINISTRATION)


def can_decide_misfilings(user: Person) -> bool:
    return rights_of(user).has_role(Role.DATA_PROTECTION)


def can_propose_deletion(user: Person, document: Document) -> bool:
    """Whoever works on the file; another person decides (requirements W11)."""
    return (
        document.status not in (DocumentStatus.MISFILED, DocumentStatus.DELETED)
        and is_open(document.case_file)
        and can_file_documents(user, document.case_file)
    )


def can_decide_deletion(user: Person, proposal: DeletionProposal) -> bool:
    """Lösch-Prüfung, Leitung or Registratur of the file's unit: a second person, also in fact.

    Never who proposed it or for whom it was proposed, and nobody by standing in for one of them.
    """
    first = {proposal.proposed_by_id, proposal.proposed_for_id}
    rights, case_file = rights_of(user), proposal.document.case_file
    if user.pk in first or not can_view(user, case_file):
        return False
    lent = [one for one in rights.borrowed if one.user_id in first]
    if any(case_file.scope_id in one.scope_ids for one in lent):
        return False
    roles = rights.roles.difference(*(one.roles for one in lent))
    in_unit = {role for role, unit in roles if unit == case_file.lead_unit_id}
    return bool(in_unit & {Role.HEAD, Role.REGISTRY}) or any(
        role == Role.DELETION_REVIEW for role, _unit in roles
    )


def decides_deletions(user: Person) -> bool:
    """True for whoever may decide in some unit; which ones, says ``can_decide_deletion``."""
    return rights_of(user).has_role(Role.DELETION_REVIEW, Role.HEAD, Role.REGISTRY)


def can_read_deletions(user: Person) -> bool:
    """The list: of files the person sees, so whoever works with files, and data protection."""
    return works_with_case_files(user) or rights_of(user).has_role(
        Role.DELETION_REVIEW, Role.DATA_PROTECTION
    )


def works_with_case_files(user: Person) -> bool:
    """True for whoever may change files of some unit: lists offer bulk work to them."""
    return rights_of(user).has_role(*FILING_ROLES)


def can_open_case_files(user: Person, unit_id: int) -> bool:
    return rights_of(user).has_role_in(unit_id, *OPENING_ROLES)


def units_to_open_in(user: Person) -> set[int]:
    """The units for which the person may open files."""
    return {unit for role, unit in rights_of(user).roles if role in OPENING_ROLES}


def reassigns_case_files(user: Person) -> bool:
    """True for whoever may hand on files of some unit: lists offer it to them."""
    return rights_of(user).has_role(*OPENING_ROLES)


def units_to_file_in(user: Person) -> set[int]:
    """The units in whose visible files the person may file (see ``can_file_documents``)."""
    return {unit for role, unit in rights_of(user).roles if role in FILING_ROLES}


def can_reassign(user: Person, case_file: CaseFile) -> bool:
    """Handing a file to another unit or entry (A9): whoever may open files of its unit."""
    return can_view(user, case_file) and can_open_case_files(user, case_file.lead_unit_id)


def can_operate_deliveries(user: Person) -> bool:
    """The operator desk: Fachadministration and Registratur see sums and clearing cases."""
    return rights_of(user).has_role(Role.ADMINISTRATION, Role.REGISTRY)


def can_explain_access(user: Person, case_file: CaseFile) -> bool:
    """Whoever sees a file may see who else does (requirements S2)."""
    return can_view(user, case_file)


def can_change_rights(user: Person, case_file: CaseFile) -> bool:
    """Releases, exclusions and confidentiality: Leitung or Registratur of the lead unit."""
    return can_view(user, case_file) and rights_of(user).has_role_in(
        case_file.lead_unit_id, Role.HEAD, Role.REGISTRY
    )


def can_see_exclusions(user: Person, case_file: CaseFile) -> bool:
    """Who is kept out and why: those in charge of the file's rights, and data protection."""
    return can_change_rights(user, case_file) or (
        can_view(user, case_file) and rights_of(user).has_role(Role.DATA_PROTECTION)
    )


def can_review_emergency_access(user: Person) -> bool:
    """Break-glass is looked at by data protection (requirements S3)."""
    return rights_of(user).has_role(Role.DATA_PROTECTION)


def can_list_exclusions(user: Person) -> bool:
    """Everybody kept out of any file: the list is data protection's alone (requirements S2)."""
    return rights_of(user).has_role(Role.DATA_PROTECTION)


def can_read_emergency_accesses(user: Person) -> bool:
    """Data protection reads all of them, a Leitung those of its files."""
    return rights_of(user).has_role(Role.DATA_PROTECTION, Role.HEAD)


def can_end_emergency_access(user: Person, case_file: CaseFile) -> bool:
    return can_view(user, case_file) and rights_of(user).has_role_in(
        case_file.lead_unit_id, Role.HEAD
    )


def can_review_any_rights(user: Person) -> bool:
    return rights_of(user).has_role(Role.HEAD)


def can_review_rights(user: Person, unit_id: int) -> bool:
    """The yearly look at a unit's releases is its Leitung's (or of one above)."""
    return rights_of(user).has_role_in(unit_id, Role.HEAD)


def can_define_access(user: Person) -> bool:
    """Access definitions of the file plan are reference data: no sight of contents is needed."""
    return rights_of(user).has_role(Role.ADMINISTRATION, Role.REGISTRY)


def can_close(user: Person, case_file: CaseFile) -> bool:
    """z. d. A.: whoever may open files of the lead unit (requirements R1)."""
    return can_view(user, case_file) and can_open_case_files(user, case_file.lead_unit_id)


def can_lift_file_cancellation(user: Person, case_file: CaseFile) -> bool:
    """Whoever may cancel the file, as whoever may close it (requirements W10)."""
    return case_file.status == CaseFileStatus.CANCELLED and can_close(user, case_file)


def can_reopen(user: Person, case_file: CaseFile) -> bool:
    """Lifting z. d. A. needs a right of its own: Leitung or Registratur (requirements R3)."""
    return can_change_rights(user, case_file)


def can_place_holds(user: Person, case_file: CaseFile) -> bool:
    """Löschsperren: whoever works on the file, and data protection where it sees it (R6)."""
    return can_close(user, case_file) or (
        can_view(user, case_file) and rights_of(user).has_role(Role.DATA_PROTECTION)
    )


def can_lift_hold(user: Person, case_file: CaseFile, hold: Hold) -> bool:
    """Who answers for it, Leitung or Registratur."""
    return can_view(user, case_file) and (
        hold.owner_id == user.pk or can_change_rights(user, case_file)
    )


def has_paper(case_file: CaseFile) -> bool:
    """Hybrid and paper files have a part on a shelf."""
    return case_file.medium != Medium.ELECTRONIC


def can_keep_paper(user: Person, case_file: CaseFile) -> bool:
    """Places, hands out and takes back: whoever works on the file, or its Registratur."""
    return can_file_documents(user, case_file)


def is_open(case_file: CaseFile) -> bool:
    """Read-only for everybody and every interface once closed (requirements R1)."""
    return case_file.status == CaseFileStatus.ACTIVE


def connector_may_file(system: SpecialistSystem, entry: FilePlanEntry) -> bool:
    """A technical user reaches only its branch of the plan (requirements K8).

    In other versions of the plan the branch is the same position, wherever it was moved.
    """
    if system.branch_id is None or system.branch_id in entry.ancestors:
        return True
    branch = system.branch
    return (
        branch is not None
        and branch.plan_id != entry.plan_id
        and FilePlanEntry.objects.filter(pk__in=entry.ancestors, lineage=branch.lineage).exists()
    )
