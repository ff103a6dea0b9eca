"""Invented cases: a person, a home, an income, and the benefit they ask for."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrations.demo.vocabulary import (
    BENEFIT_SHARES,
    BENEFITS,
    Benefit,
    clerks,
    vocabulary,
)


@dataclass(frozen=True, slots=True)
class Person:
    female: bool
    first_name: str
    name: str
    birth_date: date
    street: str
    city: str

    @property
    def title(self) -> str:
        return "Frau" if self.female else "Herr"

    @property
    def salutation(self) -> str:
        return (
            f"Sehr geehrte Frau {self.name}," if self.female else f"Sehr geehrter Herr {self.name},"
        )

    @property
    def address(self) -> str:
        return f"{self.street}, {self.city}"

    @property
    def address_lines(self) -> list[str]:
        title = "Frau" if self.female else "Herrn"
        return [title, f"{self.first_name} {self.name}", self.street, self.city]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the Sozialamt. Amounts in cents a month; they grow a little with the years."""

    number: str
    benefit: Benefit
    person: Person
    persons: int
    landlord: str
    living_space: int
    rent: int
    running_costs: int
    heating: int
    pension: int
    clerk: str
    room: str
    phone: str
    private_phone: str
    iban_end: str
    typewriter: bool
    marital: str
    job: str
    storey: str
    built: int
    moved_in: date

    @property
    def title(self) -> str:
        person = self.person
        return f"{person.name}, {person.first_name}, geb. {person.birth_date:%d.%m.%Y}"


def make_case(rng: Random, number: str, born_before: date) -> Case:
    """A believable case; ``born_before`` is the day it begins."""
    benefit = rng.choices(BENEFITS, BENEFIT_SHARES)[0]
    persons = 2 if rng.random() < 0.22 else 1
    space = rng.randint(38, 52) if persons == 1 else rng.randint(48, 66)
    desk = rng.randrange(len(clerks(benefit.unit_code)))
    words = vocabulary()
    person = make_person(rng, benefit, born_before)
    return Case(
        number=number,
        benefit=benefit,
        person=person,
        persons=persons,
        landlord=rng.choice(words["landlords"]),
        living_space=space,
        rent=space * rng.randint(620, 890),
        running_costs=space * rng.randint(140, 230),
        heating=space * rng.randint(110, 210),
        pension=rng.randint(38_000, 86_000) * persons // (1 if persons == 1 else 2) + 9_000,
        clerk=clerks(benefit.unit_code)[desk],
        room=f"{benefit.unit_code[-1]}{desk + 12}",
        phone=f"400-2{benefit.unit_code[-1]}{desk + 30}",
        private_phone=f"{rng.randint(21, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}",
        iban_end=f"{rng.randint(0, 999):03d}",
        typewriter=rng.random() < 0.3,
        marital="verheiratet" if persons == 2 else rng.choice(words["marital"]),
        job=rng.choice(words["jobs_women" if person.female else "jobs_men"]),
        storey=rng.choice(words["storeys"]),
        built=rng.randint(1898, 1996),
        moved_in=born_before - timedelta(days=rng.randint(400, 9000)),
    )


def make_person(rng: Random, benefit: Benefit, born_before: date) -> Person:
    """Old for Grundsicherung, of any adult age otherwise."""
    old = benefit.code == "grundsicherung" or rng.random() < 0.4
    female = rng.random() < 0.56
    words = vocabulary()
    sex, age = ("women" if female else "men"), ("old" if old else "young")
    years = rng.uniform(66.5, 88) if old else rng.uniform(24, 61)
    return Person(
        female=female,
        first_name=rng.choice(words[f"first_names_{sex}_{age}"]),
        name=rng.choice(words["surnames"]),
        birth_date=born_before - timedelta(days=int(years * 365.25)),
        street=f"{rng.choice(words['streets'])} {rng.randint(1, 118)}",
        city=rng.choice(words["districts"]),
    )
