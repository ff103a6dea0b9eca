"""Musterstadt an der Leine: units, people, file plan, specialist systems. All invented."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Circle, Role
from goettingen_ecm.accounts.demo import DEMO_PASSWORD_HINT
from goettingen_ecm.accounts.models import OrgUnit, User
from integrations.demo.file_types import build_file_types
from integrations.open_prosoz import schema as open_prosoz
from records.choices import Confidentiality, DispositionType
from records.models import DocumentType, FilePlan, FilePlanEntry, SpecialistSystem

WORKING = (Role.CLERK, Role.HEAD, Role.SECRETARIAT)

# code, parent, name, circles, further roles
UNITS: tuple[tuple[str, str, str, tuple[Circle, ...], tuple[Role, ...]], ...] = (
    ("OB", "", "Oberbürgermeister", (), ()),
    ("D1", "OB", "Dezernat I Verwaltung und Finanzen", (), ()),
    ("D2", "OB", "Dezernat II Soziales und Kultur", (Circle.SOCIAL,), ()),
    ("D3", "OB", "Dezernat III Bauen und Umwelt", (), ()),
    ("10", "D1", "Hauptamt", (), (Role.REGISTRY, Role.ADMINISTRATION, Role.MAILROOM)),
    ("14", "OB", "Rechnungsprüfungsamt", (), ()),
    ("DSB", "OB", "Datenschutz", (), (Role.DATA_PROTECTION,)),
    ("20", "D1", "Kämmerei", (), ()),
    ("20.3", "20", "Steueramt", (Circle.TAX,), ()),
    ("30", "D1", "Rechtsreferat", (), ()),
    ("32", "D1", "Ordnungsamt", (), ()),
    ("32.2", "32", "Bußgeldstelle", (Circle.OFFENCE,), ()),
    ("41", "D2", "Stadtarchiv", (), (Role.ARCHIVE,)),
    ("50", "D2", "Sozialamt", (Circle.SOCIAL,), (Role.REGISTRY, Role.OBJECTIONS)),
    ("50.1", "50", "Grundsicherung und Hilfe zum Lebensunterhalt", (Circle.SOCIAL,), ()),
    ("50.2", "50", "Wohngeld", (Circle.SOCIAL,), ()),
    ("50.3", "50", "Eingliederungshilfe", (Circle.SOCIAL,), ()),
    ("63", "D3", "Bauamt", (), ()),
    ("63.1", "63", "Bauaufsicht", (), ()),
)

# code, parent, title, lead unit, circle, retention years, disposition
PLAN: tuple[tuple[str, str, str, str, str, int | None, str], ...] = (
    ("00", "", "Rat und Verwaltungsführung", "OB", "", 10, DispositionType.APPRAISE),
    ("00.10", "00", "Ratsangelegenheiten", "OB", "", None, ""),
    ("10", "", "Allgemeine Verwaltung", "10", "", 10, DispositionType.APPRAISE),
    ("10.10", "10", "Organisation und Geschäftsverteilung", "10", "", None, ""),
    ("10.20", "10", "Beschaffung", "10", "", None, DispositionType.DESTROY),
    ("20", "", "Finanzen", "20", "", 10, DispositionType.APPRAISE),
    ("20.30", "20", "Gewerbesteuer", "20.3", Circle.TAX, None, ""),
    ("30", "", "Recht", "30", "", 10, DispositionType.APPRAISE),
    ("30.10", "30", "Rechtsstreitigkeiten", "30", "", None, ""),
    ("32", "", "Sicherheit und Ordnung", "32", "", 10, DispositionType.APPRAISE),
    ("32.20", "32", "Ordnungswidrigkeiten", "32.2", Circle.OFFENCE, 3, DispositionType.DESTROY),
    ("50", "", "Soziales", "50", Circle.SOCIAL, 10, DispositionType.APPRAISE),
    ("50.10", "50", "Grundsicherung im Alter (SGB XII Kap. 4)", "50.1", "", None, ""),
    ("50.20", "50", "Hilfe zum Lebensunterhalt", "50.1", "", None, ""),
    ("50.30", "50", "Wohngeld", "50.2", "", None, ""),
    ("50.40", "50", "Eingliederungshilfe (SGB IX)", "50.3", "", None, ""),
    ("50.50", "50", "Asylbewerberleistungen (AsylbLG)", "50.1", "", None, ""),
    ("63", "", "Bauen", "63", "", 10, DispositionType.APPRAISE),
    ("63.10", "63", "Baugenehmigungen", "63.1", "", None, ""),
    ("63.20", "63", "Bauordnungsverfahren", "63.1", "", None, ""),
)


@dataclass(frozen=True, slots=True)
class Persona:
    """A person of the demo story; ``story`` stands on the card of the login page."""

    username: str
    first_name: str
    last_name: str
    unit: str
    role: Role
    story: str
    further: tuple[tuple[str, Role], ...] = ()
    administrator: bool = False


PERSONAS = (
    Persona(
        "brandt", "Sabine", "Brandt", "50.1", Role.CLERK,
        "findet am Morgen die nächtliche Lieferung aus OPEN/PROSOZ und liest den Bescheid",
    ),
    Persona(
        "kruse", "Tobias", "Kruse", "63.1", Role.CLERK,
        "sucht dasselbe Wort im Bauamt und findet nichts davon",
    ),
    Persona(
        "voss", "Petra", "Voss", "D2", Role.HEAD,
        "leitet das Dezernat II und sieht, was ihre Ämter führen",
    ),
    Persona(
        "lindner", "Ingrid", "Lindner", "10", Role.REGISTRY,
        "pflegt Aktenplan und Akten der zentralen Registratur",
    ),
    Persona(
        "yilmaz", "Deniz", "Yilmaz", "10", Role.ADMINISTRATION,
        "überwacht die Lieferungen und löst Klärungsfälle, ohne Inhalte zu sehen",
        administrator=True,
    ),
    Persona(
        "hartmann", "Jonas", "Hartmann", "41", Role.ARCHIVE,
        "bewertet im Stadtarchiv, was aufgehoben wird",
    ),
    Persona(
        "seidel", "Claudia", "Seidel", "DSB", Role.DATA_PROTECTION,
        "prüft als Datenschutzbeauftragte Zugriffe und Fehlablagen",
    ),
    Persona(
        "reuter", "Jana", "Reuter", "30", Role.CLERK,
        "führt im Rechtsreferat eine Klage: findet, behält und ändert alles dazu in der eAkte",
    ),
    Persona(
        "petersen", "Ulrich", "Petersen", "30", Role.HEAD,
        "leitet das Rechtsreferat, schützt Akten und lässt sich vertreten",
    ),
    Persona(
        "kaya", "Miriam", "Kaya", "30", Role.SECRETARIAT,
        "führt das Geschäftszimmer des Rechtsreferats und sieht Geschütztes nicht",
    ),
)  # fmt: skip

ADMIN_APPS = ("accounts", "workflows", "records", "integrations", "operations", "account", "mfa")


@transaction.atomic
def build_city() -> None:
    """Create what is missing; what is there stays as it is (idempotent)."""
    units = _units()
    entries = _plan(units)
    _systems(units, entries)
    for code, name in open_prosoz.DOCUMENT_TYPES.items():
        DocumentType.objects.get_or_create(code=code, defaults={"name": name})
    build_file_types()
    for persona in PERSONAS:
        _person(persona, units)


def _units() -> dict[str, OrgUnit]:
    units: dict[str, OrgUnit] = {}
    for code, parent, name, circles, further in UNITS:
        units[code], _created = OrgUnit.objects.get_or_create(
            code=code,
            defaults={
                "parent": units.get(parent),
                "name": name,
                "circles": [str(c) for c in circles],
            },
        )
        accounts.ensure_roles(units[code], [*WORKING, *further])
    return units


def _plan(units: dict[str, OrgUnit]) -> dict[str, FilePlanEntry]:
    plan, _created = FilePlan.objects.get_or_create(
        code="AP2026",
        defaults={"title": "Aktenplan Musterstadt 2026", "valid_from": date(2026, 1, 1)},
    )
    entries: dict[str, FilePlanEntry] = {}
    for code, parent, title, unit, circle, years, disposition in PLAN:
        entries[code], _created = FilePlanEntry.objects.get_or_create(
            plan=plan,
            code=code,
            defaults={
                "parent": entries.get(parent),
                "title": title,
                "lead_unit": units[unit],
                "circle": str(circle),
                "retention_years": years,
                "disposition": str(disposition),
                "confidentiality": "" if parent else Confidentiality.INTERNAL,
            },
        )
    return entries


def _systems(units: dict[str, OrgUnit], entries: dict[str, FilePlanEntry]) -> None:
    technical, created = User.objects.get_or_create(
        username="openprosoz",
        defaults={
            "display_name": "OPEN/PROSOZ (Schnittstelle)",
            "last_name": "OPEN/PROSOZ",
            "is_technical": True,
            "password": make_password(None),
        },
    )
    if created or not technical.memberships.exists():
        accounts.give_role(technical, units["50"], Role.CONNECTOR)
    SpecialistSystem.objects.get_or_create(
        code="openprosoz",
        defaults={
            "name": "OPEN/PROSOZ",
            "circle": Circle.SOCIAL,
            "technical_user": technical,
            "branch": entries["50"],
        },
    )


def _person(persona: Persona, units: dict[str, OrgUnit]) -> None:
    user, created = User.objects.get_or_create(
        username=persona.username,
        defaults={
            "first_name": persona.first_name,
            "last_name": persona.last_name,
            "display_name": f"{persona.first_name} {persona.last_name}",
            "job_title": f"{persona.role.label}, {units[persona.unit].name}",
            "demo_story": persona.story,
            "is_demo": True,
            "is_staff": persona.administrator,
            "password": make_password(DEMO_PASSWORD_HINT),
        },
    )
    if not created and user.memberships.exists():
        return
    for unit, role in ((persona.unit, persona.role), *persona.further):
        accounts.give_role(user, units[unit], role)
    if persona.administrator:
        user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=ADMIN_APPS))
