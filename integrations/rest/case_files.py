"""Files and their Fachdaten. Sight and rules are those of the token's user, as in the desk."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from goettingen_ecm.access.paging import Condition, Cursor, visible_page
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import InvalidInput
from integrations.rest.schemas import (
    CaseFileChange,
    CaseFileOut,
    CaseFilePage,
    FileTypeOut,
    Value,
    file_type_out,
)
from records import business_data
from records.choices import FieldKind
from records.models import CaseFile, FileType, FileTypeField
from records.selectors import case_files, file_types
from records.selectors.business_facets import ValueCondition
from records.services import reading
from records.services.actor import person
from records.services.case_files import change_metadata

LIMIT = 200
TRUTH = {"true": True, "false": False}

router = Router()


@router.get("/aktentypen", response=list[FileTypeOut], url_name="file-types")
def list_file_types(request: HttpRequest) -> list[FileTypeOut]:
    """The Aktentypen in force today with their Fachdaten."""
    names = [one.name for one in FileType.objects.all() if one.is_valid_on(clock.today())]
    types = file_types.types_by_name(names)
    return [
        file_type_out(one, file_types.current(one.fields.all()))
        for _name, one in sorted(types.items())
    ]


@router.get("/akten", response=CaseFilePage, url_name="case-files")
def list_case_files(
    request: HttpRequest,
    typ: str = "",
    fachdatum: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006 - read by the schema
    nach: str = "",
    anzahl: Annotated[int, Query(ge=1, le=LIMIT)] = 50,
) -> CaseFilePage:
    """Visible files in the order of their last movement; cancelled ones are left out.

    ``typ``: an Aktentyp. ``fachdatum``: ``schluessel=wert`` of its searchable fields, several must
    all hold; numbers and amounts as decimal text, days as ISO dates, yes/no as true or false.
    """
    typ = typ.replace("\0", "")
    where = [case_files.STANDING, *([Condition("file_type", "=", typ)] if typ else [])]
    where += _wanted(file_types.fields_of(typ), fachdatum)
    page = visible_page(
        _with_names(CaseFile.objects.all()),
        request.user,
        case_files.ORDERS["zuletzt"],
        after=Cursor.decode(nach) if nach else None,
        limit=anzahl,
        where=where,
    )
    return CaseFilePage(akten=[CaseFileOut.of(one) for one in page.rows], nach=page.next_cursor)


@router.get("/akten/{uuid:kennung}", response=CaseFileOut, url_name="case-file")
def show_case_file(request: HttpRequest, kennung: UUID) -> CaseFileOut:
    """One visible file; that it was read is written down."""
    found = case_files.visible_case_file(request.user, kennung)
    reading.record_file_opened(request, found)
    return CaseFileOut.of(found)


@router.patch("/akten/{uuid:kennung}", response=CaseFileOut, url_name="case-file")
def change_case_file(request: HttpRequest, kennung: UUID, change: CaseFileChange) -> CaseFileOut:
    """Subject and Fachdaten of a file; 409 when somebody changed it since ``fassung``."""
    found = case_files.visible_case_file(request.user, kennung)
    values: dict[str, Any] = {}
    if change.betreff is not None:
        values["title"] = change.betreff
    if change.fachdaten is not None:
        values["business_data"] = _merged(found, change.fachdaten)
    if not values:
        raise InvalidInput("Es ist nichts zu ändern: betreff und fachdaten fehlen.")
    actor = person(person_of(request), "integrations.rest.change_case_file")
    change_metadata({found.pk: values}, actor, versions={found.pk: change.fassung})
    return CaseFileOut.of(_with_names(CaseFile.objects.all()).get(pk=found.pk))


def _with_names(rows: "QuerySet[CaseFile]") -> "QuerySet[CaseFile]":
    return rows.select_related("entry", "lead_unit")


def _merged(case_file: CaseFile, given: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there with what is given."""
    fields = {one.key: one for one in file_types.fields_of(case_file.file_type)}
    return dict(case_file.business_data) | {
        key: _stored(fields[key], raw) if key in fields else raw for key, raw in given.items()
    }


def _stored(field: FileTypeField, raw: Value) -> Value:
    """As forms would have stored it; what does not fit stays, and the service says why."""
    typed = business_data.value_of(field, {field.key: raw})
    kept: Value = business_data.stored(field, typed)
    exact = not isinstance(typed, Decimal) or typed == Decimal(str(kept))
    return raw if kept is None or not exact else kept


def _wanted(fields: Sequence[FileTypeField], pairs: Sequence[str]) -> list[Condition]:
    """Raises InvalidInput for a field that cannot be asked for and a value of another kind."""
    known = {one.key: one for one in fields if one.searchable}
    found: list[Condition] = []
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or key not in known:
            raise InvalidInput(
                f"Nach „{key}“ lässt sich bei diesem Aktentyp nicht suchen.", field="fachdatum"
            )
        found.append(_condition(known[key], text))
    return found


def _condition(field: FileTypeField, text: str) -> Condition:
    raw = TRUTH.get(text) if field.kind == FieldKind.YES_NO else text.replace("\0", "")
    value = business_data.value_of(field, {field.key: raw})
    if value is None:
        raise InvalidInput(
            f"„{text}“ passt nicht zur Art „{field.get_kind_display()}“.", field="fachdatum"
        )
    if field.kind in business_data.DIGITS:
        return ValueCondition("number", "=", value, field.pk)
    if field.kind == FieldKind.DAY:
        return ValueCondition("day", "=", value, field.pk)
    return ValueCondition("text", "=", business_data.shown(field, value), field.pk)
