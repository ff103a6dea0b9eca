"""Closing, lifting, retention events and holds in the browser session of a clerk and a head."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from records.choices import CaseFileStatus, RetentionStart
from records.models import CaseFile, FilePlanEntry, Hold, Matter
from tests import personas
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def head(quick_city: None) -> Client:
    return logged_in(personas.HEAD_SOCIAL)


def at(name: str, one: CaseFile | Matter | Hold) -> str:
    return reverse(name, args=[one.uuid])


def close(client: Client, story: Story, **more: str) -> int:
    version = CaseFile.objects.get(pk=story.case_file.pk).row_version
    data = {"row_version": str(version), **more}
    return client.post(at("case-file-close", story.case_file), data).status_code


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_r1_closing_from_checklist_to_head_fact(clerk: Client, story: Story) -> None:
    FilePlanEntry.objects.filter(code="50.10").update(retention_years=10)
    page = text_of(clerk, at("case-file-closing", story.case_file))
    assert "Offene Vorgänge: 1" in page
    assert "Entwürfe: keine" in page
    assert close(clerk, story) == 409
    answer = clerk.post(
        at("case-file-close", story.case_file),
        {"row_version": story.case_file.row_version, "with_open_matters": "on"},
        follow=True,
    )
    assert "Die Akte ist z. d. A. verfügt." in answer.content.decode()
    shown = text_of(clerk, at("case-file", story.case_file))
    end = f"31.12.{clock.today().year + 10}"
    assert f"z. d. A. {german.short_date(clock.today())}, Aufbewahrung bis {end}" in shown
    assert "Dokument ablegen" not in shown
    assert "Abschluss und Fristen" in shown


def test_a_clerk_is_not_offered_to_lift_and_a_head_needs_a_reason(
    clerk: Client, head: Client, story: Story
) -> None:
    close(clerk, story, with_open_matters="on")
    address = at("case-file-reopen", story.case_file)
    assert address not in text_of(clerk, at("case-file-closing", story.case_file))
    version = CaseFile.objects.get(pk=story.case_file.pk).row_version
    assert clerk.post(address, {"reason": "X", "row_version": version}).status_code == 403
    assert head.post(address, {"reason": " ", "row_version": version}).status_code == 422
    stale = head.post(address, {"reason": "Nachtrag fehlt", "row_version": version - 1})
    assert stale.status_code == 409
    assert "Nachtrag fehlt" in stale.content.decode()
    head.post(address, {"reason": "Nachtrag fehlt", "row_version": version})
    assert CaseFile.objects.get(pk=story.case_file.pk).status == CaseFileStatus.ACTIVE


def test_a_matter_is_closed_and_lifted(clerk: Client, head: Client, story: Story) -> None:
    matter = story.matter
    page = text_of(clerk, at("matter-closing", matter))
    assert "Vorgang z. d. A. verfügen" in page
    data = {"row_version": matter.row_version}
    assert clerk.post(at("matter-close", matter), data).status_code == 302
    assert clerk.post(at("matter-close", matter), data).status_code == 409
    matter.refresh_from_db()
    assert matter.status == CaseFileStatus.CLOSED
    lift = {"row_version": str(matter.row_version), "reason": "Nachtrag"}
    assert head.post(at("matter-reopen", matter), lift).status_code == 302
    matter.refresh_from_db()
    assert matter.status == CaseFileStatus.ACTIVE


def test_r2_the_event_is_entered_where_the_rule_asks_for_one(clerk: Client, story: Story) -> None:
    address = at("case-file-closing", story.case_file)
    assert "event_on" not in text_of(clerk, address)
    FilePlanEntry.objects.filter(code="50.10").update(
        retention_years=10, retention_start=RetentionStart.FINALITY
    )
    assert "Rechtskraft am" in text_of(clerk, address)
    post = at("case-file-retention-event", story.case_file)
    version = story.case_file.row_version
    wrong = clerk.post(post, {"event_on": "bald", "row_version": version})
    assert (wrong.status_code, "bald" in wrong.content.decode()) == (422, True)
    assert clerk.post(post, {"event_on": "1.5.2026", "row_version": version}).status_code == 302
    close(clerk, story, with_open_matters="on")
    assert "Rechtskraft 01.05.2026 → Fristbeginn 01.01.2027" in text_of(clerk, address)


def hold_data(story: Story, **more: str) -> dict[str, object]:
    owner = personas.person(personas.CLERK_SOCIAL).pk
    data: dict[str, object] = {"kind": "rechtsstreit", "reason": "Klage", "owner": owner}
    return data | {"review_on": "+7"} | more


def test_r6_a_hold_stands_in_the_head_and_on_the_start_page(clerk: Client, story: Story) -> None:
    address = at("case-file-holds", story.case_file)
    assert "keine Löschsperre" in text_of(clerk, address)
    assert clerk.post(address, hold_data(story)).status_code == 302
    assert "Löschsperre: Rechtsstreit" in text_of(clerk, at("case-file", story.case_file))
    assert "Löschsperren überprüfen" in text_of(clerk, reverse("start"))
    hold = Hold.objects.get()
    version = {"row_version": hold.row_version}
    assert clerk.post(at("hold-review", hold), version | {"review_on": "+90"}).status_code == 302
    assert "Löschsperren überprüfen" not in text_of(clerk, reverse("start"))
    lift = {"grund-row_version": "1", "grund-reason": "Urteil"}
    stale = clerk.post(at("hold-lift", hold), lift)
    assert (stale.status_code, "Urteil" in stale.content.decode()) == (409, True)
    assert clerk.post(at("hold-lift", hold), lift | {"grund-row_version": "2"}).status_code == 302
    page = text_of(clerk, address)
    assert "Aufgehoben" in page
    assert "Urteil" in page


@pytest.mark.parametrize("field", ["reason", "review_on", "kind", "owner"])
def test_r6_what_is_missing_is_said_and_the_rest_kept(
    clerk: Client, story: Story, field: str
) -> None:
    data = hold_data(story, reason="Klage vor dem SG") | {field: ""}
    answer = clerk.post(at("case-file-holds", story.case_file), data)
    assert answer.status_code == 422
    assert not Hold.objects.exists()
    assert ("Klage vor dem SG" in answer.content.decode()) == (field != "reason")


def test_strangers_find_nothing(outsider: Client, clerk: Client, story: Story) -> None:
    clerk.post(at("case-file-holds", story.case_file), hold_data(story))
    hold = Hold.objects.get()
    for name, one in (
        ("case-file-close", story.case_file),
        ("case-file-reopen", story.case_file),
        ("case-file-holds", story.case_file),
        ("matter-close", story.matter),
        ("hold-lift", hold),
        ("hold-review", hold),
    ):
        assert outsider.post(at(name, one)).status_code == 404
    assert hold.review_on == clock.today() + timedelta(days=7)
