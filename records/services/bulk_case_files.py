"""One change for many case files: hand over to a case worker, add a remark; with the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.refusals import InvalidInput
from records import policies
from records.business_data import require_valid
from records.models import CaseFile, FileTypeField
from records.selectors import file_types
from records.selectors.file_types import EntryRule
from records.services.actor import Actor
from records.services.bulk_documents import CHANGED_SINCE
from records.services.case_files import change_metadata
from records.services.case_workers import working_pairs
from records.services.documents import filing_refusal, lock_case_files
from records.services.history_values import values_before


@dataclass(frozen=True, slots=True)
class FileChange:
    """Who works on the files from now on (None: stays), and a remark that is added below.

    ``business_data``: Fachdaten that are set, for files of ``file_type``.
    """

    case_worker: User | None = None
    remark: str = ""
    file_type: str = ""
    business_data: Mapping[str, Any] = field(default_factory=dict)

    def values_for(self, case_file: CaseFile) -> dict[str, Any]:
        """What the file would have."""
        values: dict[str, Any] = {}
        if self.case_worker is not None:
            values["case_worker"] = self.case_worker
        if self.remark:
            values["remark"] = "\n".join(part for part in (case_file.remark, self.remark) if part)
        if self.business_data:
            values["business_data"] = {**case_file.business_data, **self.business_data}
        return values

    @property
    def names(self) -> list[str]:
        worker = ["case_worker"] if self.case_worker is not None else []
        data = ["business_data"] if self.business_data else []
        return worker + (["remark"] if self.remark else []) + data

    def fulfilled_by(self, case_file: CaseFile) -> bool:
        worker = self.case_worker
        stands = all(case_file.business_data.get(k) == v for k, v in self.business_data.items())
        same = worker is None or case_file.case_worker_id == worker.pk
        return not self.remark and same and stands


def plan(change: FileChange, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """The result each file would have now; writes nothing (the dry run)."""
    rows = CaseFile.objects.filter(pk__in=ids).select_related("entry", "lead_unit")
    return _results(change, ids, {f.pk: f for f in rows}, actor)


def _results(
    change: FileChange, ids: Sequence[int], found: Mapping[int, CaseFile], actor: Actor
) -> dict[int, Result]:
    pairs = working_pairs([change.case_worker.pk]) if change.case_worker else set()
    fitting = _Fitting.of(change, found)
    results = {}
    for pk in ids:
        reason = _refusal(change, found.get(pk), actor, pairs) or fitting.refusal(found[pk])
        if reason:
            results[pk] = refused(reason)
        else:
            results[pk] = UNCHANGED if change.fulfilled_by(found[pk]) else CHANGED
    return results


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Whether Fachdaten fit a file: its type, the type's fields, what its entry requires."""

    change: FileChange
    fields: Sequence[FileTypeField] = ()
    rules: Mapping[int, EntryRule] = field(default_factory=dict)

    @classmethod
    def of(cls, change: FileChange, found: Mapping[int, CaseFile]) -> "_Fitting":
        if not change.business_data:
            return cls(change)
        fields = file_types.current(file_types.fields_of(change.file_type))
        return cls(change, fields, file_types.rules_of(one.entry for one in found.values()))

    def refusal(self, case_file: CaseFile) -> str:
        if not self.change.business_data:
            return ""
        if case_file.file_type != self.change.file_type:
            return _("Die Akte hat einen anderen Aktentyp.")
        try:
            require_valid(
                self.fields,
                {**case_file.business_data, **self.change.business_data},
                before=case_file.business_data,
                of_entry=self.rules[case_file.entry_id].required,
            )
        except InvalidInput as refusal:
            return refusal.reason
        return ""


def _refusal(
    change: FileChange, case_file: CaseFile | None, actor: Actor, pairs: set[tuple[int, int]]
) -> str:
    if case_file is None or (actor.user and not policies.can_view(actor.user, case_file)):
        return _("Die Akte ist nicht (mehr) sichtbar.")
    if (refusal := filing_refusal(case_file, actor)) is not None:
        return refusal.reason
    worker = change.case_worker
    if worker is not None and (worker.pk, case_file.lead_unit_id) not in pairs:
        return _("%(name)s arbeitet nicht in der federführenden Einheit.") % {"name": worker}
    return ""


def change_case_files(change: FileChange, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Set the same values on all that may change; the others answer why not."""
    with transaction.atomic():
        files = lock_case_files(ids)
        results = plan(change, ids, actor)
        wanted = {
            pk: change.values_for(files[pk]) for pk, result in results.items() if result == CHANGED
        }
        if wanted:
            change_metadata(wanted, actor)
    return results


def take_back(
    change: FileChange, ids: Sequence[int], operation_id: int, actor: Actor
) -> dict[int, Result]:
    """Bring back what the files had before the operation, where nobody changed them since."""
    with transaction.atomic():
        files = lock_case_files(ids)
        before = values_before(CaseFile, ids, operation_id)
        # Whether the new worker may have them is no question on the way back.
        results = plan(FileChange(remark=change.remark or "-"), ids, actor)
        for pk in ids:
            if results[pk].outcome == JobItemOutcome.REFUSED:
                continue
            known = before.get(pk)
            intact = known is not None and known.left_version == files[pk].row_version
            results[pk] = CHANGED if intact else refused(CHANGED_SINCE)
        rows = {pk: before[pk].row for pk, result in results.items() if result == CHANGED}
        if rows:
            change_metadata(_former(rows, change.names), actor, restoring=True)
    return results


def _former(rows: Mapping[int, Any], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    workers = User.objects.in_bulk({row.case_worker_id for row in rows.values()} - {None})
    return {
        pk: {
            name: workers.get(row.case_worker_id) if name == "case_worker" else getattr(row, name)
            for name in names
        }
        for pk, row in rows.items()
    }
