"""Writing a file plan as CSV that ``records.file_plan_import`` reads again unchanged."""

import csv
import io
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations.refusals import InvalidInput
from records.file_plan_import import guarded
from records.models import FilePlan, FilePlanEntry

HEADER = (
    "Kennzeichen", "Bezeichnung", "Erläuterung", "Aufbewahrungsfrist", "Fristbeginn",
    "Transferfrist", "Aussonderungsart", "Vertraulichkeitsstufe", "Berechtigungskreis",
    "Federführung", "Vorgänger", "Gültig ab", "Gültig bis",
)  # fmt: skip
ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
"""By what the person chooses; UTF-8 with the mark by which spreadsheets know it."""


def plan_csv(
    plan: FilePlan,
    entries: Iterable[FilePlanEntry],
    encoding: str,
    earlier: Mapping[UUID, str] | None = None,
) -> bytes:
    """The plan in its order; the first row, without a code, names it and its validity.

    ``earlier``: the code of each lineage in the version before; where it was another one, it
    stands as predecessor. Continuations of full entries are left out: they come about by themselves. ``encoding`` is a key
    of ``ENCODINGS``. Raises InvalidInput for a character Windows-1252 does not have.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    days = [german.short_date(day) for day in (plan.valid_from, plan.valid_until)]
    writer.writerow(HEADER)
    writer.writerow(["", guarded(plan.title), *[""] * (len(HEADER) - 4), *days])
    codes = earlier or {}
    writer.writerows(
        _row(entry, codes.get(entry.lineage, ""))
        for entry in entries
        if entry.overflow_of_id is None
    )
    try:
        return text.getvalue().encode(ENCODINGS[encoding])
    except UnicodeEncodeError as error:
        raise InvalidInput(
            _("Das Zeichen „%(char)s“ gibt es in Windows-1252 nicht.")
            % {"char": error.object[error.start]},
            next_step=_("Wählen Sie UTF-8."),
        ) from error


def _row(entry: FilePlanEntry, earlier_code: str) -> list[str]:
    return [
        guarded(entry.code),
        guarded(entry.title),
        guarded(entry.description),
        "unbefristet" if entry.retention_permanent else _number(entry.retention_years),
        entry.retention_start,
        _number(entry.transfer_years),
        entry.disposition,
        entry.confidentiality,
        entry.circle,
        entry.lead_unit.code if entry.lead_unit else "",
        guarded(earlier_code) if earlier_code != entry.code else "",
        "",
        german.short_date(entry.retired_on),
    ]


def _number(years: int | None) -> str:
    return "" if years is None else str(years)
