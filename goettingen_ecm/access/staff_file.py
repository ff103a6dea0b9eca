"""Reading a list of people and roles from CSV (semicolon; UTF-8 or Windows-1252, as Excel saves it).

A line that cannot be taken is reported with line, field and reason; the others go on. Nothing is
written here, and nothing is looked up (``access.staff_import`` does both).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.refusals import InvalidInput

LARGEST_FILE = 2 * 1024 * 1024
MOST_LINES = 10_000
UNLIMITED = "unbefristet"
# Given to one person for one control, with its cause: never by a list.
NOT_BY_LIST = (Role.AUDITOR, Role.CONNECTOR)

FIELD_NAMES: Mapping[str, str | Promise] = {
    "login": gettext_lazy("Kennung"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-Mail"),
    "unit": gettext_lazy("Einheit"),
    "role": gettext_lazy("Rolle"),
    "valid_from": gettext_lazy("gültig ab"),
    "valid_until": gettext_lazy("gültig bis"),
}
REQUIRED = ("login", "name", "unit", "role")
HEADERS: Mapping[str, tuple[str, ...]] = {
    "login": ("kennung", "login", "benutzername", "anmeldename"),
    "name": ("name", "anzeigename"),
    "email": ("e-mail", "email", "mail"),
    "unit": ("einheit", "kurzzeichen", "oe", "organisationseinheit"),
    "role": ("rolle",),
    "valid_from": ("gültig ab", "gueltig ab", "von"),
    "valid_until": ("gültig bis", "gueltig bis", "bis"),
}
ROLES: Mapping[str, Role] = {
    name.casefold(): role for role in Role for name in (role.value, str(role.label))
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was not taken; ``line`` counts from 1 as an editor does, ``field`` our name."""

    line: int
    field: str
    reason: str

    @property
    def field_name(self) -> str:
        return str(FIELD_NAMES.get(self.field, self.field))


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One person in one role, as read. An empty date says nothing; ``unlimited`` takes an end away."""

    line: int
    login: str
    first_name: str
    last_name: str
    email: str
    unit: str
    role: Role
    valid_from: date | None = None
    valid_until: date | None = None
    unlimited: bool = False

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class StaffFile:
    """What a file says, in its order; ``logins`` tells what stands in lines that were not taken."""

    encoding: str
    lines: list[StaffLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    logins: dict[int, str] = field(default_factory=dict)


def read_staff(data: bytes) -> StaffFile:
    """Read people and roles from the bytes of a CSV file.

    Raises InvalidInput when it is too large, no text, no CSV or lacks a column.
    """
    if len(data) > LARGEST_FILE:
        raise InvalidInput(_("Die Datei ist größer als 2 MB; teilen Sie sie auf."), field="file")
    text, encoding = _decode(data)
    read = StaffFile(encoding)
    for number, cells in _rows(text):
        read.logins[number] = cells["login"][:150]
        try:
            read.lines.append(_line(number, cells))
        except _Rejected as rejected:
            read.problems.append(Problem(number, rejected.field, rejected.reason))
    _drop_repetitions(read)
    return read


def _decode(data: bytes) -> tuple[str, str]:
    if b"\0" in data:
        raise InvalidInput(_("Das ist keine CSV-Datei mit Text."), field="file")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise InvalidInput(_("Die Datei ist weder UTF-8 noch Windows-1252."), field="file")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by our name) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        columns = _columns(next(reader, []))
        taken, line = 0, reader.line_num + 1
        for cells in reader:
            started, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            taken += 1
            if taken > MOST_LINES:
                raise InvalidInput(
                    _("Mehr als %(n)s Zeilen; teilen Sie die Datei auf.") % {"n": MOST_LINES},
                    field="file",
                )
            yield started, {name: _cell(cells, at) for name, at in columns.items()}
    except csv.Error as error:
        raise InvalidInput(
            _("Zeile %(line)s ist kein gültiges CSV: %(error)s")
            % {"line": reader.line_num, "error": error},
            field="file",
        ) from error


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _columns(header: list[str]) -> dict[str, int | None]:
    titles = [" ".join(title.split()).casefold() for title in header]
    found: dict[str, int | None] = {}
    for name, aliases in HEADERS.items():
        found[name] = next((at for at, title in enumerate(titles) if title in aliases), None)
        if found[name] is None and name in REQUIRED:
            raise InvalidInput(
                _("Es fehlt die Spalte %(what)s. Die erste Zeile nennt die Spalten: %(known)s.")
                % {"what": FIELD_NAMES[name], "known": "; ".join(map(str, FIELD_NAMES.values()))},
                field="file",
            )
    return found


class _Rejected(Exception):  # noqa: N818 - ends one line, is no error of the program
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.field = name
        self.reason = reason


def _line(number: int, cells: Mapping[str, str]) -> StaffLine:
    for name, value in cells.items():
        if any(unicodedata.category(char).startswith("C") for char in value):
            raise _Rejected(name, _("Die Angabe enthält unsichtbare Zeichen oder Zeilenumbrüche."))
    first, last = _name(cells["name"])
    begin, end, unlimited = _period(cells)
    return StaffLine(
        line=number,
        login=_checked("login", cells["login"].lower(), 150, User.username_validator),
        first_name=first,
        last_name=last,
        email=_checked("email", cells["email"], 254, validate_email) if cells["email"] else "",
        unit=_checked("unit", cells["unit"], 30),
        role=_role(cells["role"]),
        valid_from=begin,
        valid_until=end,
        unlimited=unlimited,
    )


def _checked(
    name: str, value: str, longest: int, check: Callable[[str], object] | None = None
) -> str:
    if not value:
        raise _Rejected(name, _("Die Angabe fehlt."))
    if len(value) > longest:
        raise _Rejected(name, _("Die Angabe ist länger als %(n)s Zeichen.") % {"n": longest})
    try:
        if check is not None:
            check(value)
    except ValidationError as error:
        raise _Rejected(name, " ".join(error.messages)) from error
    return value


def _name(value: str) -> tuple[str, str]:
    """(first names, last name) of "Brandt, Sabine" or "Sabine Brandt"."""
    text = " ".join(value.split())
    if "," in text:
        last, first = (part.strip() for part in text.split(",", 1))
    else:
        first, _blank, last = text.rpartition(" ")
    if text and not last:
        raise _Rejected("name", _("Der Nachname fehlt."))
    if max(len(first), len(last)) > 74:
        raise _Rejected("name", _("Die Angabe ist länger als %(n)s Zeichen.") % {"n": 74})
    return first, last


def _role(value: str) -> Role:
    role = ROLES.get(" ".join(value.split()).casefold())
    if role is None:
        known = ", ".join(str(one.label) for one in Role if one not in NOT_BY_LIST)
        raise _Rejected(
            "role",
            _("„%(value)s“ ist keine Rolle. Möglich sind: %(known)s.")
            % {"value": value[:40], "known": known},
        )
    if role in NOT_BY_LIST:
        raise _Rejected("role", _("Diese Rolle wird einzeln in den Stammdaten vergeben."))
    return role


def _period(cells: Mapping[str, str]) -> tuple[date | None, date | None, bool]:
    unlimited = cells["valid_until"].casefold() == UNLIMITED
    begin = _date("valid_from", cells["valid_from"])
    end = None if unlimited else _date("valid_until", cells["valid_until"])
    if begin and end and end < begin:
        raise _Rejected("valid_until", _("Das Ende liegt vor dem Beginn."))
    return begin, end, unlimited


def _date(name: str, value: str) -> date | None:
    """``24.12.2026`` or ``2026-12-24``; a list never means "the nearest 24 December"."""
    if not value:
        return None
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value, re.ASCII)
    iso = f"{german[3]}-{int(german[2]):02d}-{int(german[1]):02d}" if german else value
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise _Rejected(name, _("„%(v)s“ ist kein Datum.") % {"v": value[:40]}) from None


def _drop_repetitions(read: StaffFile) -> None:
    """A role stands once per person and unit, and a person has one name and one address."""
    roles: dict[tuple[str, str, str], int] = {}
    people: dict[str, StaffLine] = {}
    kept = []
    for line in read.lines:
        earlier = roles.setdefault((line.login, line.unit.casefold(), line.role), line.line)
        person = people.setdefault(line.login, line)
        if earlier != line.line:
            reason = _("Dieselbe Rolle der Person steht schon in Zeile %(n)s.") % {"n": earlier}
            read.problems.append(Problem(line.line, "role", reason))
        elif (name := _contradiction(person, line)) is not None:
            reason = _("In Zeile %(n)s steht für diese Kennung etwas anderes.") % {"n": person.line}
            read.problems.append(Problem(line.line, name, reason))
        else:
            kept.append(line)
    read.lines = kept
    read.problems.sort(key=lambda one: one.line)


def _contradiction(first: StaffLine, line: StaffLine) -> str | None:
    if line.display_name and first.display_name and line.display_name != first.display_name:
        return "name"
    if line.email and first.email and line.email != first.email:
        return "email"
    return None
