"""What the placeholders of the wording stand for, for one document of one case."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from integrations.demo import tables
from integrations.demo.cases import Case
from integrations.demo.chance import seeded
from integrations.demo.course import Step
from integrations.demo.tables import day_text, money
from integrations.demo.vocabulary import CITY, CITY_LINE, TOWN_HALL, vocabulary

Facts = dict[str, str]

HOUSEHOLDS = {
    1: ("einer Person", "eine Person", "In Ihrem Haushalt lebt eine Person"),
    2: ("zwei Personen", "zwei Personen", "In Ihrem Haushalt leben zwei Personen"),
}
LETTER_ON_ITS_WAY = timedelta(days=2)
REPLY_TIME = timedelta(days=21)
NOTICE_FICTION = timedelta(days=4)
"""Bekanntgabefiktion: the fourth day after posting (§ 37 Abs. 2 SGB X as of 1.1.2025)."""


def facts_of(case: Case, step: Step) -> Facts:
    """Texts for every placeholder; the same for the same case and step.

    What belongs to the episode (event, amounts claimed) comes from ``step.occasion`` and is the
    same in all its letters; what belongs to the letter comes from the step itself.
    """
    facts = _person(case) | _days(case, step)
    facts |= _amounts(case, step)
    return facts | _occasions(facts, step)


def letter_day(received: date) -> date:
    """The day a letter that arrives on ``received`` was written."""
    return received - LETTER_ON_ITS_WAY


def remedy_until(posted: date) -> date:
    """Last day of the month of remedy after the fiction of notice; never at a weekend."""
    noticed = posted + NOTICE_FICTION
    first = (noticed.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = first.replace(day=min(noticed.day, monthrange(first.year, first.month)[1]))
    return last + timedelta(days=max(0, 7 - last.weekday()) if last.weekday() > 4 else 0)


def _person(case: Case) -> Facts:
    person, benefit = case.person, case.benefit
    dative, nominative, sentence = HOUSEHOLDS[case.persons]
    return {
        "anrede": f"{person.title} {person.name}",
        "anrede_zeile": person.salutation,
        "vorname": person.first_name,
        "name": person.name,
        "geburtsdatum": day_text(person.birth_date),
        "strasse": person.street,
        "in_der_strasse": f"unter der Anschrift {person.street}",
        "plz_ort": person.city,
        "haushalt": dative,
        "haushalt_nominativ": nominative,
        "haushalt_satz": sentence,
        "haushalt_zahl": str(case.persons),
        "familienstand": case.marital,
        "beruf": case.job,
        "telefon_privat": case.private_phone,
        "iban_ende": case.iban_end,
        "fallnummer": case.number,
        "kassenzeichen": f"5005.{case.number.replace('-', '.')}",
        "leistung": benefit.name,
        "leistung_kurz": benefit.short,
        "gesetz": benefit.law,
        "anspruch": benefit.claim,
        "amt": f"{benefit.unit_code} {benefit.unit_name}",
        "sachbearbeitung": case.clerk,
        "zimmer": case.room,
        "telefon": case.phone,
        "rechtsbehelf": remedy_text(case),
        "vermieter": case.landlord,
        "wohnflaeche": str(case.living_space),
        "lage": case.storey,
        "baujahr": str(case.built),
        "raeume": str(case.living_space // 21),
        "mietbeginn": day_text(case.moved_in.replace(day=1)),
    }


def remedy_text(case: Case) -> str:
    """The Rechtsbehelfsbelehrung of the benefit's notices."""
    if not case.benefit.objection:
        return (
            "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim "
            f"Verwaltungsgericht Musterstadt, Gerichtsplatz 1, {CITY_LINE}, erhoben werden."
        )
    return (
        "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch erhoben "
        "werden. Der Widerspruch ist schriftlich, in elektronischer Form nach § 36a Abs. 2 SGB I "
        f"oder zur Niederschrift bei der {CITY}, {TOWN_HALL}, {CITY_LINE}, einzulegen (§ 84 SGG)."
    )


def _days(case: Case, step: Step) -> Facts:
    # Of the episode, so that a Veränderungsmitteilung and its Bescheid name the same days.
    rng = seeded("days", step.occasion)
    effective = (step.day.replace(day=1) + timedelta(days=32)).replace(day=1)
    overpaid_until = effective - timedelta(days=1)
    overpaid_from = (overpaid_until - timedelta(days=rng.choice((50, 80, 140)))).replace(day=1)
    return {
        "datum": day_text(step.day),
        "brieftag": day_text(letter_day(step.day)),
        "rentenjahr": str(step.day.year if step.day.month > 6 else step.day.year - 1),
        "monat": vocabulary()["months"][overpaid_from.month - 1],
        "von": day_text(step.period_from),
        "bis": day_text(step.period_until),
        "antragsdatum": day_text(step.applied_on),
        "bescheiddatum": day_text(step.decided_on),
        "schreibendatum": day_text(step.asked_on),
        "widerspruchsdatum": day_text(step.objected_on),
        "mitteilungsdatum": day_text(step.day - timedelta(days=rng.randint(5, 20))),
        "frist": day_text(step.day + REPLY_TIME),
        "stichtag": day_text(effective),
        "ueberzahlung_von": day_text(overpaid_from),
        "ueberzahlung_bis": day_text(overpaid_until),
        "abrechnungsjahr": str(step.day.year - 1),
        "uhrzeit": f"{rng.randint(8, 15)}.{rng.choice(('05', '10', '20', '35', '40', '55'))}",
        "minuten": str(rng.randint(4, 25)),
        "wochen": str(rng.randint(3, 9)),
    }


def _amounts(case: Case, step: Step) -> Facts:
    rng = seeded("amounts", step.occasion)
    sums = tables.calculation(case, step.day)
    change = tables.monthly_change(step)
    return {
        "miete": money(sums.rent),
        "nebenkosten": money(sums.running_costs),
        "heizkosten": money(sums.heating),
        "heizkosten_neu": money(sums.heating + change // 2),
        "warmmiete": money(sums.rent + sums.running_costs + sums.heating),
        "rente": money(sums.pension),
        "rente_alt": money(int(sums.pension / 1.0374)),
        "bedarf": money(sums.need),
        "betrag": money(sums.benefit),
        "alter_betrag": money(max(0, sums.benefit - change)),
        "differenz": money(change),
        "hohes_einkommen": money(sums.need + change * 3),
        "uebersteigend": money(change * 3),
        "erstattung": money(tables.overpaid_total(case, step)),
        "rate": money(rng.choice((1_500, 2_000, 2_500, 3_000))),
        "nachzahlung": money(tables.utility_balance(case, step)),
        "nebeneinkommen": rng.choice(
            ("keins", "keins", "Minijob, wechselnd", "Pflegegeld für Angehörige")
        ),
        "nebeneinkommen_betrag": money(rng.randint(6_000, 24_000)),
        "vermoegen": money(rng.randint(12_000, 480_000)),
        "erbe": money(rng.randint(90_000, 420_000)),
        "versicherung": money(rng.randint(800, 1_900)),
        "kassenbeitrag": money(rng.randint(4_200, 17_000)),
        "strom": money(rng.randint(3_900, 9_800)),
        "anschaffung": money(rng.randint(4_500, 52_000)),
        "kleinbetrag": money(rng.randint(150, 1_900)),
        "stunden": str(tables.weekly_hours(case)),
        "kreuz_miete": rng.choice(("ja", "")),
        "kreuz_einkommen": rng.choice(("ja", "")),
    }


def _occasions(facts: Facts, step: Step) -> Facts:
    rng = seeded("occasion", step.occasion)
    words = vocabulary()
    event: dict[str, str] = rng.choice(words["events"])
    request: dict[str, str] = rng.choice(words["requests"])
    note: dict[str, str] = rng.choice(words["notes"])
    told = event["citizen"].format_map(facts)
    return {
        "ereignis_ich": told,
        "ereignis_ich_satz": told[0].upper() + told[1:],
        "ereignis_amt": event["office"].format_map(facts),
        "anliegen": request["topic"],
        "anliegen_frage": request["question"].format_map(facts),
        "anliegen_antwort": request["answer"].format_map(facts),
        "vermerk_thema": note["topic"],
        "vermerk_text": note["text"].format_map(facts),
        "streitpunkt": rng.choice(words["disputes"]),
    }


def blocks_from(name: str, case: Case, step: Step) -> dict[str, Any]:
    """The computed table a wording asks for by ``from``; raises KeyError for an unknown name."""
    return tables.TABLES[name](case, step)
