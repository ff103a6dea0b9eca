"""Reading a list of people in the browser's way: upload, look, apply, sums, delete."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import StaffImport, User
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.models import Job
from tests import personas

HEADER = "Kennung;Name;E-Mail;Einheit;Rolle;gültig ab;gültig bis\n"
LIST = HEADER + "mueller;Müller, Jörg;;50.1;Sachbearbeitung\nfalsch;Falsch, F.;;99;leitung\n"


@pytest.fixture
def office(client_of: Callable[[str], Client]) -> Client:
    return client_of(personas.ADMINISTRATION)


def upload(client: Client, content: bytes, name: str = "personal.csv") -> str:
    file = SimpleUploadedFile(name, content, "text/csv")
    answer = client.post(reverse("staff-import"), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_u2_upload_look_apply_and_sums(office: Client) -> None:
    address = upload(office, LIST.encode("cp1252"))
    page = office.get(address).content.decode()
    assert "1 Zeile übernehmen" in page
    assert "1 Zeile wird nicht übernommen" in page
    assert "Einheit: Eine Einheit „99“ gibt es nicht." in page
    assert not User.objects.filter(username="mueller").exists()
    page = office.post(address + "uebernehmen/", follow=True).content.decode()
    assert User.objects.get(username="mueller").last_name == "Müller"
    sums = "".join(page.split()).replace("</div><div>", "")
    assert "<dt>neu</dt><dd>1</dd>" in sums
    assert "<dt>nichtübernommen</dt><dd>1</dd>" in sums
    assert "1 Person hat noch kein Passwort" in page
    job = Job.objects.get()
    result = office.get(reverse("job", args=[job.uuid])).content.decode()
    assert "Zeile 3" in result
    assert "Eine Einheit „99“ gibt es nicht." in result


def test_a_list_is_applied_once(office: Client) -> None:
    address = upload(office, LIST.encode())
    office.post(address + "uebernehmen/")
    again = office.post(address + "uebernehmen/")
    assert again.status_code == 409
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leer"),
        (b"Name;Rolle\n", "Es fehlt die Spalte Kennung"),
        (b"\x89PNG\r\n\x00", "keine CSV-Datei"),
        (HEADER.encode() + b"x" * (2 * 1024 * 1024), "2 MB"),
    ],
)
def test_a_wrong_file_is_refused_at_its_field(office: Client, content: bytes, says: str) -> None:
    file = SimpleUploadedFile("x.csv", content)
    answer = office.post(reverse("staff-import"), {"file": file})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not StaffImport.objects.exists()


def test_markup_in_a_list_stays_text(office: Client) -> None:
    line = "boese;<script>alert(1)</script>,A;;50;<b>x</b>\n"
    name = "<img src=x>.csv"
    page = office.get(upload(office, (HEADER + line).encode(), name)).content.decode()
    assert "<b>x" not in page
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_long_lists_have_pages_and_filters_and_wait_for_a_worker(office: Client) -> None:
    lines = "".join(f"p{n:03};Person {n};;50.1;sachbearbeitung\n" for n in range(120))
    address = upload(office, (HEADER + lines + "x;X;;99;leitung\n").encode())
    first = office.get(address).content.decode()
    assert "p000" in first
    assert "p110" not in first
    assert "p110" in office.get(address + "?nach=101").content.decode()
    wrong = office.get(address + "?stand=fehler").content.decode()
    assert "p000" not in wrong
    assert "„99“" in wrong
    office.post(address + "uebernehmen/")
    job = Job.objects.get()
    assert job.done == 0
    while jobs.run_batch(job.pk):
        pass
    job.refresh_from_db()
    assert (job.changed, job.refused) == (120, 1)


def test_a_list_can_be_deleted_and_a_running_job_says_so(office: Client) -> None:
    lines = "".join(f"p{n:03};Person {n};;50.1;sachbearbeitung\n" for n in range(60))
    address = upload(office, (HEADER + lines).encode())
    office.post(address + "uebernehmen/")
    office.post(address + "loeschen/")
    assert not StaffImport.objects.exists()
    job = Job.objects.get()
    while jobs.run_batch(job.pk):
        pass
    item = job.items.first()
    assert item is not None
    assert item.message == "Die Liste ist inzwischen gelöscht."


def test_others_get_nowhere(client_of: Callable[[str], Client], office: Client) -> None:
    address = upload(office, LIST.encode())
    stranger = client_of(personas.REGISTRY)
    for tail in ("uebernehmen/", "loeschen/"):
        assert stranger.post(address + tail).status_code == 403
    assert not User.objects.filter(username="mueller").exists()
    assert "Personen einlesen" not in stranger.get("/").content.decode()
    assert "Personen einlesen" in office.get("/").content.decode()


def test_the_sample_can_be_read_again(office: Client) -> None:
    content = b"".join(office.get(reverse("staff-list-sample")))
    assert office.get(upload(office, content)).status_code == 200
