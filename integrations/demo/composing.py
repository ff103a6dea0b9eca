"""Composes one letter: picks wordings, fills in the facts, lays it out for letter.typ."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from integrations.demo import facts as facts_module
from integrations.demo.cases import Case
from integrations.demo.chance import seeded
from integrations.demo.course import Step
from integrations.demo.facts import Facts
from integrations.demo.vocabulary import CITY, CITY_LINE, TOWN_HALL, annexes, letters

Block = dict[str, Any]
BodySource = Callable[[Random], Sequence[str]]
"""Gives the paragraphs of a letter instead of our own wording (make_delivery --texts)."""

CITY_ADDRESS = [CITY, "Sozialamt", TOWN_HALL, CITY_LINE]
PENSION_SENDER = [
    "Rentenversicherung Leine-Weser",
    "Leistungsabteilung",
    "Am Ostbahnhof 1",
    "37994 Musterstadt",
]
LEGAL_OFFICE = "30 Rechtsreferat, Widerspruchsstelle"


@dataclass(frozen=True, slots=True)
class Letter:
    """A composed letter: what the index says about it, and the JSON that letter.typ sets."""

    kind: str
    name: str
    title: str
    direction: str
    day: date
    source: str


def compose(case: Case, step: Step, number: str, *, body: BodySource | None = None) -> Letter:
    """The letter of a step; ``number`` makes it unlike any other (it stands in the footer)."""
    kind = letters()[step.kind]
    rng = seeded(number)
    facts = facts_module.facts_of(case, step) | dict(step.told)
    title = kind["title"].format_map(facts)
    own = (facts, case, step, rng)
    blocks = _blocks(kind["block"], *own) if body is None else _foreign(body(rng))
    page = _page(kind, facts, case, step)
    page |= {
        "layout": kind["layout"],
        "title": title,
        "author": page.get("author", CITY),
        "subject": kind["subject"].format_map(facts),
        "blocks": blocks,
        "annex": [] if body else _blocks(annexes().get(kind["layout"], ()), *own),
        "foot": _foot(kind, case, facts, number),
    }
    return Letter(
        kind=step.kind,
        name=kind["letter"],
        title=title,
        direction=kind["direction"],
        day=step.day,
        source=_unbroken(json.dumps(page, ensure_ascii=False)),
    )


def _unbroken(text: str) -> str:
    """Keeps § with its number and € with its amount, so that no line ends with a lonely sign."""
    return text.replace("§ ", "§\N{NO-BREAK SPACE}").replace(" €", "\N{NO-BREAK SPACE}€")


def _foreign(paragraphs: Sequence[str]) -> list[Block]:
    return [{"kind": "text", "text": text} for text in paragraphs]


def _foot(kind: dict[str, Any], case: Case, facts: Facts, number: str) -> str:
    if kind["direction"] == "E":
        return f"Gescannt am {facts['datum']} · Dokument {number}"
    return f"{CITY} · Fallnummer {case.number} · Dokument {number}"


def _blocks(
    wording: Iterable[Block], facts: Facts, case: Case, step: Step, rng: Random
) -> list[Block]:
    made: list[Block] = []
    for block in wording:
        if case.benefit.code not in block.get("benefits", (case.benefit.code,)):
            continue
        if rng.random() >= block.get("chance", 1):
            if block.get("ends", False):
                break
            continue
        if block.get("open") and step.additions:
            made += step.additions
        elif "kind" in block:
            made.append(_block(block, facts, case, step, rng))
    return made


def _block(block: Block, facts: Facts, case: Case, step: Step, rng: Random) -> Block:
    if "from" in block:
        return facts_module.blocks_from(block["from"], case, step)
    if "any" in block:
        return {"kind": block["kind"], "text": rng.choice(block["any"]).format_map(facts)}
    if "rows" in block:
        rows = _chosen(block["rows"], block.get("choose"), rng)
        return {"kind": block["kind"], "rows": [_filled(row, facts) for row in rows]}
    return {"kind": block["kind"]}


def _chosen(rows: list[Any], limits: list[int] | None, rng: Random) -> list[Any]:
    """Some of the rows in their own order."""
    if limits is None:
        return rows
    kept = sorted(rng.sample(range(len(rows)), min(len(rows), rng.randint(*limits))))
    return [rows[i] for i in kept]


def _filled(row: Any, facts: Facts) -> Any:
    if isinstance(row, str):
        return row.format_map(facts)
    return [cell.format_map(facts) for cell in row]


def _page(kind: dict[str, Any], facts: Facts, case: Case, step: Step) -> dict[str, Any]:
    layout = {"authority": _authority, "citizen": _citizen, "form": _form, "note": _note}
    return layout[kind["layout"]](kind, facts, case)


def _office(kind: dict[str, Any], facts: Facts) -> str:
    return LEGAL_OFFICE if kind.get("office") == "30" else f"Sozialamt – {facts['amt']}"


def _authority(kind: dict[str, Any], facts: Facts, case: Case) -> dict[str, Any]:
    return {
        "city": CITY,
        "office": _office(kind, facts),
        "sender-line": f"{CITY} · {TOWN_HALL} · {CITY_LINE}",
        "recipient": case.person.address_lines,
        "info": [
            ["Fallnummer", case.number],
            ["Auskunft erteilt", case.clerk],
            ["Zimmer", case.room],
            ["Durchwahl", case.phone],
            ["Datum", facts["datum"]],
        ],
        "closing": ["Mit freundlichen Grüßen", "Im Auftrag", "", case.clerk.split()[-1]],
    }


def _citizen(kind: dict[str, Any], facts: Facts, case: Case) -> dict[str, Any]:
    person = case.person
    own = [f"{person.first_name} {person.name}", person.street, person.city]
    sender = {"landlord": [case.landlord, "Mieterbetreuung"], "pension": PENSION_SENDER}
    from_office = kind.get("sender", "")
    lines = sender.get(from_office, own)
    return {
        "author": lines[0],
        "sender": lines,
        "recipient": case.person.address_lines if from_office else CITY_ADDRESS,
        "hand": "typewriter" if case.typewriter and not from_office else "printed",
        "place-and-date": f"Musterstadt, den {facts['brieftag']}",
        "stamp": _stamp(facts),
        "closing": ["Mit freundlichen Grüßen", "", lines[0]],
    }


def _form(kind: dict[str, Any], facts: Facts, case: Case) -> dict[str, Any]:
    person = case.person
    signer = (
        case.landlord
        if kind["letter"] == "Mietbescheinigung"
        else f"{person.first_name} {person.name}"
    )
    return {
        "author": signer,
        "form-number": f"Stadt Musterstadt · Sozialamt · Vordruck {case.benefit.unit_code}/{len(kind['block']):02d}",
        "stamp": _stamp(facts),
        "closing": [f"Musterstadt, den {facts['brieftag']}", "", f"gez. {signer}"],
    }


def _note(kind: dict[str, Any], facts: Facts, case: Case) -> dict[str, Any]:
    return {
        "office": _office(kind, facts),
        "place-and-date": facts["datum"],
        "info": [
            ["Fallnummer", case.number],
            ["Leistung", case.benefit.name],
            ["Bearbeitung", case.clerk],
        ],
        "closing": ["", f"gez. {case.clerk.split()[-1]}, {facts['datum']}"],
    }


def _stamp(facts: Facts) -> str:
    return f"Sozialamt Musterstadt – Eingang {facts['datum']}"
