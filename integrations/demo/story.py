"""The night's delivery of Musterstadt an der Leine, for the demo: 214 entries.

With the pipeline's rules 211 are filed, 2 are duplicates (same object, version and hash) and 1
becomes a clearing case (its unit does not exist in the eAkte). One Grundsicherung file tells the
story: application, request to cooperate, notice, objection; the objection is still open.
"""

from collections.abc import Iterator
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
from integrations.demo.tables import money, utility_balance
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
OCCASION = 417

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
        occasion=OCCASION,
    )
    for kind, day in days.items():
        one = replace(step, kind=kind, day=day)
        yield PlannedDocument(case, _with_claim(case, one), "", _attachments(one))


def _attachments(step: Step) -> tuple[Step, ...]:
    return (replace(step, kind="rentenanpassung"),) if step.kind == "nachweis" else ()


def _with_claim(case: Case, step: Step) -> Step:
    """The claim runs through the letters; the notice and the objection speak of it at length."""
    claim = utility_balance(case, step)
    told = {
        "streitpunkt": f"die {RARE_WORD}, die nur zur Hälfte übernommen wurde",
        "vermerk_thema": "Übernahme der Nachforderung aus der Abrechnung",
    }
    if step.kind == "bewilligungsbescheid":
        return replace(step, told=told, additions=_notice_about(claim, step, case))
    if step.kind == "widerspruch":
        return replace(step, told=told, additions=_objection_about(claim, case))
    return replace(step, told=told)


def _notice_about(claim: int, step: Step, case: Case) -> tuple[dict[str, str], ...]:
    text = (
        f"Die {RARE_WORD} für das Jahr {step.day.year - 1} in Höhe von {money(claim)} erkenne ich "
        f"zur Hälfte, also mit {money(claim // 2)}, als einmaligen Bedarf für Unterkunft und "
        f"Heizung an. Der Betrag wird unmittelbar an {case.landlord} überwiesen. Der übrige Teil "
        "entfällt auf Monate vor der Antragstellung; für diese Zeit besteht nach § 44 Abs. 1 "
        "SGB XII kein Anspruch."
    )
    return {"kind": "heading", "text": f"Zur {RARE_WORD}"}, {"kind": "text", "text": text}


def _objection_about(claim: int, case: Case) -> tuple[dict[str, str], ...]:
    text = (
        f"Die Abrechnung von {case.landlord} habe ich erst Ende August bekommen und gleich bei "
        f"Ihnen eingereicht. Ich soll {money(claim)} bezahlen, Sie übernehmen davon nur "
        f"{money(claim // 2)}. Fällig war das Geld aber erst im September, da war mein Antrag "
        "längst gestellt. In der Beratungsstelle hat man mir gesagt, dass es auf den Tag ankommt, "
        "an dem ich zahlen muss, und nicht darauf, wann geheizt worden ist. Den Rest kann ich von "
        "meiner Rente nicht aufbringen."
    )
    return ({"kind": "text", "text": text},)


def _unassignable(last_day: date) -> Iterator[PlannedDocument]:
    """One application of a team that the eAkte does not know: the clearing case."""
    drawn = make_case(seeded(SEED, "clearing"), CLEARING_CASE_NUMBER, last_day)
    benefit = replace(BENEFITS[0], unit_code=UNKNOWN_UNIT, unit_name="Team Alter")
    case = replace(drawn, benefit=benefit, clerk="Frau Rüther")
    step = make_course(seeded(SEED, "clearing course"), case, 1, last_day)[0]
    day = last_day - timedelta(days=2)
    yield PlannedDocument(case, replace(step, day=day, applied_on=day), "")


def _others(last_day: date) -> Iterator[PlannedDocument]:
    for index, share in enumerate(shares(SEED, OTHER_CASES, OTHER_DOCUMENTS)):
        rng = seeded(SEED, "case", index)
        case = make_case(rng, case_number(SEED, index), last_day - timedelta(days=900))
        for step in make_course(rng, case, share, last_day):
            yield PlannedDocument(case, step, "")
