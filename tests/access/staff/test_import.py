"""Lists of people and roles: good lines are taken, wrong ones named, twice is once (U2, S1)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from goettingen_ecm.access import staff_import
from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.access.staff_comparison import Compared
from goettingen_ecm.access.staff_file import LARGEST_FILE, read_staff
from goettingen_ecm.access.tasks import remove_old_staff_lists
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, StaffImport, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import Result
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from tests import personas

HEADER = "Kennung;Name;E-Mail;Einheit;Rolle;gültig ab;gültig bis\n"
GOOD = "mueller;Müller, Jörg;j.mueller@stadt.example;50.1;Sachbearbeitung;01.12.2026;\n"
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
UNCHANGED, REFUSED = JobItemOutcome.UNCHANGED, JobItemOutcome.REFUSED


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def administrator(quick_city: None) -> User:
    return personas.person(personas.ADMINISTRATION)


def seen(text: str, actor: User | None = None) -> list[Compared]:
    return staff_import.compare(read_staff((HEADER + text).encode()), actor)


def apply(text: str, actor: User | None = None) -> dict[int, Result]:
    read = read_staff((HEADER + text).encode())
    operation = begin("test", Acting(actor_id=actor.pk if actor else None))
    numbers = sorted(read.logins)
    return staff_import.apply_lines(read, numbers, actor=actor, operation=operation)


def membership(login: str) -> Membership:
    return Membership.objects.get(user__username=login)


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_encodings_of_a_german_office(self, encoding: str) -> None:
        [line] = read_staff((HEADER + GOOD).encode(encoding)).lines
        assert (line.login, line.display_name) == ("mueller", "Jörg Müller")
        assert (line.valid_from, line.valid_until) == (date(2026, 12, 1), None)

    def test_columns_in_any_order_and_further_ones(self) -> None:
        data = "Rolle;Telefon;Name;Einheit;Kennung\r\nleitung;12;Sabine van Brandt;50;S.Brandt\r\n"
        [line] = read_staff(data.encode()).lines
        assert (line.login, line.role, line.unit) == ("s.brandt", Role.HEAD, "50")
        assert (line.first_name, line.last_name) == ("Sabine van", "Brandt")

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "Kennung"),
            (b"Name;Einheit;Rolle\n", "Kennung"),
            (b"Kennung,Name,Einheit,Rolle\n", "Kennung"),
            (b"PK\x03\x04\x00\x00", "CSV"),
            (HEADER.encode() + b"a\x81;b\n", "Windows-1252"),
            (HEADER.encode() + b'a;"offen;c\n', "Zeile 2"),
            (b"x" * (LARGEST_FILE + 1), "2 MB"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, data: bytes, says: str) -> None:
        with pytest.raises(InvalidInput, match=says):
            read_staff(data)

    @pytest.mark.parametrize(
        ("line", "field", "says"),
        [
            (";Brandt;;50;leitung", "login", "fehlt"),
            ("a b;Brandt;;50;leitung", "login", "gültig"),
            (f"{'a' * 151};Brandt;;50;leitung", "login", "150"),
            ("a;Brandt;kein-at;50;leitung", "email", "gültig"),
            ("a;Brandt;;;leitung", "unit", "fehlt"),
            ("a;Brandt;;50;König", "role", "Sachbearbeitung"),
            ("a;Brandt;;50;Revision;;31.12.2026", "role", "einzeln"),
            ("a;Brandt;;50;schnittstelle", "role", "einzeln"),
            ("a;Brandt;;50;leitung;31.02.2026", "valid_from", "31.02.2026"),
            ("a;Brandt;;50;leitung;02.12.2026;01.12.2026", "valid_until", "vor dem Beginn"),
            ("a;Bra\u202endt;;50;leitung", "name", "unsichtbar"),
            (f"a;{'ü' * 400};;50;leitung", "name", "74"),
            ("a;Brandt,;;50", "role", "keine Rolle"),
        ],
    )
    def test_a_wrong_line_names_line_field_and_reason(
        self, line: str, field: str, says: str
    ) -> None:
        read = read_staff((HEADER + GOOD + "\n" + line).encode())
        assert [one.login for one in read.lines] == ["mueller"]
        [problem] = read.problems
        assert (problem.line, problem.field) == (4, field)
        assert says in problem.reason

    def test_the_same_twice_and_contradictions(self) -> None:
        again = "MUELLER;Müller, Jörg;;50.1;sachbearbeitung\n"
        other = "mueller;Meier, Jörg;;50.2;sachbearbeitung\n"
        read = read_staff((HEADER + GOOD + again + other).encode())
        assert [(one.line, one.field) for one in read.problems] == [(3, "role"), (4, "name")]
        assert "Zeile 2" in read.problems[0].reason


class TestApplying:
    def test_u2_new_people_get_their_role_and_no_password(self, administrator: User) -> None:
        results = apply(GOOD, administrator)
        assert results[2].outcome == JobItemOutcome.CHANGED
        person = User.objects.get(username="mueller")
        assert (str(person), person.sort_key) == ("Jörg Müller", "muller jorg")
        assert not person.has_usable_password()
        assert membership("mueller").unit_role.unit.code == "50.1"
        actions = set(
            AuditEntry.objects.filter(object_id=person.pk).values_list("action", flat=True)
        )
        assert actions == {"accounts.person.created", "accounts.membership.changed"}

    def test_rights_begin_and_end_with_their_days(self, administrator: User) -> None:
        apply(GOOD.replace(";\n", ";31.12.2026\n"), administrator)
        role = (Role.CLERK, OrgUnit.objects.get(code="50.1").pk)
        held = {}
        for day in ((2026, 11, 30), (2026, 12, 1), (2026, 12, 31), (2027, 1, 1)):
            with clock.fixed(datetime(*day, 12, tzinfo=UTC)):
                held[day[1:]] = role in rights_of(User.objects.get(username="mueller")).roles
        assert held == {(11, 30): False, (12, 1): True, (12, 31): True, (1, 1): False}

    def test_u2_a_second_time_changes_nothing(self, administrator: User) -> None:
        text = GOOD + "mueller;;;50.2;leitung;;30.06.2027\nkruse;;;63.1;sachbearbeitung\n"
        first = Counter(one.state for one in seen(text))
        assert first == {"neu": 2, "unveraendert": 1}
        apply(text, administrator)
        before = AuditEntry.objects.count()
        assert Counter(one.state for one in seen(text)) == {"unveraendert": 3}
        assert {one.outcome for one in apply(text, administrator).values()} == {UNCHANGED}
        assert AuditEntry.objects.count() == before
        assert Membership.objects.filter(user__username="mueller").count() == 2

    def test_a_changed_end_name_and_address(self, administrator: User) -> None:
        apply(GOOD, administrator)
        text = (
            "mueller;Müller-Lüdenscheid, Jörg;neu@stadt.example;50.1;sachbearbeitung;;30.6.2027\n"
        )
        [one] = seen(text)
        assert one.state == "geaendert"
        assert one.changes == (
            "Name bisher Jörg Müller",
            "E-Mail bisher j.mueller@stadt.example",
            "Zeitraum bisher 01.12.2026 – unbefristet",
        )
        apply(text, administrator)
        kept = membership("mueller")
        assert (kept.valid_from, kept.valid_until) == (date(2026, 12, 1), date(2027, 6, 30))
        assert kept.user.email == "neu@stadt.example"
        apply("mueller;;;50.1;sachbearbeitung;;unbefristet\n", administrator)
        assert membership("mueller").valid_until is None
        assert membership("mueller").user.last_name == "Müller-Lüdenscheid"

    def test_u2_good_lines_go_on_when_others_are_bad(self, administrator: User) -> None:
        text = (
            GOOD
            + "a;Adler, Anna;;99.9;sachbearbeitung\n"
            + "openprosoz;Technik;;50;leitung\n"
            + "neu;;;50;leitung\n"
            + "b;Busch, Bea;;50;leitung;;01.01.2020\n"
            + "c;Cordes, Carl;kaputt;50;leitung\n"
        )
        results = apply(text, administrator)
        assert [number for number, one in results.items() if one.outcome == REFUSED] == [
            7,
            3,
            4,
            5,
            6,
        ]
        assert "Einheit: Eine Einheit „99.9“ gibt es nicht." in results[3].message
        assert "Schnittstelle" in results[4].message
        assert "Name" in results[5].message
        assert "Vergangenheit" in results[6].message
        assert User.objects.filter(username="mueller").exists()
        assert not User.objects.filter(username__in=["a", "b", "c", "neu"]).exists()

    def test_units_that_are_over_and_locked_people(self, administrator: User) -> None:
        OrgUnit.objects.filter(code="50.3").update(valid_until=date(2026, 11, 22))
        User.objects.filter(username="kruse").update(is_active=False)
        text = "brandt;;;50.3;leitung\nkruse;;;63.1;sachbearbeitung\n"
        assert [one.problem.field for one in seen(text) if one.problem] == ["unit", "login"]

    def test_nobody_gives_roles_to_himself(self, administrator: User) -> None:
        text = "yilmaz;;;50;leitung\nyilmaz;;;10;fachadministration\n"
        own, present = seen(text, administrator)
        assert own.problem is not None
        assert present.state == "unveraendert"
        apply(text, administrator)
        assert not Membership.objects.filter(user=administrator, unit_role__role=Role.HEAD).exists()

    def test_a_role_held_twice_is_left_to_people(self, administrator: User) -> None:
        clerk, unit = personas.person("kruse"), OrgUnit.objects.get(code="63.1")
        accounts.give_role(clerk, unit, Role.CLERK, valid_until=date(2026, 12, 1))
        [one] = seen("kruse;;;63.1;sachbearbeitung;;30.06.2027\n")
        assert one.problem is not None
        assert "mehrfach" in one.problem.reason

    @pytest.mark.parametrize("name", ["lindner", "voss", "brandt"])
    def test_only_the_fachadministration(self, quick_city: None, name: str) -> None:
        with pytest.raises(Forbidden):
            apply(GOOD, personas.person(name))
        assert not User.objects.filter(username="mueller").exists()

    def test_s_many_people_in_a_few_queries(
        self, administrator: User, django_assert_max_num_queries: object
    ) -> None:
        text = "".join(f"p{n};Person {n};;50.1;sachbearbeitung\n" for n in range(300))
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            apply(text, administrator)
        assert Membership.objects.filter(unit_role__unit__code="50.1").count() >= 300

    def test_old_lists_go_at_night(self, administrator: User) -> None:
        staff_import.keep_upload("alt.csv", (HEADER + GOOD).encode(), actor=administrator)
        with clock.fixed(MONDAY + staff_import.STAFF_IMPORT_KEPT * 1.1):
            staff_import.keep_upload("neu.csv", (HEADER + GOOD).encode(), actor=administrator)
            assert remove_old_staff_lists() == 1
        assert [one.file_name for one in StaffImport.objects.all()] == ["neu.csv"]


class TestCommand:
    def test_it_reports_and_takes_the_rest(self, quick_city: None, tmp_path: Path) -> None:
        file = tmp_path / "personal.csv"
        file.write_bytes((HEADER + GOOD + "a;A;;99;leitung\n").encode("cp1252"))
        out = StringIO()
        call_command("import_staff", file, "--dry-run", stdout=out)
        assert not User.objects.filter(username="mueller").exists()
        call_command("import_staff", file, stdout=out)
        assert User.objects.get(username="mueller").last_name == "Müller"
        assert "personal.csv, Zeile 3, Einheit: Eine Einheit „99“ gibt es nicht." in out.getvalue()
        assert "2 Zeilen, 1 neu, 0 geändert, 0 unverändert, 1 nicht übernommen" in out.getvalue()

    @pytest.mark.parametrize("content", [None, b"\0\0"])
    def test_a_missing_or_wrong_file(self, tmp_path: Path, content: bytes | None) -> None:
        file = tmp_path / "personal.csv"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(CommandError, match=r"personal\.csv"):
            call_command("import_staff", file)
