"""What narrows a search beside its words: file, units, branch of the plan, type, system, state.

Each limit is one SQL condition on the search rows, so counts, hits and facets agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from goettingen_ecm.access.principals import Person, rights_of

_FILE = "EXISTS (SELECT FROM records_casefile f WHERE f.id = entry.case_file_id AND {})"


@dataclass(frozen=True, slots=True)
class Limits:
    """None and empty mean "not asked for"; ids of rows the person need not be allowed to see."""

    case_file_id: int | None = None
    unit_ids: tuple[int, ...] | None = None
    unit_id: int | None = None
    branch_id: int | None = None
    document_type_id: int | None = None
    system_id: int | None = None
    file_status: str = ""
    year: int | None = None

    def conditions(self) -> dict[str, tuple[str, Any]]:
        """SQL by the name of its one parameter, with the parameter's value."""
        return {name: (condition, value) for name, condition, value in self._conditions()}

    def days(self) -> tuple[date, date]:
        """First and last day of the year asked for."""
        if self.year is None:
            return date.min, date.max
        return date(self.year, 1, 1), date(self.year, 12, 31)

    def _conditions(self) -> Iterator[tuple[str, str, Any]]:
        if self.case_file_id is not None:
            yield "case_file", "entry.case_file_id = %(case_file)s", self.case_file_id
        if self.unit_ids is not None:
            units = _FILE.format("f.lead_unit_id = ANY(%(units)s::bigint[])")
            yield "units", units, list(self.unit_ids)
        if self.unit_id is not None:
            yield "unit", _FILE.format("f.lead_unit_id = %(unit)s"), self.unit_id
        if self.file_status:
            yield "status", _FILE.format("f.status = %(status)s"), self.file_status
        if self.branch_id is not None:
            below = (
                "f.entry_id IN (SELECT id FROM records_fileplanentry"
                " WHERE ancestors @> ARRAY[%(branch)s::bigint])"
            )
            yield "branch", _FILE.format(below), self.branch_id
        if self.document_type_id is not None:
            document = (
                "EXISTS (SELECT FROM records_document d"
                " WHERE d.id = entry.document_id AND d.document_type_id = %(kind)s)"
            )
            yield "kind", document, self.document_type_id
        if self.system_id is not None:
            system = (
                "EXISTS (SELECT FROM records_externalkey k"
                " WHERE k.case_file_id = entry.case_file_id AND k.system_id = %(system)s)"
            )
            yield "system", system, self.system_id


NO_LIMITS = Limits()


def units_of(user: Person) -> tuple[int, ...]:
    """The units a person works in or leads: what "meine Einheit" means."""
    return tuple(sorted({unit for _role, unit in rights_of(user).own_roles}))
