"""Believable content for the component gallery: what a page builder sees before there are pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.plots import BarPlot
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.desk.trees import Node

MORNING = datetime(2026, 11, 23, 7, 42, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A row of the sample list."""

    aktenzeichen: str
    title: str
    person: str
    unit: str
    state: tuple[str, str]
    changed: date
    documents: int


FILES = (
    SampleFile(
        "50.21-2026/0413",
        "Grundsicherung im Alter",
        "Wiegand, Hannelore",
        "50.2 Soziale Hilfen",
        ("in Bearbeitung", "info"),
        date(2026, 11, 23),
        34,
    ),
    SampleFile(
        "50.21-2026/0397",
        "Grundsicherung bei Erwerbsminderung",
        "Oltmanns, Uwe",
        "50.2 Soziale Hilfen",
        ("Widerspruch", "warning"),
        date(2026, 11, 20),
        118,
    ),
    SampleFile(
        "50.31-2025/1102",
        "Wohngeld, Weiterleistung",
        "Yıldız, Emine",
        "50.3 Wohngeld",
        ("Frist morgen", "danger"),
        date(2026, 11, 19),
        21,
    ),
    SampleFile(
        "50.21-2024/0088",
        "Hilfe zur Pflege, Heimkosten",
        "Freifrau von Bülow-Ahrens, Adelheid",
        "50.2 Soziale Hilfen",
        ("z. d. A.", "success"),
        date(2026, 10, 30),
        2314,
    ),
    SampleFile(
        "50.41-2026/0007",
        "Bestattungskosten nach § 74 SGB XII",
        "Nguyễn, Văn Long",
        "50.4 Sonstige Leistungen",
        ("neu", ""),
        date(2026, 11, 23),
        3,
    ),
)


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label=gettext_lazy("Betreff"),
        max_length=200,
        help_text=gettext_lazy("So, wie das Schreiben in der Akte gesucht wird."),
    )
    received = forms.CharField(
        label=gettext_lazy("Eingang am"),
        help_text=gettext_lazy("Zum Beispiel 23.11., heute oder gestern."),
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Dokumenttyp"),
        choices=[("", _("Bitte wählen")), ("a", "Antrag"), ("b", "Bescheid"), ("w", "Widerspruch")],
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Richtung"),
        widget=forms.RadioSelect,
        choices=[("in", "Eingang"), ("out", "Ausgang"), ("internal", "intern")],
        initial="in",
    )
    note = forms.CharField(
        label=gettext_lazy("Bemerkung"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    original = forms.FileField(label=gettext_lazy("Datei"), required=False)
    confidential = forms.BooleanField(
        label=gettext_lazy("Nur für den Kreis Sozial"),
        required=False,
        help_text=gettext_lazy("Andere Stellen sehen das Dokument dann nicht."),
    )


def sample_table(request: HttpRequest, **changes: Any) -> Table[SampleFile]:
    """The sample list; ``changes`` override single settings of it."""
    settings: dict[str, Any] = {
        "caption": _("Akten, zuletzt geändert"),
        "columns": [
            Column[SampleFile](
                _("Aktenzeichen"), lambda file: file.aktenzeichen, sort="aktenzeichen", tight=True
            ),
            Column[SampleFile](
                _("Akte"), lambda file: cells.two_lines(file.title, file.person), sort="titel"
            ),
            Column[SampleFile](_("Federführung"), lambda file: file.unit),
            Column[SampleFile](_("Stand"), lambda file: cells.badge(*file.state), tight=True),
            Column[SampleFile](
                _("Geändert"), lambda file: cells.day(file.changed), sort="geaendert", tight=True
            ),
            Column[SampleFile](
                _("Dokumente"), lambda file: file.documents, align="end", tight=True
            ),
        ],
        "rows": FILES,
        "empty": Empty(
            _("Keine Akten gefunden"),
            _("Prüfen Sie die Filter oder suchen Sie nach dem Aktenzeichen."),
            "?",
            _("Alle Filter entfernen"),
        ),
        "query": request.GET,
        "sort": request.GET.get("sortierung", "-geaendert"),
        "row_url": lambda file: f"?akte={file.documents}",
        "row_key": lambda file: file.documents,
        "row_name": lambda file: file.aktenzeichen,
        "sum_text": _("1 bis 5 von 1.284 Akten"),
        "next_query": {"nach": "2026-10-30"},
    }
    return Table(**(settings | changes))


def sample_tree() -> list[Node]:
    """A piece of a file plan."""
    return [
        Node(
            "Soziales",
            "#",
            "50",
            expanded=True,
            children=[
                Node(
                    "Soziale Hilfen",
                    "#",
                    "50.2",
                    expanded=True,
                    children=[
                        Node(
                            "Grundsicherung im Alter und bei Erwerbsminderung",
                            "#",
                            "50.21",
                            "812",
                            current=True,
                        ),
                        Node("Hilfe zum Lebensunterhalt", "#", "50.22", "164"),
                    ],
                ),
                Node("Wohngeld", "#", "50.3", "2.041", branch_url="?zweig=50.3"),
            ],
        ),
        Node("Bauordnung", "#", "63", branch_url="?zweig=63"),
    ]


def sample_days() -> list[tuple[date, list[dict[str, Any]]]]:
    """A piece of a history."""
    return [
        (
            date(2026, 11, 23),
            [
                {
                    "time": MORNING,
                    "text": "Petra Voss hat den Widerspruch vom 18.11.2026 gelesen.",
                },
                {
                    "time": MORNING - timedelta(hours=5),
                    "tone": "info",
                    "text": "OPEN/PROSOZ hat den Bescheid vom 20.11.2026 geliefert.",
                    "detail": "Hauptdokument und zwei Anlagen, 312 KB",
                },
            ],
        ),
        (
            date(2026, 11, 20),
            [
                {
                    "time": MORNING - timedelta(hours=-3),
                    "tone": "warning",
                    "text": "Sabine Brandt hat die Vertraulichkeit von intern auf vertraulich geändert.",
                    "detail": "Grund: Gesundheitsdaten",
                },
            ],
        ),
    ]


def gallery_context(request: HttpRequest) -> dict[str, Any]:
    """Everything the gallery shows."""
    faulty = {"f-title": "", "f-kind": "x", "f-direction": "in", "f-note": "Telefonat folgt"}
    return {
        "table": sample_table(request, selection="akte"),
        "split_table": sample_table(
            request, caption=_("Akten mit Widerspruch"), selection="", current_key=118, sum_text=""
        ),
        "empty_table": sample_table(request, rows=(), selection=""),
        "form": SampleForm(),
        "bound_form": SampleForm(faulty, prefix="f"),
        "tree_nodes": sample_tree(),
        "days": sample_days(),
        "progress_running": Progress(1240, 5200, MORNING, MORNING + timedelta(seconds=62)),
        "progress_done": Progress(214, 214, MORNING, MORNING + timedelta(seconds=9)),
        "plot": BarPlot(
            _("Akten je Fachdienst"),
            _("Fachdienst"),
            _("Akten"),
            [
                ("50 Soziales", 12840),
                ("51 Jugend", 8112),
                ("63 Bauordnung", 5904),
                ("32 Ordnung", 3310),
            ],
        ),
        "crumbs": [("Aktenplan", "#"), ("50 Soziales", "#"), ("50.21 Grundsicherung", "")],
        "header_facts": [
            cells.badge("in Bearbeitung", "info"),
            "50.2 Soziale Hilfen",
            cells.with_icon("lock", "vertraulich, Kreis Sozial"),
            cells.with_icon("deadline", "Aufbewahrung bis 31.12.2036"),
        ],
        "pairs": [
            ("Beteiligte", "Wiegand, Hannelore"),
            ("Sachbearbeitung", "Sabine Brandt"),
            ("Fachverfahren", "OPEN/PROSOZ, 4711-2026-0413"),
            ("Papierakte", ""),
        ],
        "tabs": [
            {"label": "Dokumente", "url": "#", "current": True, "count": 34},
            {"label": "Beteiligte", "url": "#", "count": 2},
            {"label": "Verlauf", "url": "#"},
            {"label": "Wer darf das sehen?", "url": "#"},
        ],
        "chips": [
            {"label": "Alle", "url": "?", "current": True, "count": 1284},
            {"label": "Widerspruch", "url": "?stand=w", "count": 41},
            {"label": "Frist in 7 Tagen", "url": "?frist=7", "count": 9},
            {"label": "ohne Sachbearbeitung", "url": "?ohne=1", "count": 0},
        ],
        "bulk_actions": [
            {"name": "aktion", "value": "zuweisen", "label": "Zuweisen", "icon": "person"},
            {"name": "aktion", "value": "csv", "label": "Als CSV", "icon": "download"},
        ],
        "demo_personas": [
            {
                "username": "voss",
                "name": "Petra Voss",
                "role": "Leitung",
                "unit": "50 Soziales",
                "story": "Zeichnet Bescheide und sieht alle Akten ihres Fachbereichs.",
            },
            {
                "username": "brandt",
                "name": "Sabine Brandt",
                "role": "Sachbearbeitung",
                "unit": "50.2 Soziale Hilfen",
                "story": "Findet eine Grundsicherungsakte und liest vom Antrag bis zum Widerspruch.",
            },
            {
                "username": "kruse",
                "name": "Tobias Kruse",
                "role": "Sachbearbeitung",
                "unit": "63 Bauaufsicht",
                "story": "Sucht dasselbe und sieht davon nichts.",
            },
        ],
    }
