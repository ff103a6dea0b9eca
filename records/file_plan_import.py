"""Reading a file plan from CSV as cities have it: Excel exports, Windows-1252, differing headers.

A row that cannot be taken is reported with line, field and reason; the others go on. Nothing is
written here (``records.services.file_plan`` does).
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import Confidentiality, DispositionType, RetentionStart

DELIMITERS = (";", ",", "\t")
CODE_LENGTH, TITLE_LENGTH = 60, 500
LONGEST_RETENTION_YEARS = 1000

# Our name of a column and the headers under which published plans carry it.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "kennzeichen",
        "aktenplannummer",
        "aktenplankennzeichen",
        "reference_number",
        "nummer",
    ),
    "title": ("bezeichnung", "aktentitel", "titel", "betreff", "effective_title"),
    "description": ("erläuterung", "beschreibung", "description"),
    "retention": (
        "aufbewahrungsfrist",
        "aufbewahrungsfrist_jahre",
        "frist_jahre",
        "retention_period",
    ),
    "retention_start": ("fristbeginn", "beginn der aufbewahrungsfrist"),
    "transfer": ("transferfrist", "transferfrist in jahren"),
    "disposition": ("aussonderungsart", "aussonderung", "archival_value"),
    "confidentiality": ("vertraulichkeitsstufe", "vertraulichkeit", "classification"),
    "circle": ("berechtigungskreis", "kreis"),
    "lead_unit": ("federführung", "federfuehrung", "organisationseinheit"),
    "predecessor": ("vorgänger", "vorgaenger", "früheres kennzeichen"),
    "valid_from": ("gültig ab", "gueltig_ab", "valid_from"),
    "valid_until": ("gültig bis", "gueltig_bis", "valid_until"),
}
REQUIRED = ("code", "title")

DISPOSITIONS: Mapping[str, DispositionType] = {
    "a": DispositionType.ARCHIVE,
    "archivwürdig": DispositionType.ARCHIVE,
    "b": DispositionType.APPRAISE,
    "sampling": DispositionType.APPRAISE,
    "auswahl": DispositionType.APPRAISE,
    "zu bewerten": DispositionType.APPRAISE,
    "v": DispositionType.DESTROY,
    "nicht archivwürdig": DispositionType.DESTROY,
    "zu vernichten": DispositionType.DESTROY,
}
LEVELS: Mapping[str, str] = {
    # "not classified" says nothing: such entries inherit.
    "nicht klassifiziert": "",
    "offen": Confidentiality.OPEN,
    "intern": Confidentiality.INTERNAL,
    "vertraulich": Confidentiality.CONFIDENTIAL,
    "geheim": Confidentiality.CONFIDENTIAL,
}
STARTS: Mapping[str, RetentionStart] = {
    name.casefold(): start for start in RetentionStart for name in (start.value, str(start.label))
}
CIRCLES: Mapping[str, Circle] = {
    name.casefold(): circle for circle in Circle for name in (circle.value, str(circle.label))
}
PERMANENT = ("dauernd", "unbefristet", "permanent")
YEARS = re.compile(r"(\d{1,4})(?:\s*(?:jahre?|j\.?|a))?", re.IGNORECASE)
SEPARATORS = ".-/ "
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value or row was not taken; ``line`` counts from 1 as an editor does."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One position of the plan as read; ``parent`` is the code it stands below, or empty.

    ``predecessor`` is the code it had before; in a draft the entry of that code is moved.

    The service places rows anew, among the entries the plan has already.
    """

    line: int
    code: str
    title: str
    parent: str = ""
    description: str = ""
    retention_years: int | None = None
    retention_permanent: bool = False
    retention_start: str = ""
    transfer_years: int | None = None
    disposition: str = ""
    confidentiality: str = ""
    circle: str = ""
    lead_unit: str = ""
    predecessor: str = ""
    retired_on: date | None = None


@dataclass(slots=True)
class ReadPlan:
    """What a file says: rows by code in the file's order, and which ``columns`` it has (our names).

    ``title`` and the dates come from a row without a code, if there is one.
    """

    encoding: str
    delimiter: str
    columns: frozenset[str] = frozenset()
    total: int = 0
    rows: dict[str, PlanRow] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    title: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


def read_plan(data: bytes) -> ReadPlan:
    """Read a plan from the bytes of a CSV file.

    Raises InvalidInput when it is no text, no CSV, or has no columns for code and title.
    """
    text, encoding = _decode(data)
    delimiter, columns = _recognise(text)
    plan = ReadPlan(encoding, delimiter, frozenset(columns.values()))
    for line, values in _records(text, delimiter, columns):
        plan.total += 1
        _take(plan, line, values)
    codes = set(plan.rows)
    plan.rows = {c: replace(r, parent=parent_code(c, codes)) for c, r in plan.rows.items()}
    return plan


def _decode(data: bytes) -> tuple[str, str]:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ["utf-16"] if wide else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise InvalidInput(_("Die Datei ist weder UTF-8 noch Windows-1252."), field="file")


def _recognise(text: str) -> tuple[str, dict[int, str]]:
    """The delimiter under which most columns are known, and which column is what."""
    first = text.split("\n", 1)[0].rstrip("\r")
    found = {d: _columns(next(csv.reader([first], delimiter=d), [])) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: len(found[d]))
    columns = found[delimiter]
    for name in REQUIRED:
        if name not in columns.values():
            raise InvalidInput(
                _("Es fehlt eine Spalte für %(what)s. Erkannt werden: %(known)s.")
                % {"what": _FIELD_NAMES[name], "known": ", ".join(HEADERS[name])},
                field="file",
            )
    return delimiter, columns


def _columns(header: Sequence[str]) -> dict[int, str]:
    names = {alias: name for name, aliases in HEADERS.items() for alias in aliases}
    found: dict[int, str] = {}
    for position, title in enumerate(header):
        name = names.get(title.strip().casefold())
        if name is not None and name not in found.values():
            found[position] = name
    return found


_FIELD_NAMES = {"code": "Kennzeichen", "title": "Bezeichnung"}


def _records(
    text: str, delimiter: str, columns: Mapping[int, str]
) -> Iterable[tuple[int, dict[str, str]]]:
    """(line, values by our name) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            started, line = line, reader.line_num + 1
            if started == 1 or not any(cell.strip() for cell in cells):
                continue
            yield (
                started,
                {
                    name: unguarded(cells[position].strip()) if position < len(cells) else ""
                    for position, name in columns.items()
                },
            )
    except csv.Error as error:
        raise InvalidInput(
            _("Zeile %(line)s ist kein gültiges CSV: %(error)s")
            % {"line": reader.line_num, "error": error},
            field="file",
        ) from error


def guarded(text: str) -> str:
    """Text that no spreadsheet runs as a formula (OWASP, CSV injection); see ``unguarded``."""
    return f"'{text}" if text.lstrip("'")[:1] in FORMULA_STARTS and text else text


def unguarded(text: str) -> str:
    """The text as it was before ``guarded``; other text stays."""
    known = text.startswith("'") and text.lstrip("'")[:1] in FORMULA_STARTS
    return text[1:] if known and text.lstrip("'") else text


class _Rejected(Exception):  # noqa: N818 - ends one row, is no error of the program
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


def _take(plan: ReadPlan, line: int, values: Mapping[str, str]) -> None:
    try:
        if not values["code"] and values["title"] and not plan.title:
            _take_heading(plan, values)
        else:
            row = _row(plan, line, values)
            plan.rows[row.code] = row
    except _Rejected as rejected:
        plan.problems.append(Problem(line, rejected.name, rejected.reason))


def _take_heading(plan: ReadPlan, values: Mapping[str, str]) -> None:
    """The row without a code names the plan itself and its validity."""
    plan.valid_from = _date("valid_from", values)
    plan.valid_until = _date("valid_until", values)
    plan.title = values["title"]


def _row(plan: ReadPlan, line: int, values: Mapping[str, str]) -> PlanRow:
    code = " ".join(values["code"].split())
    _require_text("code", code, CODE_LENGTH)
    _require_text("title", values["title"], TITLE_LENGTH)
    earlier = plan.rows.get(code)
    if earlier is not None:
        raise _Rejected(
            "code",
            _("Das Kennzeichen %(code)s steht schon in Zeile %(line)s (%(title)s).")
            % {"code": code, "line": earlier.line, "title": earlier.title},
        )
    years, permanent = _retention(values.get("retention", ""))
    return PlanRow(
        line=line,
        code=code,
        title=values["title"],
        description=values.get("description", ""),
        retention_years=years,
        retention_permanent=permanent,
        retention_start=_one_of("retention_start", STARTS, values),
        transfer_years=_years("transfer", values.get("transfer", "")),
        disposition=_one_of("disposition", DISPOSITIONS, values),
        confidentiality=_one_of("confidentiality", LEVELS, values),
        circle=_one_of("circle", CIRCLES, values),
        lead_unit=values.get("lead_unit", ""),
        predecessor=" ".join(values.get("predecessor", "").split()),
        retired_on=_date("valid_until", values),
    )


def _require_text(name: str, value: str, longest: int) -> None:
    if not value:
        raise _Rejected(name, _("Die Angabe fehlt."))
    if len(value) > longest:
        raise _Rejected(name, _("Die Angabe ist länger als %(n)s Zeichen.") % {"n": longest})


def _retention(value: str) -> tuple[int | None, bool]:
    if not value:
        return None, False
    if value.casefold() in PERMANENT:
        return None, True
    return _years("retention", value), False


def _years(name: str, value: str) -> int | None:
    if not value:
        return None
    years = YEARS.fullmatch(value)
    if years is None or int(years[1]) > LONGEST_RETENTION_YEARS:
        raise _Rejected(name, _("„%(value)s“ ist keine Frist in vollen Jahren.") % {"value": value})
    return int(years[1])


def _one_of(name: str, known: Mapping[str, str], values: Mapping[str, str]) -> str:
    value = values.get(name, "")
    if not value:
        return ""
    if value.casefold() not in known:
        raise _Rejected(
            name,
            _("„%(value)s“ ist unbekannt. Möglich sind: %(known)s.")
            % {"value": value, "known": ", ".join(known)},
        )
    return str(known[value.casefold()])


def _date(name: str, values: Mapping[str, str]) -> date | None:
    value = values.get(name, "")
    if not value:
        return None
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value)
    iso = f"{german[3]}-{int(german[2]):02d}-{int(german[1]):02d}" if german else value
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise _Rejected(name, _("„%(value)s“ ist kein Datum.") % {"value": value}) from None


def parent_code(code: str, codes: Collection[str]) -> str:
    """The nearest position above: the longest known code that this one continues.

    "4.2.2" stands below "4.2" or, where that is missing, below "4"; keys of digits alone are
    decimal ("100" below "10"), as in the plans of the Länder.
    """
    for length in range(len(code) - 1, 0, -1):
        above = code[:length].rstrip(SEPARATORS)
        cut_at_separator = code[length] in SEPARATORS or code[length - 1] in SEPARATORS
        decimal = code.isdigit()
        if above in codes and (cut_at_separator or decimal):
            return above
    return ""
