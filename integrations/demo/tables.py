"""The sums of a case and the tables its letters show. Amounts in cents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations.demo.cases import Case
from integrations.demo.chance import seeded
from integrations.demo.course import Step
from integrations.demo.vocabulary import standard_need

Block = dict[str, Any]
BASE_YEAR = 2020
YEARLY_GROWTH = 0.021
SMALLEST_BENEFIT = 2_400
HOURLY_RATE = 6_240
WEEKS_A_MONTH_X100 = 435
GERMAN_NUMBER = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Sums:
    """One month of a case: needs, income, and what is paid."""

    standard: int
    rent: int
    running_costs: int
    heating: int
    pension: int
    benefit: int

    @property
    def need(self) -> int:
        return self.standard + self.rent + self.running_costs + self.heating


def money(cents: int) -> str:
    """1.234,56 €"""
    return f"{cents / 100:,.2f} €".translate(GERMAN_NUMBER)


def day_text(day: date) -> str:
    """05.03.2026"""
    return f"{day:%d.%m.%Y}"


def calculation(case: Case, day: date) -> Sums:
    """The sums in the year of ``day``; there is always something to pay."""
    growth = 1 + YEARLY_GROWTH * (day.year - BASE_YEAR)
    rent, running, heating = (
        int(amount * growth) for amount in (case.rent, case.running_costs, case.heating)
    )
    standard = standard_need(day.year, case.persons) * 100
    need = standard + rent + running + heating
    pension = min(int(case.pension * growth), need - SMALLEST_BENEFIT)
    paid = {
        "wohngeld": max(SMALLEST_BENEFIT, (rent + running) * 55 // 100 - pension // 8),
        "egh": weekly_hours(case) * WEEKS_A_MONTH_X100 * HOURLY_RATE // 100,
    }.get(case.benefit.code, need - pension)
    return Sums(standard, rent, running, heating, pension, paid)


def weekly_hours(case: Case) -> int:
    """Hours of assistance a week in the Eingliederungshilfe."""
    return 2 + case.living_space % 8


def monthly_change(step: Step) -> int:
    """Cents a month by which the episode of ``step`` changes the benefit."""
    return seeded("change", step.occasion).randint(900, 6_800)


def benefit_table(case: Case, step: Step) -> Block:
    """How the monthly benefit comes about; its rows depend on the kind of benefit."""
    sums = calculation(case, step.day)
    rows = _calculations(case, sums)
    return _table("Position", rows, ["Monatliche Leistung", sums.benefit])


def _calculations(case: Case, sums: Sums) -> list[list[Any]]:
    persons = f"{case.persons} {'Person' if case.persons == 1 else 'Personen'}"
    if case.benefit.code == "wohngeld":
        return [
            [f"Zu berücksichtigende Miete ({persons})", sums.rent + sums.running_costs],
            ["Entlastung bei den Heizkosten", sums.heating],
            ["Monatliches Gesamteinkommen", sums.pension],
        ]
    if case.benefit.code == "egh":
        hours = f"{weekly_hours(case)} Fachleistungsstunden je Woche"
        return [[f"{hours}, Satz je Stunde", HOURLY_RATE], ["Eigenbeitrag nach § 136 SGB IX", 0]]
    return [
        [f"Regelbedarf ({persons})", sums.standard],
        ["Grundmiete", sums.rent],
        ["Betriebskosten", sums.running_costs],
        ["Heizkosten", sums.heating],
        ["Summe des Bedarfs", sums.need],
        ["abzüglich Rente und sonstiges Einkommen", -sums.pension],
    ]


def refusal_table(case: Case, step: Step) -> Block:
    sums = calculation(case, step.day)
    surplus = 3 * monthly_change(step)
    rows = [
        ["Anrechenbares Einkommen", sums.need + surplus],
        ["Regelbedarf", -sums.standard],
        ["Unterkunft und Heizung", -(sums.need - sums.standard)],
    ]
    return _table("Position", rows, ["Übersteigendes Einkommen", surplus])


def _overpaid(case: Case, step: Step) -> list[tuple[int, int]]:
    rng = seeded("overpaid", step.occasion)
    paid = calculation(case, step.day).benefit
    too_much = min(paid, rng.randint(1_200, 14_000))
    return [(paid, too_much) for _ in range(rng.randint(2, 6))]


def overpaid_total(case: Case, step: Step) -> int:
    """Cents overpaid in the episode of ``step``."""
    return sum(too_much for _, too_much in _overpaid(case, step))


def overpaid_table(case: Case, step: Step) -> Block:
    months = _overpaid(case, step)
    rows = [
        [f"{number}. Monat", money(paid), money(paid - too_much), money(too_much)]
        for number, (paid, too_much) in enumerate(months, 1)
    ]
    total = ["Summe", "", "", money(overpaid_total(case, step))]
    return {
        "kind": "table",
        "columns": ["Monat", "gezahlt", "zustehend", "überzahlt"],
        "rows": rows,
        "total": total,
    }


UTILITIES = (
    ("Wärme und Warmwasser", 46),
    ("Wasser und Abwasser", 17),
    ("Grundsteuer", 9),
    ("Müllabfuhr und Straßenreinigung", 8),
    ("Gebäudeversicherung", 7),
    ("Hausreinigung und Gartenpflege", 8),
    ("Beleuchtung, Schornsteinfeger", 5),
)


def utility_balance(case: Case, step: Step) -> int:
    """Cents the landlord claims for the year before ``step``."""
    return seeded("utilities", step.occasion).randint(4_800, 61_000)


def utility_table(case: Case, step: Step) -> Block:
    sums = calculation(case, step.day)
    paid = 12 * (sums.running_costs + sums.heating)
    balance = utility_balance(case, step)
    rows: list[list[Any]] = [
        [name, (paid + balance) * share // 100] for name, share in UTILITIES[1:]
    ]
    rows.insert(0, [UTILITIES[0][0], paid + balance - sum(row[1] for row in rows)])
    rows.append(["abzüglich Vorauszahlungen", -paid])
    return _table("Kostenart", rows, ["Nachzahlung", balance])


def pension_table(case: Case, step: Step) -> Block:
    pension = calculation(case, step.day).pension
    gross = int(pension / 0.8835)
    health = int(gross * 0.0815)
    rows = [
        ["Monatliche Rente", gross],
        ["Beitrag zur Krankenversicherung", -health],
        ["Beitrag zur Pflegeversicherung", pension - gross + health],
    ]
    return _table("Bestandteil", rows, ["Zahlbetrag", pension])


EXPENSES = (
    ("Strom", 3_800, 9_500),
    ("Telefon", 1_500, 3_900),
    ("Lebensmittel", 19_000, 31_000),
    ("Apotheke und Zuzahlungen", 800, 4_500),
    ("Kleidung und Schuhe", 1_000, 4_000),
    ("Fahrkarte für den Stadtbus", 2_100, 4_900),
    ("Haftpflicht- und Hausratversicherung", 700, 1_800),
    ("Sterbegeldversicherung", 900, 2_600),
    ("Zeitung und Bücherei", 300, 2_900),
    ("Friseur und Fußpflege", 1_200, 3_800),
    ("Haushaltshilfe", 2_000, 8_000),
    ("Rate für den Kühlschrank", 1_500, 3_500),
)


def expenses_table(case: Case, step: Step) -> Block:
    """What a citizen lists beside the rent."""
    rng = seeded("expenses", step.occasion, case.number)
    chosen = sorted(rng.sample(range(len(EXPENSES)), rng.randint(6, 10)))
    rows: list[list[Any]] = [[EXPENSES[i][0], rng.randrange(*EXPENSES[i][1:], 10)] for i in chosen]
    return _table("Ausgabe im Monat", rows, ["zusammen", sum(row[1] for row in rows)])


def _table(heading: str, rows: list[list[Any]], total: list[Any]) -> Block:
    return {
        "kind": "table",
        "columns": [heading, "Betrag"],
        "rows": [[name, money(amount)] for name, amount in rows],
        "total": [total[0], money(total[1])],
    }


TABLES: dict[str, Callable[[Case, Step], Block]] = {
    "berechnung": benefit_table,
    "ablehnung": refusal_table,
    "ueberzahlung": overpaid_table,
    "nebenkosten": utility_table,
    "rente": pension_table,
    "ausgaben": expenses_table,
}
