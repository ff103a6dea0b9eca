"""The training instance: banner, exercises, back to the first morning; refused everywhere else."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import resolve
from pytest_django.fixtures import Settings

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.desk import handbook
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job
from integrations import training
from integrations.demo.seeding import load_demo
from records.models import CaseFile
from tests import personas
from tests.access import world as w
from tests.personas import ADMINISTRATION, CLERK_SOCIAL
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]

BANNER = "Schulung – keine echten Daten"
LINK = re.compile(r'<a href="(?P<address>/[^"]*)"')


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(personas.person(username), backend=BACKEND)
    return client


@pytest.fixture
def practising(settings: Settings) -> None:
    settings.TRAINING = True


@pytest.fixture
def first_morning(
    committed_db: str, settings: Settings, tmp_path: Path, practising: None
) -> dict[str, int]:
    """Musterstadt where commits are real; a delivery that waits keeps the night's one away."""
    settings.DROP_DIR, settings.BLOB_DIR = tmp_path / "drop", tmp_path / "blobs"
    (settings.DROP_DIR / "openprosoz").mkdir(parents=True)
    (settings.DROP_DIR / "openprosoz" / "nacht.ok").touch()
    load_demo()
    return counts()


def counts() -> dict[str, int]:
    """Rows of every table that a reset makes anew."""
    found = {}
    with connection.cursor() as cursor:
        for table in training.emptied_tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def lives_on() -> User:
    """Somebody with a login of the city's own, who practises in the Bauamt."""
    user = User.objects.create(username="azubi", last_name="Azubi", password="!hash")
    accounts.give_role(user, OrgUnit.objects.get(code="63.1"), Role.CLERK)
    return user


class TestReset:
    def test_the_first_morning_comes_back_and_logins_stay(
        self, first_morning: dict[str, int]
    ) -> None:
        own = lives_on()
        w.open_file("63.10", "63.1")
        clerk = personas.person(CLERK_SOCIAL)
        Membership.objects.filter(user=clerk).delete()
        OrgUnit.objects.filter(code="50.1").update(name="Umbenannt")
        audited = AuditEntry.objects.count()
        put_away = Path(configured.DROP_DIR) / "openprosoz" / "erledigt" / "gestern"
        put_away.mkdir(parents=True)
        call_command("reset_training")
        # The own role is the only thing beside what the demo lays out.
        expected = first_morning | {"accounts_membership": first_morning["accounts_membership"] + 1}
        assert counts() == expected
        assert OrgUnit.objects.get(code="50.1").name != "Umbenannt"
        assert rights_of(User.objects.get(pk=clerk.pk)).has_role(Role.CLERK)
        assert not put_away.exists()
        kept = User.objects.get(pk=own.pk)
        assert kept.password == "!hash"
        bauaufsicht = OrgUnit.objects.get(code="63.1").pk
        assert rights_of(kept).has_role_in(bauaufsicht, Role.CLERK)
        assert AuditEntry.objects.filter(action=training.RESET_JOB).count() == 1
        assert AuditEntry.objects.count() > audited

    def test_the_button_orders_a_job_that_survives_its_own_work(
        self, first_morning: dict[str, int]
    ) -> None:
        admin = client_of(ADMINISTRATION)
        assert "Jetzt zurücksetzen" in admin.get("/uebungen/").content.decode()
        w.open_file("63.10", "63.1")
        assert admin.post("/uebungen/zuruecksetzen/").status_code == 422
        answer = admin.post("/uebungen/zuruecksetzen/", {"sure": "on"})
        job = Job.objects.get(kind=training.RESET_JOB)
        while jobs.run_batch(job.pk):
            pass
        job.refresh_from_db()
        assert (job.state, job.changed) == (JobState.DONE, 1)
        assert counts() == first_morning
        # Still logged in, and the job's page tells the end.
        assert "Schulungsinstanz" in admin.get(answer["Location"]).content.decode()

    def test_while_somebody_works_nothing_is_emptied(
        self, first_morning: dict[str, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(training, "LOCK_TIMEOUT", "200ms")
        url, name = configured.DATABASE_OWNER_URL, connection.settings_dict["NAME"]
        with psycopg.connect(url, dbname=name) as other:
            other.execute("SELECT 1 FROM records_casefile")
            with pytest.raises(CommandError, match="Gerade arbeitet"):
                call_command("reset_training")
        assert counts() == first_morning

    def test_a_database_of_a_city_is_never_emptied(self, first_morning: dict[str, int]) -> None:
        User.objects.update(is_demo=False)
        with pytest.raises(CommandError, match="nicht aus der Musterstadt"):
            call_command("reset_training")
        assert counts() == first_morning


class TestElsewhere:
    def test_the_command_refuses_where_nobody_practises(self, quick_city: None) -> None:
        files = CaseFile.objects.count()
        with pytest.raises(CommandError, match="keine Schulungsinstanz"):
            call_command("reset_training")
        assert CaseFile.objects.count() == files

    def test_no_banner_no_button_and_no_way_around(self, quick_city: None) -> None:
        admin = client_of(ADMINISTRATION)
        page = admin.get("/uebungen/").content.decode()
        assert BANNER not in page
        assert "zurücksetzen" not in page
        assert "/uebungen/" not in admin.get("/").content.decode()
        assert admin.post("/uebungen/zuruecksetzen/").status_code == 409
        assert not Job.objects.exists()

    def test_production_has_no_exercises(self, quick_city: None, settings: Settings) -> None:
        settings.DEMO = False
        person = User.objects.create(username="echt")
        accounts.give_role(person, OrgUnit.objects.get(code="63.1"), Role.CLERK)
        assert client_of("echt").get("/uebungen/").status_code == 404


class TestPractising:
    @pytest.mark.parametrize("address", ["/", "/akten/", "/suche/", "/gibt-es-nicht/", "/admin/"])
    def test_every_page_says_that_nothing_is_real(
        self, quick_city: None, practising: None, address: str
    ) -> None:
        assert BANNER in client_of(ADMINISTRATION).get(address).content.decode()

    def test_before_the_login_too(self, quick_city: None, practising: None) -> None:
        assert BANNER in Client().get("/konto/login/").content.decode()

    def test_only_the_administration_resets(self, quick_city: None, practising: None) -> None:
        clerk = client_of(CLERK_SOCIAL)
        page = clerk.get("/uebungen/").content.decode()
        assert "Der Morgen" in page
        assert "Jetzt zurücksetzen" not in page
        assert clerk.post("/uebungen/zuruecksetzen/").status_code == 403

    def test_every_exercise_leads_to_a_page_that_its_person_may_open(
        self, quick_city: None, practising: None
    ) -> None:
        book: Any = handbook.book("uebungen")
        addresses = {match["address"] for match in LINK.finditer(book.html)}
        assert len(book.sections) >= 7
        assert len(addresses) >= 7
        clerk = client_of("reuter")
        for address in sorted(addresses):
            assert resolve(address)
            assert clerk.get(address).status_code == 200, address
