"""How an address says a search: words, fields of the form, limits, order. Nothing else holds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.principals import Person
from records.choices import CaseFileStatus
from records.models import CaseFile
from records.selectors.case_files import visible_case_file
from records.selectors.facets import ALSO, CANCELLED, FIRST_YEAR, LAST_YEAR
from records.selectors.search import Wish
from records.selectors.search_limits import Limits, units_of

MOST_CHARS, FIELD_CHARS = 500, 120
LAST_PAGE = 20
# Fields of the form that are filters of the query language, too.
FIELDS = ("typ", "von", "bis", "akte", "an")
FACETS = {
    "zweig": _("Aktenplan"),
    "einheit": _("Federführung"),
    "dokumenttyp": _("Dokumenttyp"),
    "jahr": _("Jahr"),
    "fachverfahren": _("Fachverfahren"),
    "stand": _("Stand der Akte"),
}
OWN_UNIT = "einheit"
# All a search consists of; "seite" and "vor" are where one stands in its hits.
KNOWN = ("q", *FIELDS, "in", "bereich", "ordnung", "gruppiert", CANCELLED.word, *FACETS)


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """One search as the address has it; ``case_file`` is the file it is limited to."""

    query: QueryDict
    user: Person
    case_file: CaseFile | None = None

    @property
    def words(self) -> str:
        """What was typed into the one line."""
        return str(self.query.get("q", "")).strip()[:MOST_CHARS]

    @property
    def fields(self) -> dict[str, str]:
        """The other fields of the form that hold something."""
        typed = {name: " ".join(self.query.get(name, "").split()) for name in FIELDS}
        return {name: text[:FIELD_CHARS] for name, text in typed.items() if text}

    @property
    def text(self) -> str:
        """Words and fields in the query language."""
        fields = (f'{name}:"{text.replace(chr(34), " ")}"' for name, text in self.fields.items())
        return " ".join([self.words, *fields]).strip()

    @property
    def page(self) -> int:
        text = self.query.get("seite", "1")
        numeric = text.isascii() and text.isdigit() and len(text) < 5
        return min(max(1, int(text)), LAST_PAGE) if numeric else 1

    @property
    def before(self) -> date | None:
        try:
            return date.fromisoformat(self.query.get("vor", ""))
        except ValueError:
            return None

    @property
    def scope(self) -> str:
        """``akte``, ``einheit`` or empty for everything."""
        if self.case_file is not None:
            return "akte"
        return OWN_UNIT if self.query.get("bereich") == OWN_UNIT else ""

    @property
    def by_date(self) -> bool:
        return self.query.get("ordnung") == "datum"

    @property
    def grouped(self) -> bool:
        return self.query.get("gruppiert") == "akte"

    @property
    def cancelled(self) -> bool:
        return self.query.get(CANCELLED.word) == ALSO

    @property
    def chosen(self) -> dict[str, str]:
        """Filters in force by their word; what cannot be a value is none."""
        found = {word: self.query.get(word, "") for word in FACETS}
        return {word: value for word, value in found.items() if _possible(word, value)}

    @property
    def limits(self) -> Limits:
        chosen = self.chosen
        number = {word: int(value) for word, value in chosen.items() if value.isdigit()}
        return Limits(
            case_file_id=self.case_file.pk if self.case_file else None,
            unit_ids=units_of(self.user) if self.scope == OWN_UNIT else None,
            unit_id=number.get("einheit"),
            branch_id=number.get("zweig"),
            document_type_id=number.get("dokumenttyp"),
            system_id=number.get("fachverfahren"),
            file_status=chosen.get("stand", ""),
            year=number.get("jahr"),
        )

    @property
    def narrowed(self) -> bool:
        """The lower part of the form says something, so it stands open."""
        unusual = self.by_date or self.grouped or self.cancelled
        return bool(self.fields or self.scope or unusual)

    @property
    def wish(self) -> Wish:
        return Wish(
            limits=self.limits,
            by_date=self.by_date,
            grouped=self.grouped,
            cancelled=self.cancelled,
            before=self.before,
        )

    def with_words(self, **changes: object) -> str:
        """``?…`` with other words, from the first page on; an empty value takes the word away."""
        words = {name: str(self.query[name]) for name in KNOWN if self.query.get(name)}
        words |= {name: str(value or "") for name, value in changes.items()}
        kept = {name: value[:MOST_CHARS] for name, value in words.items() if value}
        return f"?{urlencode(kept, quote_via=quote)}"

    @property
    def lasting(self) -> str:
        """The search without a place in its hits, as it is saved and exported."""
        return self.with_words().removeprefix("?")


def read(user: Person, query: QueryDict) -> SearchAddress:
    """Raises Http404 when the search is limited to a file that is missing or invisible."""
    return SearchAddress(query, user, _case_file(user, query.get("in", "")))


def read_many(user: Person, queries: Sequence[QueryDict]) -> list[SearchAddress]:
    """Several searches, their files in one query; an invisible file leaves nothing to find."""
    wanted = [_uuid(query.get("in", "")) for query in queries]
    asked = {uuid for uuid in wanted if uuid is not None}
    rows = CaseFile.objects.visible_to(user).filter(uuid__in=asked) if asked else ()
    files = {one.uuid: one for one in rows}
    return [
        SearchAddress(query, user, None if uuid is None else files.get(uuid, _NO_FILE))
        for query, uuid in zip(queries, wanted, strict=True)
    ]


_NO_FILE = CaseFile(pk=0)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _case_file(user: Person, text: str) -> CaseFile | None:
    uuid = _uuid(text)
    return None if uuid is None else visible_case_file(user, uuid)


def _number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _year(value: str) -> bool:
    return _number(value) and len(value) == 4 and FIRST_YEAR <= int(value) <= LAST_YEAR


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "jahr": _year,
    "stand": lambda value: value in CaseFileStatus.values,
}


def _possible(word: str, value: str) -> bool:
    return _CHECKS.get(word, _number)(value)


def chips(address: SearchAddress, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Filters in force; following one takes it away."""
    return [
        {
            "label": f"{FACETS[word]}: {name}",
            "url": address.with_words(**{word: ""}),
            "current": True,
        }
        for word, name in names.items()
    ]
