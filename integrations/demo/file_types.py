"""Aktentypen of Musterstadt with their Fachdaten, and two files that have them. All invented."""

from collections.abc import Mapping
from datetime import date

from goettingen_ecm.accounts.models import OrgUnit, User
from records.choices import FieldKind
from records.models import CaseFile, FilePlanEntry, FileType, FileTypeField
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files

COURTS = (
    "Amtsgericht Musterstadt",
    "Landgericht Musterstadt",
    "Verwaltungsgericht Musterstadt",
    "Sozialgericht Musterstadt",
    "Arbeitsgericht Musterstadt",
)
USES = ("Wohnbaufläche", "Gewerbefläche", "Grünfläche", "Verkehrsfläche", "Landwirtschaft")

# label, kind, choices, help text, required, in lists, searchable
Definition = tuple[str, FieldKind, tuple[str, ...], str, bool, bool, bool]
LAWSUIT: tuple[Definition, ...] = (
    ("Gericht", FieldKind.CHOICE, COURTS, "", True, True, True),
    ("Gerichtsaktenzeichen", FieldKind.TEXT, (), "wie im Schriftsatz des Gerichts",
     False, True, True),
    ("Streitwert", FieldKind.AMOUNT, (), "", False, True, True),
    ("Termin", FieldKind.DAY, (), "nächste mündliche Verhandlung", False, True, True),
    ("Vergleich möglich", FieldKind.YES_NO, (), "", False, False, True),
)  # fmt: skip
PLOT: tuple[Definition, ...] = (
    ("Gemarkung", FieldKind.TEXT, (), "", True, True, True),
    ("Flurstück", FieldKind.TEXT, (), "Flur und Flurstück, zum Beispiel 4-112/7", True, True, True),
    ("Fläche in m²", FieldKind.NUMBER, (), "", False, True, True),
    ("Nutzung", FieldKind.CHOICE, USES, "", False, True, True),
    ("Erbbaurecht bis", FieldKind.DAY, (), "", False, False, True),
)  # fmt: skip
TYPES = {
    "Rechtsstreit": ("Klagen, Anträge und Beschwerden vor Gericht", LAWSUIT),
    "Grundstück": ("Erwerb, Verkauf und Verwaltung städtischer Grundstücke", PLOT),
}


def build_file_types() -> None:
    """Create what is missing; what is there stays as it is (idempotent)."""
    for name, (description, fields) in TYPES.items():
        made, _created = FileType.objects.get_or_create(
            name=name, defaults={"description": description}
        )
        for position, (label, kind, choices, hint, required, listed, found) in enumerate(fields):
            FileTypeField.objects.get_or_create(
                file_type=made,
                key=label,
                defaults={
                    "label": label,
                    "kind": kind,
                    "choices": list(choices),
                    "help_text": hint,
                    "required": required,
                    "in_lists": listed,
                    "searchable": found,
                    "position": position,
                },
            )


def open_typed_files() -> list[CaseFile]:
    """A lawsuit and a plot of the Bauaufsicht, opened by its clerk; nothing when they are there."""
    clerk = User.objects.get(username="kruse")
    if CaseFile.objects.filter(file_type__in=TYPES).exists():
        return []
    unit = OrgUnit.objects.get(code="63.1")
    lawsuit = {
        "Gericht": "Verwaltungsgericht Musterstadt",
        "Gerichtsaktenzeichen": "2 A 117/26",
        "Streitwert": "12500.00",
        "Termin": date(2027, 2, 18).isoformat(),
        "Vergleich möglich": True,
    }
    plot = {
        "Gemarkung": "Musterstadt",
        "Flurstück": "4-112/7",
        "Fläche in m²": "843",
        "Nutzung": "Wohnbaufläche",
    }
    wanted = [
        _file(unit, clerk, "63.20", "Nachbarklage Lindenweg 4", "Rechtsstreit", lawsuit),
        _file(unit, clerk, "63.10", "Bauplatz Am Mühlengraben", "Grundstück", plot),
    ]
    return open_case_files(wanted, person(clerk, "records.case_file.open"))


def _file(
    unit: OrgUnit, clerk: User, entry: str, title: str, file_type: str, data: Mapping[str, object]
) -> NewCaseFile:
    return NewCaseFile(
        entry=FilePlanEntry.objects.get(code=entry),
        lead_unit=unit,
        title=title,
        file_type=file_type,
        case_worker=clerk,
        business_data=data,
    )
