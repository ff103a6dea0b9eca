"""What goes in and out. Names are those of the delivery schema (formats/delivery-1.0.json)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from records.choices import Confidentiality, FieldKind
from records.models import CaseFile, FileType, FileTypeField

JSON_TYPES = {FieldKind.YES_NO: "boolean"}
Value = str | bool | None


class FieldOut(Schema):
    """A Fachdatum of a type. Numbers and amounts travel as decimal text, days as ISO dates."""

    schluessel: str
    bezeichnung: str
    art: str
    pflicht: bool
    suchbar: bool
    auswahl: list[str]

    @classmethod
    def of(cls, field: FileTypeField) -> "FieldOut":
        return cls(
            schluessel=field.key,
            bezeichnung=field.label,
            art=field.kind,
            pflicht=field.required,
            suchbar=field.searchable,
            auswahl=list(field.choices),
        )


class FileTypeOut(Schema):
    """An Aktentyp with the fields in force today."""

    typ: str
    fachdaten: list[FieldOut]


class CaseFileOut(Schema):
    """A file's head. ``fassung`` rises with each change and goes back with the next one."""

    kennung: UUID
    aktenzeichen: str
    typ: str
    betreff: str
    aktenplanKennzeichen: str  # noqa: N815 - as deliveries name it
    oe: str
    vertraulichkeit: str
    stand: str
    angelegtAm: date  # noqa: N815
    fassung: int
    fachdaten: dict[str, Any]

    @classmethod
    def of(cls, one: CaseFile) -> "CaseFileOut":
        return cls(
            kennung=one.uuid,
            aktenzeichen=one.aktenzeichen,
            typ=one.file_type,
            betreff=one.title,
            aktenplanKennzeichen=one.entry.code,
            oe=one.lead_unit.code,
            vertraulichkeit=Confidentiality(one.confidentiality).value,
            stand=one.status,
            angelegtAm=one.opened_on,
            fassung=one.row_version,
            fachdaten=one.business_data,
        )


class CaseFilePage(Schema):
    """``nach`` is the cursor of the next page, null on the last."""

    akten: list[CaseFileOut]
    nach: str | None


class CaseFileChange(Schema):
    """What is to be changed: only what is named; a Fachdatum of null goes."""

    model_config = ConfigDict(extra="forbid")

    fassung: Annotated[int, Field(ge=1, le=2**31 - 1)]
    betreff: Annotated[str, Field(max_length=2000)] | None = None
    fachdaten: Annotated[dict[str, Value], Field(max_length=200)] | None = None


def file_type_out(one: FileType, fields: list[FileTypeField]) -> FileTypeOut:
    return FileTypeOut(typ=one.name, fachdaten=[FieldOut.of(field) for field in fields])
