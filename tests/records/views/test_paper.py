"""The paper part at the desk: page, facts, list, card, export."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations import clock
from records.choices import Medium
from records.models import CaseFile, PaperLoan
from records.services.paper_loans import PaperPart, request_papers, set_paper_parts
from tests import personas, stories
from tests.access import world as w
from tests.records.views.conftest import logged_in
from tests.stories import Story


def text(response: Any) -> str:
    return str(response.content.decode())


def address(story: Story) -> str:
    return reverse("case-file-paper", args=[story.case_file.uuid])


@pytest.fixture
def placed(story: Story) -> Story:
    clerk = w.acting(personas.person(personas.CLERK_SOCIAL))
    set_paper_parts({story.case_file.pk: PaperPart(Medium.HYBRID, "Regal 12, Fach 3")}, clerk)
    story.case_file.refresh_from_db()
    return story


@pytest.fixture
def head(quick_city: None) -> Client:
    return logged_in(personas.HEAD_SOCIAL)


def asked(story: Story) -> PaperLoan:
    head = w.acting(personas.person(personas.HEAD_SOCIAL))
    [loan] = request_papers({story.case_file.pk: "Rechnungsprüfung"}, head)
    return loan


def lent(client: Client, loan: PaperLoan, due_on: str = "+14") -> Any:
    sent = {f"a{loan.pk}-due_on": due_on, f"a{loan.pk}-row_version": loan.row_version}
    return client.post(reverse("paper-hand-out", args=[loan.uuid]), sent, follow=True)


def test_the_place_is_entered_and_stands_in_the_head(clerk: Client, story: Story) -> None:
    file_page = reverse("case-file", args=[story.case_file.uuid])
    assert "Papierteil:" not in text(clerk.get(file_page))
    sent = {
        "medium": "hybrid",
        "paper_location": "Keller, Regal 4",
        "row_version": story.case_file.row_version,
    }
    assert "ist gespeichert" in text(clerk.post(address(story), sent, follow=True))
    assert "Papierteil: Keller, Regal 4" in text(clerk.get(file_page))
    history = text(clerk.get(reverse("case-file-history", args=[story.case_file.uuid])))
    assert "Verbleib des Papierteils: – → Keller, Regal 4" in history


def test_bad_places_stay_in_the_form(clerk: Client, story: Story) -> None:
    sent = {"medium": "hybrid", "paper_location": "", "row_version": 1}
    answer = clerk.post(address(story), sent)
    assert answer.status_code == 422
    assert "wo das Papier steht" in text(answer)
    long = clerk.post(address(story), sent | {"paper_location": "Regal " * 50})
    assert long.status_code == 422
    assert "Regal Regal" in text(long)
    assert clerk.post(address(story), sent | {"medium": "stein"}).status_code == 422
    assert CaseFile.objects.get(pk=story.case_file.pk).medium == Medium.ELECTRONIC


def test_a_stale_form_keeps_what_was_typed(clerk: Client, placed: Story) -> None:
    sent = {"medium": "papier", "paper_location": "Mein Regal", "row_version": 1}
    answer = clerk.post(address(placed), sent)
    assert answer.status_code == 409
    assert "Mein Regal" in text(answer)
    assert CaseFile.objects.get(pk=placed.case_file.pk).paper_location == "Regal 12, Fach 3"


def test_request_hand_out_and_return(clerk: Client, head: Client, placed: Story) -> None:
    ask = reverse("paper-request", args=[placed.case_file.uuid])
    assert "ist angefordert" in text(head.post(ask, {"purpose": "Prüfung"}, follow=True))
    loan = PaperLoan.objects.get()
    assert "Prüfung" in text(clerk.get(address(placed)))
    again = head.post(ask, {"purpose": "Prüfung"})
    assert again.status_code == 409
    assert "schon angefordert" in text(again)
    assert "ausgegeben, zurück bis" in text(lent(clerk, loan))
    facts = text(clerk.get(reverse("case-file", args=[placed.case_file.uuid])))
    assert "Papierteil bei" in facts
    loan.refresh_from_db()
    back = reverse("paper-return", args=[loan.uuid])
    done = clerk.post(back, {"row_version": loan.row_version}, follow=True)
    assert "ist zurückgenommen" in text(done)
    twice = clerk.post(back, {})
    assert twice.status_code == 409
    assert "zurück" in text(twice)
    assert "Frühere Ausleihen" in text(clerk.get(address(placed)))
    history = text(clerk.get(reverse("case-file-history", args=[placed.case_file.uuid])))
    for said in ("angefordert", "ausgegeben", "zurückgenommen"):
        assert f"hat den Papierteil {said}" in history


@pytest.mark.parametrize("typed", ["gestern", "irgendwann", "", "31.02.2027", "31.12.9999"])
def test_bad_days_are_said_at_the_field(clerk: Client, placed: Story, typed: str) -> None:
    loan = asked(placed)
    answer = lent(clerk, loan, typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in text(answer) or not typed
    assert PaperLoan.objects.get().handed_out_at is None


def test_outsiders_find_nothing(outsider: Client, placed: Story) -> None:
    loan = asked(placed)
    assert outsider.get(address(placed)).status_code == 404
    for name in ("paper-hand-out", "paper-return", "paper-withdraw"):
        assert outsider.post(reverse(name, args=[loan.uuid])).status_code == 404
    assert outsider.post(reverse("paper-request", args=[placed.case_file.uuid])).status_code == 404
    assert placed.case_file.aktenzeichen not in text(outsider.get(reverse("paper-loans")))


def test_the_list_is_filtered_and_exported(clerk: Client, placed: Story) -> None:
    loan = asked(placed)
    lent(clerk, loan)
    PaperLoan.objects.update(due_on=clock.today() - timedelta(days=3))
    page = text(clerk.get(reverse("paper-loans"), {"stand": "ueberfaellig"}))
    assert placed.case_file.aktenzeichen in page
    assert "überfällig" in page
    for other in ("angefordert", "ueberfaellig' OR 1=1"):
        shown = text(clerk.get(reverse("paper-loans"), {"stand": other}))
        assert (placed.case_file.aktenzeichen in shown) == (other != "angefordert")
    answer: Any = clerk.get(reverse("paper-loans-export", args=["csv"]))
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Aktenzeichen;") or rows[0].startswith('"Aktenzeichen"')
    assert "überfällig" in rows[1] and "Rechnungsprüfung" in rows[1]
    assert clerk.get(reverse("paper-loans-export", args=["ods"])).status_code == 200
    assert clerk.get(reverse("paper-loans-export", args=["exe"])).status_code == 404


def test_the_registry_is_told_on_its_start_page(clerk: Client) -> None:
    # Before the file is opened: its scope names the roles its unit has then.
    accounts.give_role(personas.person(personas.REGISTRY), w.unit("50.1"), Role.REGISTRY)
    placed = stories.social_file()
    actor = w.acting(personas.person(personas.CLERK_SOCIAL))
    set_paper_parts({placed.case_file.pk: PaperPart(Medium.HYBRID, "Regal 12")}, actor)
    registry = logged_in(personas.REGISTRY)
    assert "Papierakten" not in text(registry.get("/"))
    asked(placed)
    page = text(registry.get("/"))
    assert "Papierakten" in page
    assert placed.case_file.aktenzeichen in page
    lent(clerk, PaperLoan.objects.get())
    assert "Papierakten" not in text(registry.get("/"))
    PaperLoan.objects.update(due_on=clock.today() - timedelta(days=1))
    assert "überfällig" in text(registry.get("/"))
