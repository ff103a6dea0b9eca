"""The night's delivery of Musterstadt an der Leine, for the demo: 214 entries.

With the pipeline's rules 211 are filed, 2 are duplicates (same object, version and hash) and 1
becomes a clearing case (its unit does not exist in the eAkte). One Grundsicherung file tells the
story: application, request to cooperate, notice, objection; the objection is still open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from integrations.demo.cases import Case, Person, make_case
from integrations.demo.chance import seeded
from integrations.demo.course import Step, make_course
from integrations.demo.faults import Fault
from integrations.demo.generator import (
    LAST_DAY,
    DeliveryPlan,
    PlannedDocument,
    case_number,
    shares,
    write_documents,
)
from integrations.demo.tables import day_text, money
from integrations.demo.vocabulary import BENEFITS

SEED = 2026
STORY_NAME = "openprosoz-nachtlauf"
RARE_WORD = "Heizkostennachzahlung"
STORY_CASE_NUMBER = "2026-000417"
CLEARING_CASE_NUMBER = "2026-000902"
UNKNOWN_UNIT = "50.4"
OTHER_CASES = 26
OTHER_DOCUMENTS = 201
DUPLICATES = 2
CLAIM = 41_286

# (kind of letter, days before the last day)
STORY_STEPS = (
    ("antrag", 109),
    ("eingangsbestaetigung", 106),
    ("mitwirkungsaufforderung", 99),
    ("mietbescheinigung", 88),
    ("heizkostenabrechnung", 85),
    ("nachweis", 81),
    ("bewilligungsbescheid", 51),
    ("widerspruch", 29),
    ("eingang_widerspruch", 25),
    ("stellungnahme_rechtsreferat", 2),
)


def write_story_delivery(drop_dir: Path, last_day: date = LAST_DAY, processes: int = 2) -> Path:
    """Write the delivery into ``drop_dir`` and return its folder; the same bytes for the same day.

    Raises FileExistsError if it lies there already.
    """
    plan = DeliveryPlan(
        name=STORY_NAME,
        cases=OTHER_CASES + 2,
        documents=len(STORY_STEPS) + 1 + OTHER_DOCUMENTS,
        seed=SEED,
        last_day=last_day,
        processes=processes,
        faults={Fault.DUPLICATE: DUPLICATES},
    )
    return write_documents(drop_dir, plan, story_documents(last_day)).path


def story_documents(last_day: date) -> Iterator[PlannedDocument]:
    """The 212 documents of the night, duplicates not counted."""
    planned = [*_story(last_day), *_unassignable(last_day), *_others(last_day)]
    for number, document in enumerate(planned, 1):
        yield replace(document, object_id=f"OP-{SEED}-{number:07d}")


def story_case() -> Case:
    """The person the story is about."""
    person = Person(
        female=True,
        first_name="Hannelore",
        name="Bergmann",
        birth_date=date(1951, 3, 14),
        street="Am Leinebogen 17",
        city="37990 Musterstadt an der Leine",
    )
    return Case(
        number=STORY_CASE_NUMBER,
        benefit=BENEFITS[0],
        person=person,
        persons=1,
        landlord="Volksheimstätte Musterstadt eG",
        living_space=46,
        rent=32_660,
        running_costs=8_280,
        heating=6_900,
        pension=63_120,
        clerk="Frau Ahrens",
        room="112",
        phone="400-2130",
        private_phone="47 11 08",
        iban_end="417",
        typewriter=True,
        marital="verwitwet",
        job="Schneiderin",
        storey="2. Obergeschoss rechts",
        built=1962,
        moved_in=date(2009, 5, 1),
    )


def _story(last_day: date) -> Iterator[PlannedDocument]:
    case = story_case()
    days = {kind: last_day - timedelta(days=before) for kind, before in STORY_STEPS}
    first = days["antrag"].replace(day=1)
    step = Step(
        kind="",
        day=first,
        period_from=first,
        period_until=first.replace(year=first.year + 1) - timedelta(days=1),
        applied_on=days["antrag"],
        decided_on=days["bewilligungsbescheid"],
        asked_on=days["mitwirkungsaufforderung"],
        objected_on=days["widerspruch"],
        occasion=417,
        told=_told(days),
    )
    for kind, day in days.items():
        one = replace(step, kind=kind, day=day)
        yield PlannedDocument(case, _with_claim(one), "", _attachments(one))


def _attachments(step: Step) -> tuple[Step, ...]:
    return (replace(step, kind="berechnungsbogen"),) if step.kind == "bewilligungsbescheid" else ()


def _told(days: Mapping[str, date]) -> dict[str, str]:
    due = days["heizkostenabrechnung"] + timedelta(days=21)
    return {
        "nachzahlung": money(CLAIM),
        "streitpunkt": f"die {RARE_WORD}, die nur zur Hälfte übernommen wurde",
        "vermerk_thema": "Übernahme der Nachforderung aus der Abrechnung",
        "frist": day_text(due),
    }


def _with_claim(step: Step) -> Step:
    """The notice names the rare word; in every other letter the reply is due after three weeks."""
    told = dict(step.told)
    if step.kind != "heizkostenabrechnung":
        del told["frist"]
    if step.kind != "bewilligungsbescheid":
        return replace(step, told=told)
    text = (
        f"Die {RARE_WORD} für das Jahr {step.day.year - 1} in Höhe von {money(CLAIM)} erkenne ich "
        f"zur Hälfte, also mit {money(CLAIM // 2)}, als einmaligen Bedarf für Unterkunft und "
        "Heizung an. Der Betrag wird unmittelbar an die Volksheimstätte Musterstadt eG "
        "überwiesen. Der übrige Teil entfällt auf Monate vor der Antragstellung; für diese Zeit "
        "besteht nach § 44 Abs. 1 SGB XII kein Anspruch."
    )
    heading = {"kind": "heading", "text": f"Zur {RARE_WORD}"}
    return replace(step, told=told, additions=(heading, {"kind": "text", "text": text}))


def _unassignable(last_day: date) -> Iterator[PlannedDocument]:
    """One application of a team that the eAkte does not know: the clearing case."""
    drawn = make_case(seeded(SEED, "clearing"), CLEARING_CASE_NUMBER, last_day)
    benefit = replace(BENEFITS[0], unit_code=UNKNOWN_UNIT, unit_name="Team Alter")
    case = replace(drawn, benefit=benefit, clerk="Frau Rüther")
    step = make_course(seeded(SEED, "clearing course"), case, 1, last_day)[0]
    yield PlannedDocument(case, step, "")


def _others(last_day: date) -> Iterator[PlannedDocument]:
    for index, share in enumerate(shares(SEED, OTHER_CASES, OTHER_DOCUMENTS)):
        rng = seeded(SEED, "case", index)
        case = make_case(rng, case_number(SEED, index), last_day - timedelta(days=900))
        for step in make_course(rng, case, share, last_day):
            yield PlannedDocument(case, step, "")
