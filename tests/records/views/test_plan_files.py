"""The file plan as a file in the browser: out, in with preview, back (A3, A4)."""

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goettingen_ecm.audit.models import AuditEntry
from records.models import FilePlan, FilePlanEntry
from tests import personas
from tests.access import world as w
from tests.records.views.conftest import logged_in

pytestmark = pytest.mark.usefixtures("quick_city")


@pytest.fixture
def registry() -> Client:
    return logged_in(personas.REGISTRY)


def plan() -> FilePlan:
    return FilePlan.objects.get(code="AP2026")


def upload(client: Client, data: bytes) -> Any:
    file = SimpleUploadedFile("plan.csv", data, content_type="text/csv")
    return client.post(address("file-plan-import"), {"file": file})


def address(name: str, *further: object) -> str:
    return reverse(name, args=[plan().pk, *further])


def take_over(client: Client, data: bytes) -> Any:
    sent = {"schritt": "uebernehmen", "inhalt": base64.b64encode(data).decode()}
    return client.post(address("file-plan-import"), sent, follow=True)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_a4_what_comes_out_goes_in_unchanged(registry: Client, encoding: str) -> None:
    exported = registry.get(address("file-plan-export", encoding))
    assert exported.headers["Content-Disposition"].startswith("attachment")
    entry = AuditEntry.objects.get(action="records.file_plan.exported")
    assert entry.object_id == plan().pk
    text = upload(registry, exported.content).content.decode()
    assert "Neu: 0" in text
    assert "Geändert: 0" in text
    assert "Übernehmen" not in text
    assert registry.get(address("file-plan-export", "latin-9")).status_code == 404


def test_preview_take_over_and_back(registry: Client) -> None:
    exported = registry.get(address("file-plan-export", "utf-8")).content.decode()
    data = (exported.replace("Wohngeld", "Wohngeld und Lasten") + "77;Kultur\r\n").encode()
    text = upload(registry, data).content.decode()
    assert "77 Kultur" in text
    assert "Bezeichnung: Wohngeld → Wohngeld und Lasten" in text
    assert not FilePlanEntry.objects.filter(code="77").exists()
    said = take_over(registry, data).content.decode()
    assert "1 neu, 1 geändert" in said
    assert w.entry("50.30").title == "Wohngeld und Lasten"
    operation = w.entry("77").history.get().operation_id
    registry.post(address("file-plan-import-undo", operation))
    assert w.entry("50.30").title == "Wohngeld"
    assert not FilePlanEntry.objects.filter(code="77").exists()


def test_problems_are_named_with_their_line(registry: Client) -> None:
    answer = upload(registry, b"Kennzeichen;Bezeichnung;Frist_Jahre\n50;Soziales;bald\n")
    assert "Zeile 2" in answer.content.decode()


@pytest.mark.parametrize("data", [b"a;b\n1;2", b"%PDF-1.7", b"x" * 1_400_001])
def test_what_is_no_plan_is_said_beside_the_field(registry: Client, data: bytes) -> None:
    assert upload(registry, data).status_code == 422


def test_a_broken_form_is_refused(registry: Client) -> None:
    sent = {"schritt": "uebernehmen", "inhalt": "???"}
    assert registry.post(address("file-plan-import"), sent).status_code == 400
