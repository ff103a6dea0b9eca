"""Aktentypen for tests: a bare name, or the Rechtsstreit with a field of every kind."""

from typing import Any

from records.choices import FieldKind
from records.models import FileType, FileTypeField

LAWSUIT = "Rechtsstreit (Test)"
COURTS = ["AG Musterstadt", "VG Musterstadt"]


def define(name: str) -> FileType:
    """A type without fields."""
    made, _created = FileType.objects.get_or_create(name=name)
    return made


def field(file_type: FileType, label: str, kind: FieldKind, **more: Any) -> FileTypeField:
    """A field whose key is its label; it is searchable and shown in lists."""
    usual = {"searchable": True, "in_lists": True, "position": file_type.fields.count()}
    return FileTypeField.objects.create(
        file_type=file_type, key=label, label=label, kind=kind, **(usual | more)
    )


def lawsuit() -> dict[str, FileTypeField]:
    """The fields of a lawsuit by label; the court is required."""
    made = define(LAWSUIT)
    return {
        one.label: one
        for one in (
            field(made, "Gericht", FieldKind.CHOICE, choices=COURTS, required=True),
            field(made, "Gerichtsaktenzeichen", FieldKind.TEXT, help_text="wie vom Gericht"),
            field(made, "Streitwert", FieldKind.AMOUNT),
            field(made, "Termin", FieldKind.DAY),
            field(made, "Vergleich möglich", FieldKind.YES_NO),
            field(made, "Ordner", FieldKind.NUMBER, searchable=False, in_lists=False),
        )
    }
