"""How a case runs: applications, notices, objections in a believable order of days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from integrations.demo.cases import Case

PERIOD_DAYS = 365
DOCUMENTS_PER_PERIOD = 11
MAX_PERIODS = 6

OPENING = (
    "antrag",
    "eingangsbestaetigung",
    "mitwirkungsaufforderung",
    "mietbescheinigung",
    "nachweis",
    "bewilligungsbescheid",
)
RENEWAL = ("weiterbewilligungsantrag", "bewilligungsbescheid")
OBJECTION = (
    "widerspruch",
    "eingang_widerspruch",
    "stellungnahme_rechtsreferat",
    "widerspruchsbescheid",
)
REFUSAL = ("ablehnungsbescheid",)
WITHHELD = ("versagungsbescheid",)
EPISODES: tuple[tuple[str, ...], ...] = (
    ("veraenderungsmitteilung", "aenderungsbescheid"),
    ("heizkostenabrechnung", "vermerk", "aenderungsbescheid"),
    ("veraenderungsmitteilung", "anhoerung", "stellungnahme", "aufhebungsbescheid"),
    ("rentenanpassung", "aenderungsbescheid"),
    ("anfrage", "auskunft"),
    ("telefonvermerk",),
    ("nachweis", "vermerk"),
    ("mitwirkungsaufforderung", "nachweis"),
)
# Days from one document of an episode to the next.
PACE = (2, 24)


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a course; ``occasion`` is shared by the documents of one episode.

    ``told`` replaces facts, ``additions`` are blocks of this letter alone: for a story.
    """

    kind: str
    day: date
    period_from: date
    period_until: date
    applied_on: date
    decided_on: date
    asked_on: date
    objected_on: date
    occasion: int
    told: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[dict[str, str], ...] = ()


def make_course(rng: Random, case: Case, documents: int, until: date) -> list[Step]:
    """Exactly ``documents`` steps in order of days, none after ``until``."""
    periods = min(MAX_PERIODS, -(-documents // DOCUMENTS_PER_PERIOD))
    start = until - timedelta(days=periods * PERIOD_DAYS - rng.randint(0, 20))
    kinds: list[tuple[int, str, int]] = []
    for index in range(periods):
        share = documents // periods + (index < documents % periods)
        kinds += [(index, kind, oc) for kind, oc in _period_kinds(rng, case, index == 0, share)]
    return list(_dated(rng, kinds, start, until))


def _period_kinds(rng: Random, case: Case, first: bool, room: int) -> Iterator[tuple[str, int]]:
    """(kind, occasion) for one Bewilligungszeitraum, cut to ``room`` documents."""
    made = 0
    episode = _beginning(rng, first, room)
    while made < room:
        occasion = rng.randrange(1 << 30)
        for kind in episode[: room - made]:
            yield kind, occasion
        made += len(episode)
        episode = _episode(rng, case)


def _beginning(rng: Random, first: bool, room: int) -> tuple[str, ...]:
    if not first:
        return RENEWAL
    chance = rng.random()
    if room == len(OPENING) and chance < 0.1:
        return (*OPENING[:-1], *WITHHELD)
    if room <= 4 and chance < 0.3:
        return (OPENING[0], OPENING[1], OPENING[4], *REFUSAL)
    skipped = "mitwirkungsaufforderung" if chance > 0.7 else ""
    return tuple(kind for kind in OPENING if kind != skipped)


def _episode(rng: Random, case: Case) -> tuple[str, ...]:
    if case.benefit.objection and rng.random() < 0.12:
        return OBJECTION
    return rng.choice(EPISODES)


def _dated(
    rng: Random, kinds: Sequence[tuple[int, str, int]], start: date, until: date
) -> Iterator[Step]:
    day = start
    step = _first_step(start)
    current = -1
    for position, (period, kind, occasion) in enumerate(kinds):
        if period != current:
            current = period
            begins = start + timedelta(days=period * PERIOD_DAYS)
            day = max(day, begins)
            step = _new_period(step, day, begins)
        # What is still to come must fit before the end.
        left = len(kinds) - position
        pace = min(rng.randint(*PACE), max(0, (until - day).days // left))
        day = _working_day(day + timedelta(days=pace), until)
        step = replace(_before(step, kind, day), kind=kind, day=day, occasion=occasion)
        yield step
        step = _after(step)


def _first_step(start: date) -> Step:
    return Step(
        kind="",
        day=start,
        period_from=start,
        period_until=start,
        applied_on=start,
        decided_on=start,
        asked_on=start,
        objected_on=start,
        occasion=0,
    )


def _new_period(step: Step, day: date, begins: date) -> Step:
    first = begins.replace(day=1)
    last = first.replace(year=first.year + 1) - timedelta(days=1)
    return replace(step, period_from=first, period_until=last, applied_on=day)


def _before(step: Step, kind: str, day: date) -> Step:
    """Days that this letter and later ones refer to."""
    if kind in ("antrag", "weiterbewilligungsantrag"):
        return replace(step, applied_on=day)
    if kind == "widerspruch":
        return replace(step, objected_on=day)
    return step


def _after(step: Step) -> Step:
    """Days that only later letters refer to."""
    if step.kind in ("bewilligungsbescheid", "aenderungsbescheid"):
        return replace(step, decided_on=step.day)
    if step.kind in ("eingangsbestaetigung", "mitwirkungsaufforderung", "anhoerung"):
        return replace(step, asked_on=step.day)
    return step


def _working_day(day: date, until: date) -> date:
    while day.weekday() > 4 and day < until:
        day += timedelta(days=1)
    return min(day, until)
