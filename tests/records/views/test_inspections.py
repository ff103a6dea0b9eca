"""Akteneinsicht at the desk: form, page, PDF, note, list."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job
from records.choices import DocumentStatus
from records.models import Document, Inspection
from tests.stories import Story


def text(response: Any) -> str:
    return str(response.content.decode())


def typed(story: Story, **others: str) -> dict[str, str]:
    usual = {"requester": "RA Beispiel", "ground": "§ 25 SGB X", "requested_on": "heute"}
    return usual | {"dokument": str(story.document.uuid)} | others


@pytest.fixture
def asked(clerk: Client, story: Story) -> Inspection:
    url = reverse("inspection-new", args=[story.case_file.uuid])
    clerk.post(url, typed(story, due_on="+14", fee_note="12 Euro"))
    for job in Job.objects.all():
        while jobs.run_batch(job.pk):
            pass
    return Inspection.objects.get()


def test_d5_a_request_gives_a_pdf_to_take_and_a_note(
    clerk: Client, story: Story, asked: Inspection
) -> None:
    page = reverse("inspection", args=[asked.uuid])
    assert "PDF herunterladen" in text(clerk.get(page))
    taken = clerk.get(reverse("inspection-pdf", args=[asked.uuid]))
    assert b"".join(taken).startswith(b"%PDF")
    assert "attachment" in taken["Content-Disposition"]
    assert AuditEntry.objects.filter(action="records.inspection.taken").count() == 1
    listed = reverse("inspections-open")
    assert "RA Beispiel" in text(clerk.get(listed))
    sent = {"granted_to": "RA Beispiel", "granted_on": "heute", "row_version": "1"}
    assert clerk.post(page, sent).status_code == 302
    assert "RA Beispiel" not in text(clerk.get(listed))
    assert clerk.post(page, sent).status_code == 409


def test_a_document_left_out_without_a_reason_is_asked_for(clerk: Client, story: Story) -> None:
    url = reverse("inspection-new", args=[story.case_file.uuid])
    answer = clerk.post(url, typed(story) | {"dokument": ""})
    assert answer.status_code == 422 and "mindestens ein Dokument" in text(answer)
    assert "RA Beispiel" in text(answer)
    assert not Inspection.objects.exists()


def test_the_pdf_is_kept_back_once_a_document_left_the_file(
    clerk: Client, story: Story, asked: Inspection
) -> None:
    Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.MISFILED)
    assert clerk.get(reverse("inspection-pdf", args=[asked.uuid])).status_code == 409
    page = text(clerk.get(reverse("inspection", args=[asked.uuid])))
    assert "nicht mehr in der Akte" in page and "Bescheid" not in page


def test_the_day_of_the_request_is_kept(asked: Inspection) -> None:
    assert (asked.requested_on, asked.fee_note) == (clock.today(), "12 Euro")
    assert (asked.due_on - asked.requested_on).days == 14  # type: ignore[operator]


def test_others_do_not_know_of_it(outsider: Client, asked: Inspection) -> None:
    for name in ("inspection", "inspection-pdf"):
        assert outsider.get(reverse(name, args=[asked.uuid])).status_code == 404
