"""Bulk work at the desk: choose, see what will happen, do it, watch it, take it back, export it."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from odf.opendocument import load
from odf.table import TableRow
from odf.teletype import extractText

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.desk import job_views, list_export
from goettingen_ecm.operations import tasks
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job
from records.choices import CaseFileStatus, Direction, DocumentStatus
from records.models import CaseFile, Document
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def made(story: Story) -> list[Document]:
    return filing.fill(story.matter, 3)


def address(story: Story, **words: Any) -> str:
    base = reverse("documents-change", args=[story.case_file.uuid])
    return f"{base}?{urlencode(words, doseq=True)}"


def directions(made: list[Document]) -> list[str]:
    rows = Document.objects.filter(pk__in=[d.pk for d in made]).order_by("pk")
    return list(rows.values_list("direction", flat=True))


def text(content: bytes) -> str:
    return text_of(page(content).xpath("//main")[0])


def test_the_list_offers_bulk_work_only_where_it_works(
    clerk: Client, outsider: Client, story: Story
) -> None:
    base = reverse("case-file", args=[story.case_file.uuid])
    assert page(clerk.get(base).content).xpath('//input[@name="auswahl"]')
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    assert not page(clerk.get(base).content).xpath('//input[@name="auswahl"]')
    made = filing.documents_of(story.case_file)
    assert clerk.get(address(story, auswahl=[made[0].uuid])).status_code == 409


def test_choosing_previewing_and_changing(
    clerk: Client, story: Story, made: list[Document]
) -> None:
    Document.objects.filter(pk=made[2].pk).update(status=DocumentStatus.CANCELLED)
    where = address(story, auswahl=[d.uuid for d in made])
    assert "3 ausgewählt" in text(clerk.get(where).content)
    preview = clerk.post(where, {"direction": "intern"})
    numbers = [
        text_of(one)
        for one in page(preview.content).xpath("//section[@aria-labelledby='vorschau']//dd")
    ]
    assert numbers == ["2", "0", "1"]
    assert "1 × Stornierte Dokumente bleiben unverändert." in text(preview.content)
    assert directions(made) == [Direction.INCOMING] * 3
    done = clerk.post(where, {"direction": "intern", "bestaetigt": "1"})
    base = reverse("case-file", args=[story.case_file.uuid])
    assert done["Location"] == base
    assert directions(made) == ["intern", "intern", Direction.INCOMING]
    assert "2 geändert, 0 unverändert, 1 abgelehnt" in text(clerk.get(base).content)


def test_the_notice_takes_it_back(clerk: Client, story: Story, made: list[Document]) -> None:
    where = address(story, auswahl=[d.uuid for d in made])
    clerk.post(where, {"direction": "intern", "bestaetigt": "1"})
    shown = page(clerk.get(reverse("case-file", args=[story.case_file.uuid])).content)
    undo = shown.xpath("//form[@data-undo]/@action")[0]
    assert undo == reverse("job-undo", args=[Job.objects.get().uuid])
    assert clerk.post(undo)["Location"] == reverse("jobs")
    assert directions(made) == [Direction.INCOMING] * 3
    assert clerk.post(undo).status_code == 409


def test_all_that_the_filter_leaves(clerk: Client, story: Story, made: list[Document]) -> None:
    Document.objects.filter(pk=made[0].pk).update(direction=Direction.OUTGOING)
    base = reverse("case-file", args=[story.case_file.uuid])
    shown = page(clerk.get(f"{base}?richtung=eingang").content)
    link = shown.xpath('//a[contains(., "Alle nach diesem Filter")]/@href')[0]
    assert "2 ausgewählt" in text(clerk.get(link).content)
    done = clerk.post(link, {"direction": "intern", "bestaetigt": "1"})
    assert done["Location"] == f"{base}?richtung=eingang"
    assert directions(made) == [Direction.OUTGOING, "intern", "intern"]


def test_nothing_chosen_nothing_to_set(clerk: Client, story: Story, made: list[Document]) -> None:
    answer = clerk.get(address(story, auswahl=["quatsch"]))
    assert answer["Location"] == reverse("case-file", args=[story.case_file.uuid])
    where = address(story, auswahl=[made[0].uuid])
    empty = clerk.post(where, {})
    assert "Wählen Sie aus, was sich ändern soll." in text(empty.content)
    assert Job.objects.count() == 0


def test_documents_of_other_files_cannot_be_slipped_in(clerk: Client, story: Story) -> None:
    other = stories.building_file()
    answer = clerk.get(address(story, auswahl=[other.document.uuid]))
    assert answer.status_code == 302


def test_a_large_job_is_watched_aborted_and_exported(
    clerk: Client, story: Story, made: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_views, "AT_ONCE", 2)
    where = address(story, auswahl=[d.uuid for d in made])
    started = clerk.post(where, {"direction": "intern", "bestaetigt": "1"})
    job = Job.objects.get()
    assert started["Location"] == reverse("job", args=[job.uuid])
    assert job.state == JobState.WAITING
    progress = reverse("job-progress", args=[job.uuid])
    assert progress.encode() in clerk.get(started["Location"]).content
    assert "HX-Refresh" not in clerk.get(progress)
    tasks.continue_jobs()
    assert clerk.get(progress)["HX-Refresh"] == "true"
    finished = text(clerk.get(started["Location"]).content)
    assert "Schreiben 0" in finished
    assert "fertig" in finished
    rows = table_of(clerk.get(reverse("job-results", args=[job.uuid])))
    assert rows[0] == ["Objekt", "Ergebnis", "Hinweis"]
    assert sorted(row[0] for row in rows[1:]) == ["Schreiben 0", "Schreiben 1", "Schreiben 2"]
    assert {row[1] for row in rows[1:]} == {"geändert"}
    clerk.post(reverse("job-abort", args=[job.uuid]))
    job.refresh_from_db()
    assert not job.abort_requested


def test_a_job_is_nobody_elses(
    clerk: Client, outsider: Client, story: Story, made: list[Document]
) -> None:
    clerk.post(address(story, auswahl=[made[0].uuid]), {"direction": "intern", "bestaetigt": "1"})
    job = Job.objects.get()
    assert job.title in text(clerk.get(reverse("jobs")).content)
    assert job.title not in text(outsider.get(reverse("jobs")).content)
    for name in ("job", "job-progress", "job-results"):
        assert outsider.get(reverse(name, args=[job.uuid])).status_code == 404
    for name in ("job-abort", "job-undo"):
        assert outsider.post(reverse(name, args=[job.uuid])).status_code == 404
    assert directions(made)[0] == "intern"


def test_a_job_can_be_aborted_before_it_began(
    clerk: Client, story: Story, made: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_views, "AT_ONCE", 0)
    where = address(story, auswahl=[d.uuid for d in made])
    clerk.post(where, {"direction": "intern", "bestaetigt": "1"})
    job = Job.objects.get()
    clerk.post(reverse("job-abort", args=[job.uuid]))
    tasks.continue_jobs()
    job.refresh_from_db()
    assert job.state == JobState.ABORTED
    assert directions(made) == [Direction.INCOMING] * 3


def test_files_are_handed_over_from_the_list(clerk: Client, story: Story) -> None:
    other = stories.social_file("4712")
    worker = personas.person(personas.CLERK_SOCIAL)
    chosen = [story.case_file.uuid, other.case_file.uuid]
    where = f"{reverse('case-files-change')}?{urlencode({'auswahl': chosen}, doseq=True)}"
    assert str(worker) in text(clerk.get(where).content)
    done = clerk.post(where, {"case_worker": worker.pk, "bestaetigt": "1"})
    assert done["Location"] == reverse("case-files")
    assert CaseFile.objects.filter(case_worker=worker).count() == 2
    stranger = personas.person(personas.CLERK_BUILDING)
    assert clerk.post(where, {"case_worker": stranger.pk}).status_code == 400


def test_who_only_reads_is_offered_no_bulk_work(story: Story) -> None:
    reader = logged_in(personas.ARCHIVE)
    assert not page(reader.get(reverse("case-files")).content).xpath('//input[@name="auswahl"]')


def table_of(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode()
    assert content.startswith(list_export.BOM)
    return list(csv.reader(io.StringIO(content.removeprefix(list_export.BOM)), delimiter=";"))


def test_the_file_list_as_csv_has_visible_rows_only(
    clerk: Client, outsider: Client, story: Story
) -> None:
    foreign = stories.building_file()
    rows = table_of(clerk.get(reverse("case-files-export", args=["csv"])))
    numbers = [row[0] for row in rows[1:]]
    assert numbers == [story.case_file.aktenzeichen]
    assert [
        r[0] for r in table_of(outsider.get(reverse("case-files-export", args=["csv"])))[1:]
    ] == [foreign.case_file.aktenzeichen]
    entry = AuditEntry.objects.filter(action="records.case_files.exported").latest("id")
    assert entry.actor_id == personas.person(personas.CLERK_BUILDING).pk


def test_documents_as_csv_follow_filter_and_order(
    clerk: Client, outsider: Client, story: Story, made: list[Document]
) -> None:
    Document.objects.filter(pk=made[0].pk).update(title="=WENN(1;2)")
    base = reverse("documents-export", args=[story.case_file.uuid, "csv"])
    rows = table_of(clerk.get(f"{base}?richtung=eingang&sortierung=betreff"))
    assert [row[0] for row in rows[1:]] == ["'=WENN(1;2)", "Schreiben 1", "Schreiben 2"]
    entry = AuditEntry.objects.filter(action="records.documents.exported").latest("id")
    assert (entry.object_id, list(entry.fields)) == (story.case_file.pk, ["richtung"])
    assert outsider.get(base).status_code == 404


def test_documents_as_ods_open_in_a_spreadsheet(
    clerk: Client, story: Story, made: list[Document]
) -> None:
    answer = clerk.get(reverse("documents-export", args=[story.case_file.uuid, "ods"]))
    assert answer["Content-Type"] == list_export.ODS_TYPE
    sheet = load(io.BytesIO(answer.content)).spreadsheet
    rows = [[extractText(c) for c in row.childNodes] for row in sheet.getElementsByType(TableRow)]
    assert rows[0][0] == "Betreff"
    assert {row[0] for row in rows[1:]} == {d.title for d in made} | {"Bescheid"}


def test_a_list_too_long_for_ods_says_so(
    clerk: Client, story: Story, made: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_export, "ODS_ROWS", 2)
    base = reverse("documents-export", args=[story.case_file.uuid, "ods"])
    assert clerk.get(base).status_code == 409
    assert clerk.get(f"{base[:-3]}pdf").status_code == 404
