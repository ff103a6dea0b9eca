"""Files and Fachdaten over REST: the rules of the desk, for a program with a token (A14)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.services import give_role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from integrations.rest import tokens
from integrations.rest.models import ApiToken
from records.models import CaseFile, FilePlanEntry
from records.services.case_files import NewCaseFile, open_case_files
from tests import file_types, personas, stories
from tests.access import world as w
from tests.file_types import LAWSUIT

AKTEN = "/api/v1/akten"


class Program:
    """Another program of the house with a token."""

    def __init__(self, secret: str) -> None:
        self.client = Client(
            enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"}
        )

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query)

    def patch(self, case_file: CaseFile, **body: Any) -> Any:
        url = f"{AKTEN}/{case_file.uuid}"
        return self.client.patch(url, body, content_type="application/json")


def technical_user(unit: str, name: str = "klageprogramm") -> User:
    user = User.objects.create(username=name, is_technical=True, display_name="Klageprogramm")
    give_role(user, w.unit(unit), Role.CLERK)
    return user


def token_of(user: User, *, may_write: bool = True, days: int = 30) -> str:
    administrator = personas.person(personas.ADMINISTRATION)
    until = clock.today() + timedelta(days=days)
    return tokens.make_token(
        user, "Klagen", valid_until=until, may_write=may_write, maker=administrator
    )[1]


@pytest.fixture
def lawsuits(quick_city: None) -> Sequence[CaseFile]:
    file_types.lawsuit()
    actor = w.acting(personas.person(personas.CLERK_BUILDING))
    entry = FilePlanEntry.objects.get(code="63.20")
    return open_case_files([_lawsuit(entry, n) for n in range(3)], actor)


def _lawsuit(entry: FilePlanEntry, number: int) -> NewCaseFile:
    data = {
        "Gericht": file_types.COURTS[number % 2],
        "Streitwert": f"{10 ** (number + 2)}.50",
        "Termin": f"2027-03-0{number + 1}",
        "Vergleich möglich": number == 1,
        "Ordner": str(number),
    }
    return NewCaseFile(
        entry, w.unit("63.1"), f"Klage {number}", file_type=LAWSUIT, business_data=data
    )


@pytest.fixture
def program(lawsuits: Sequence[CaseFile]) -> Program:
    return Program(token_of(technical_user("63.1")))


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return sorted(one["betreff"] for one in answer.json()["akten"])


class TestReading:
    def test_a14_types_name_their_fields(self, program: Program) -> None:
        types = {one["typ"]: one["fachdaten"] for one in program.get("/api/v1/aktentypen").json()}
        fields = {one["schluessel"]: one for one in types[LAWSUIT]}
        assert fields["Gericht"]["auswahl"] == file_types.COURTS
        assert (fields["Gericht"]["pflicht"], fields["Streitwert"]["pflicht"]) == (True, False)
        assert (fields["Streitwert"]["art"], fields["Ordner"]["suchbar"]) == ("betrag", False)

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (["Gericht=VG Musterstadt"], ["Klage 1"]),
            (["Gericht=AG Musterstadt"], ["Klage 0", "Klage 2"]),
            (["Gericht=AG Musterstadt", "Streitwert=10000.5"], ["Klage 2"]),
            (["Termin=2027-03-01"], ["Klage 0"]),
            (["Vergleich möglich=true"], ["Klage 1"]),
            (["Vergleich möglich=false"], ["Klage 0", "Klage 2"]),
            ([], ["Klage 0", "Klage 1", "Klage 2"]),
        ],
    )
    def test_a14_files_are_found_by_their_data(
        self, program: Program, wanted: list[str], found: list[str]
    ) -> None:
        assert titles(program.get(AKTEN, typ=LAWSUIT, fachdatum=wanted)) == found

    def test_pages_follow_each_other(self, program: Program) -> None:
        first = program.get(AKTEN, typ=LAWSUIT, anzahl=2).json()
        second = program.get(AKTEN, typ=LAWSUIT, anzahl=2, nach=first["nach"]).json()
        assert (len(first["akten"]), len(second["akten"]), second["nach"]) == (2, 1, None)
        assert {one["kennung"] for one in first["akten"]}.isdisjoint(
            one["kennung"] for one in second["akten"]
        )

    def test_one_file_with_its_data_is_read_and_written_down(
        self, program: Program, lawsuits: Sequence[CaseFile]
    ) -> None:
        answer = program.get(f"{AKTEN}/{lawsuits[1].uuid}").json()
        assert answer["aktenzeichen"] == lawsuits[1].aktenzeichen
        assert answer["fachdaten"] == lawsuits[1].business_data
        assert (answer["oe"], answer["aktenplanKennzeichen"]) == ("63.1", "63.20")
        entry = AuditEntry.objects.get(action="records.case_file.read", object_id=lawsuits[1].pk)
        assert entry.actor_id == User.objects.get(username="klageprogramm").pk

    @pytest.mark.parametrize(
        "wanted",
        ["Ordner=1", "Unsinn=1", "Streitwert=viel", "Termin=31.02.2027", "ohne", "=", "\0=\0"],
    )
    def test_what_cannot_be_asked_is_said(self, program: Program, wanted: str) -> None:
        answer = program.get(AKTEN, typ=LAWSUIT, fachdatum=wanted)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert (answer.json()["feld"], bool(answer.json()["detail"])) == ("fachdatum", True)

    def test_bad_numbers_and_cursors(self, program: Program) -> None:
        answer = program.get(AKTEN, anzahl="viele")
        assert (answer.status_code, answer.json()["fehler"][0]["ort"]) == (422, "query.anzahl")
        assert program.get(AKTEN, anzahl=10_000).status_code == 422
        assert program.get(AKTEN, typ="x\0", nach="kein Zeiger").json() == {
            "akten": [],
            "nach": None,
        }


class TestSight:
    def test_s1_only_what_the_user_of_the_token_sees(self, program: Program) -> None:
        social = stories.social_file().case_file
        assert program.get(f"{AKTEN}/{social.uuid}").status_code == 404
        assert program.patch(social, fassung=1, betreff="Übernommen").status_code == 404
        everything = program.get(AKTEN, anzahl=200).json()["akten"]
        assert str(social.uuid) not in {one["kennung"] for one in everything}
        assert {one["oe"] for one in everything} == {"63.1"}

    def test_without_a_token_in_force_nothing_opens(self, program: Program) -> None:
        user = User.objects.get(username="klageprogramm")
        expired, closed = token_of(user, days=0), token_of(user)
        ApiToken.objects.filter(secret_digest=tokens.digest_of(expired)).update(
            valid_until=clock.today() - timedelta(days=1)
        )
        token = ApiToken.objects.get(secret_digest=tokens.digest_of(closed))
        tokens.revoke(token, personas.person(personas.ADMINISTRATION))
        for secret in (expired, closed, "ecm_falsch", "", "\0", "ü" * 5000):
            answer = Program(secret).get(AKTEN)
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), secret

    def test_a_user_who_left_closes_all_tokens(self, program: Program) -> None:
        User.objects.filter(username="klageprogramm").update(is_active=False)
        assert program.get(AKTEN).status_code == 401

    def test_a_login_of_the_desk_opens_nothing(self, lawsuits: Sequence[CaseFile]) -> None:
        client = Client()
        client.force_login(personas.person(personas.CLERK_BUILDING))
        assert client.get(AKTEN).status_code == 401


class TestChanging:
    def test_a14_given_data_are_set_and_the_others_stay(
        self, program: Program, lawsuits: Sequence[CaseFile]
    ) -> None:
        one = lawsuits[0]
        answer = program.patch(
            one,
            fassung=one.row_version,
            betreff="Klage wegen Nachbarwiderspruchs",
            fachdaten={"Streitwert": "7500", "Termin": None, "Vergleich möglich": True},
        )
        assert answer.status_code == 200, answer.content
        assert answer.json()["fachdaten"] == {
            "Gericht": "AG Musterstadt",
            "Streitwert": "7500.00",
            "Vergleich möglich": True,
            "Ordner": "0",
        }
        assert titles(program.get(AKTEN, typ=LAWSUIT, fachdatum="Streitwert=7500")) == [
            "Klage wegen Nachbarwiderspruchs"
        ]
        changed = AuditEntry.objects.get(action="records.case_file.changed", object_id=one.pk)
        assert sorted(changed.fields) == ["business_data", "title"]

    def test_somebody_elses_change_is_never_overwritten(
        self, program: Program, lawsuits: Sequence[CaseFile]
    ) -> None:
        one = lawsuits[0]
        program.patch(one, fassung=one.row_version, betreff="Erste Änderung")
        answer = program.patch(one, fassung=one.row_version, betreff="Zweite Änderung")
        assert answer.status_code == 409
        assert CaseFile.objects.get(pk=one.pk).title == "Erste Änderung"

    @pytest.mark.parametrize(
        "data",
        [
            {"Gericht": "Amtsgericht Nirgendwo"},
            {"Gericht": None},
            {"Streitwert": "12.500,50"},
            {"Streitwert": "1.234"},
            {"Termin": "gestern"},
            {"Vergleich möglich": "vielleicht"},
            {"Unbekannt": "x"},
        ],
    )
    def test_data_that_do_not_fit_are_refused_by_name(
        self, program: Program, lawsuits: Sequence[CaseFile], data: dict[str, Any]
    ) -> None:
        one = lawsuits[0]
        answer = program.patch(one, fassung=one.row_version, fachdaten=data)
        assert (answer.status_code, answer.json()["feld"]) in {
            (400, "fachdaten"),
            (400, "business_data"),
        }
        assert next(iter(data)) in answer.json()["detail"]
        assert CaseFile.objects.get(pk=one.pk).business_data == one.business_data

    @pytest.mark.parametrize(
        "body",
        [{}, {"fassung": 0, "betreff": "x"}, {"fassung": 1, "stand": "zdA"}, {"fassung": "?"}],
    )
    def test_other_bodies_are_refused(
        self, program: Program, lawsuits: Sequence[CaseFile], body: dict[str, Any]
    ) -> None:
        assert program.patch(lawsuits[0], **body).status_code == 422

    def test_nothing_to_change_is_said(
        self, program: Program, lawsuits: Sequence[CaseFile]
    ) -> None:
        assert program.patch(lawsuits[0], fassung=1).status_code == 400

    def test_a_reading_token_changes_nothing(self, lawsuits: Sequence[CaseFile]) -> None:
        reader = Program(token_of(technical_user("63.1", "auskunft"), may_write=False))
        assert titles(reader.get(AKTEN, typ=LAWSUIT)) == ["Klage 0", "Klage 1", "Klage 2"]
        answer = reader.patch(lawsuits[0], fassung=1, betreff="Anders")
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "Dieser Zugangsschlüssel darf nur lesen.",
        )


def test_the_description_names_every_address(quick_city: None) -> None:
    found = Client().get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert set(found["paths"]) == {
        "/api/v1/aktentypen",
        "/api/v1/akten",
        "/api/v1/akten/{kennung}",
    }
    assert set(found["paths"]["/api/v1/akten/{kennung}"]) == {"get", "patch"}


def test_a_page_costs_the_same_for_many_files(
    program: Program, django_assert_max_num_queries: Any
) -> None:
    program.get(AKTEN)  # the day of the last use, and the user's rights
    with django_assert_max_num_queries(6):
        assert len(program.get(AKTEN, anzahl=200).json()["akten"]) == 3
