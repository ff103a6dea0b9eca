"""The invented city's words: names, streets, occasions (wording/vocabulary.toml) and benefits."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDING = Path(__file__).with_name("wording")
CITY = "Stadt Musterstadt an der Leine"
CITY_LINE = "37990 Musterstadt an der Leine"
TOWN_HALL = "Rathausplatz 1"


@dataclass(frozen=True, slots=True)
class Benefit:
    """A kind of benefit: its names, its law, where its files lie, how its notices are contested."""

    code: str
    leistungsart: str
    name: str
    short: str
    law: str
    claim: str
    entry_code: str
    unit_code: str
    unit_name: str
    objection: bool


BENEFITS = (
    Benefit(
        "grundsicherung",
        "SGB12-K4",
        "Grundsicherung im Alter und bei Erwerbsminderung",
        "Grundsicherung",
        "SGB XII",
        "§§ 41 ff. SGB XII",
        "50.10",
        "50.1",
        "Grundsicherung und Hilfe zum Lebensunterhalt",
        True,
    ),
    Benefit(
        "hlu",
        "SGB12-K3",
        "Hilfe zum Lebensunterhalt",
        "Hilfe zum Lebensunterhalt",
        "SGB XII",
        "§§ 27 ff. SGB XII",
        "50.20",
        "50.1",
        "Grundsicherung und Hilfe zum Lebensunterhalt",
        True,
    ),
    Benefit(
        "wohngeld",
        "WOGG",
        "Wohngeld als Mietzuschuss",
        "Wohngeld",
        "WoGG",
        "§§ 1 und 3 WoGG",
        "50.30",
        "50.2",
        "Wohngeld",
        False,
    ),
    Benefit(
        "egh",
        "SGB9-EGH",
        "Leistungen der Eingliederungshilfe",
        "Eingliederungshilfe",
        "SGB IX",
        "§§ 99, 113 SGB IX",
        "50.40",
        "50.3",
        "Eingliederungshilfe",
        True,
    ),
)
BENEFIT_SHARES = (60, 14, 18, 8)

# Regelbedarfsstufen 1 and 2 by year (annex to § 28 SGB XII), in euros a month.
STANDARD_NEED = {
    2019: (424, 382),
    2020: (432, 389),
    2021: (446, 401),
    2022: (449, 404),
    2023: (502, 451),
    2024: (563, 506),
}


def standard_need(year: int, persons: int) -> int:
    """The sum of the Regelbedarfe of one person or a couple in that year."""
    known = min(max(year, min(STANDARD_NEED)), max(STANDARD_NEED))
    single, partner = STANDARD_NEED[known]
    return single if persons == 1 else partner * 2


@cache
def vocabulary() -> dict[str, Any]:
    """The word lists of vocabulary.toml."""
    return tomllib.loads((WORDING / "vocabulary.toml").read_text(encoding="utf-8"))


@cache
def letters() -> dict[str, dict[str, Any]]:
    """Every kind of letter by its key, with its blocks."""
    kinds: dict[str, dict[str, Any]] = {}
    for name in ("outgoing", "notices", "incoming", "internal"):
        kinds |= tomllib.loads((WORDING / f"{name}.toml").read_text(encoding="utf-8"))
    return kinds


@cache
def annexes() -> dict[str, list[dict[str, Any]]]:
    """Blocks that follow a letter of a layout with their own chance."""
    loaded = tomllib.loads((WORDING / "annexes.toml").read_text(encoding="utf-8"))
    return {layout: annex["block"] for layout, annex in loaded.items()}


def clerks(unit_code: str) -> list[str]:
    """Names of the clerks of a unit."""
    names: list[str] = next(c["names"] for c in vocabulary()["clerks"] if c["unit"] == unit_code)
    return names
