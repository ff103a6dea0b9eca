"""Clearing cases on the operator desk: look, retry, assign, dismiss, each exactly once (K3)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.models import Operation
from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome, Stage
from integrations.models import ClearingCase
from tests import personas
from tests.integrations.views.conftest import NIGHT, Desk
from tests.integrations.views.reading import (
    FOREIGN_CURSORS,
    chips_of,
    next_address,
    page,
    parsed,
    rows_of,
)

LIST = reverse("clearing-cases")
ACTIONS = ("clearing-retry", "clearing-assign", "clearing-dismiss")


def address(name: str, case: ClearingCase) -> str:
    return reverse(name, args=[case.uuid])


def unit() -> OrgUnit:
    return OrgUnit.objects.get(code="50.1")


def fields_for(name: str) -> dict[str, object]:
    """What a person fills in."""
    filled: dict[str, dict[str, object]] = {
        "clearing-retry": {},
        "clearing-assign": {"unit": "50.1"},
        "clearing-dismiss": {"reason": "Doppelt geliefert"},
    }
    return filled[name]


def entries(case: ClearingCase) -> list[str]:
    rows = AuditEntry.objects.filter(object_type="integrations.clearingcase", object_id=case.pk)
    return list(rows.order_by("id").values_list("action", flat=True))


class TestList:
    def test_open_cases_first(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        case = desk.case(delivery)
        desk.case(delivery, state=ClearingState.SOLVED)
        desk.case(delivery, state=ClearingState.DISMISSED)
        desk.case(delivery, state=ClearingState.DISMISSED)
        root = page(operator, LIST)
        (row,) = rows_of(root)
        assert "Organisationseinheit unbekannt" in row
        assert "eintraege[1].akte.oe" in row
        assert root.xpath(f'//a[@href="{address("clearing-case", case)}"]')
        chips = chips_of(root)
        assert list(chips) == ["offen1", "gelöst1", "verworfen2"]
        assert len(rows_of(page(operator, LIST + chips["verworfen2"]))) == 2

    def test_an_unknown_state_shows_the_open_ones(self, desk: Desk, operator: Client) -> None:
        desk.case(desk.delivery())
        assert len(rows_of(page(operator, LIST, stand="<b>"))) == 1

    def test_empty_lists_say_what_they_are(self, desk: Desk, operator: Client) -> None:
        assert "Nichts zu klären." in page(operator, LIST).text_content()
        solved = page(operator, LIST, stand=ClearingState.SOLVED).text_content()
        assert "Nichts zu klären." not in solved
        assert "Hier ist noch nichts." in solved

    def test_more_than_a_page(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        for number in range(60):
            desk.case(
                delivery,
                explanation=f"Fall-{number:02}",
                # Many at the same moment: a batch writes them together.
                created_at=NIGHT.replace(second=number // 20),
                state=ClearingState.DISMISSED,
            )
        first = page(operator, LIST, stand=ClearingState.DISMISSED)
        onward = next_address(first)
        assert onward is not None and "stand=dismissed" in onward
        last = page(operator, LIST + onward)
        found = re.findall(r"Fall-\d\d", " ".join(rows_of(first) + rows_of(last)))
        assert found == [f"Fall-{n:02}" for n in range(59, -1, -1)]

    def test_foreign_cursors_begin_anew(self, desk: Desk, operator: Client) -> None:
        desk.case(desk.delivery())
        for cursor in FOREIGN_CURSORS:
            assert len(rows_of(page(operator, LIST, nach=cursor))) == 1, cursor

    def test_queries_do_not_grow_with_rows(
        self, desk: Desk, operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        desk.case(desk.delivery())
        page(operator, LIST)
        with django_assert_max_num_queries(12) as few:
            page(operator, LIST)
        for _n in range(20):
            desk.case(desk.delivery())
        with django_assert_max_num_queries(12) as many:
            page(operator, LIST)
        assert len(few) == len(many)


class TestDetail:
    def test_technical_facts(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        case = desk.case(delivery)
        case.item.files = [{"name": "D-1_1.pdf"}, {"name": "D-1_2.pdf"}]
        case.item.message_id, case.item.action = "N-77", "anlegen"
        case.item.save()
        root = page(operator, address("clearing-case", case))
        text = " ".join(root.text_content().split())
        for fact in ("OPEN/PROSOZ", "nacht-001", "N-77", "anlegen", "D-1_1.pdf, D-1_2.pdf"):
            assert fact in text
        assert root.xpath(f'//dd/a[@href="{reverse("delivery", args=[delivery.uuid])}"]')

    def test_what_is_offered(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        offered = {
            reason: offers(operator, desk.case(delivery, reason))
            for reason in (
                ClearingReason.UNKNOWN_UNIT,
                ClearingReason.FILE_MISSING,
                ClearingReason.FILE_SURPLUS,
            )
        }
        assert offered == {
            ClearingReason.UNKNOWN_UNIT: {*ACTIONS},
            ClearingReason.FILE_MISSING: {"clearing-retry", "clearing-dismiss"},
            ClearingReason.FILE_SURPLUS: {"clearing-dismiss"},
        }

    @pytest.mark.parametrize("state", [ClearingState.SOLVED, ClearingState.DISMISSED])
    def test_closed_cases_offer_nothing_and_say_how_they_ended(
        self, desk: Desk, operator: Client, state: str
    ) -> None:
        case = desk.case(
            desk.delivery(), state=state, resolution="Doppelt geliefert", closed_at=NIGHT
        )
        assert offers(operator, case) == set()
        text = page(operator, address("clearing-case", case)).text_content()
        assert ": Doppelt geliefert" in text

    def test_a_case_tried_again_just_now(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery(DeliveryState.PROCESSING))
        operator.post(address("clearing-retry", case))
        assert offers(operator, case) == set()
        text = page(operator, address("clearing-case", case)).text_content()
        assert "wird gerade erneut verarbeitet" in text


def offers(client: Client, case: ClearingCase) -> set[str]:
    root = page(client, address("clearing-case", case))
    actions = set(root.xpath("//main//form/@action"))
    return {name for name in ACTIONS if address(name, case) in actions}


class TestActing:
    def test_retry(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        answer = operator.post(address("clearing-retry", case))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("delivery", args=[case.item.delivery.uuid])
        case.refresh_from_db()
        assert (case.item.outcome, case.item.stage) == (Outcome.OPEN, Stage.RECEIVED)
        assert case.item.delivery.state == DeliveryState.PROCESSING
        assert entries(case) == ["integrations.clearing.retried"]
        shown = page(operator, answer["Location"]).text_content()
        assert "Der Eintrag wird erneut verarbeitet." in shown

    def test_assign(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        answer = operator.post(address("clearing-assign", case), fields_for("clearing-assign"))
        assert answer.status_code == 302
        case.item.refresh_from_db()
        assert case.item.assigned == {"unit": unit().pk}
        assert entries(case) == ["integrations.clearing.assigned"]

    def test_dismiss(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        answer = operator.post(address("clearing-dismiss", case), {"reason": " Doppelt "})
        assert (answer.status_code, answer["Location"]) == (302, LIST)
        case.refresh_from_db()
        assert (case.state, case.resolution) == (ClearingState.DISMISSED, "Doppelt")
        assert case.closed_by_id == personas.person(personas.ADMINISTRATION).pk
        assert entries(case) == ["integrations.clearing.dismissed"]

    def test_the_operation_names_the_person(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        operator.post(address("clearing-retry", case))
        entry = AuditEntry.objects.get(object_id=case.pk, action="integrations.clearing.retried")
        person = personas.person(personas.ADMINISTRATION).pk
        assert entry.actor_id == person
        operation = Operation.objects.get(actor_id=person, verb="clearing.retry")
        assert entry.operation_id == operation.pk

    @pytest.mark.parametrize(
        ("name", "fields", "label", "message"),
        [
            ("clearing-assign", {}, "unit", "Dieses Feld ist zwingend erforderlich."),
            ("clearing-assign", {"unit": "0"}, "unit", "Keine Einheit, die heute besteht"),
            ("clearing-assign", {"unit": "x"}, "unit", "Keine Einheit, die heute besteht"),
            ("clearing-dismiss", {}, "reason", "Dieses Feld ist zwingend erforderlich."),
            ("clearing-dismiss", {"reason": "   "}, "reason", "Dieses Feld ist zwingend"),
            ("clearing-dismiss", {"reason": "x" * 301}, "reason", "höchstens 300 Zeichen"),
        ],
    )
    def test_an_invalid_form_is_422_with_the_error_at_the_field(
        self,
        desk: Desk,
        operator: Client,
        name: str,
        fields: dict[str, str],
        label: str,
        message: str,
    ) -> None:
        case = desk.case(desk.delivery())
        answer = operator.post(address(name, case), fields)
        assert answer.status_code == 422
        root = parsed(answer.content)
        (field,) = root.xpath(f'//main//*[@name="{label}"]')
        assert field.get("aria-invalid") == "true"
        described = [root.get_element_by_id(i) for i in field.get("aria-describedby").split()]
        assert message in " ".join(one.text_content() for one in described)
        case.refresh_from_db()
        assert (case.state, case.item.outcome) == (ClearingState.OPEN, Outcome.CLEARING)
        assert entries(case) == []

    def test_what_was_typed_is_kept(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        answer = operator.post(address("clearing-dismiss", case), {"reason": "y" * 301})
        (field,) = parsed(answer.content).xpath('//main//*[@name="reason"]')
        assert (field.get("value") or field.text) == "y" * 301


class TestTwice:
    """A second click, another person's click, a stale page: 409 and nothing happens again."""

    @pytest.mark.parametrize("first", ACTIONS)
    def test_the_second_click(self, desk: Desk, operator: Client, first: str) -> None:
        case = desk.case(desk.delivery())
        assert operator.post(address(first, case), fields_for(first)).status_code == 302
        case.refresh_from_db()
        before = (case.state, case.resolution, case.closed_at, case.item.assigned)
        logged = entries(case)
        for second in ACTIONS:
            answer = operator.post(address(second, case), fields_for(second))
            assert answer.status_code == 409
            assert "schon erledigt oder in Arbeit" in answer.content.decode()
        case.refresh_from_db()
        assert (case.state, case.resolution, case.closed_at, case.item.assigned) == before
        assert entries(case) == logged
        assert len(logged) == 1

    def test_a_surplus_file_has_nothing_to_retry(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery(), ClearingReason.FILE_SURPLUS)
        answer = operator.post(address("clearing-retry", case))
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "Eine Datei ohne Eintrag im Index lässt sich nicht verarbeiten." in text
        assert "Bitten Sie das Fachverfahren um eine neue Lieferung." in text
        assert entries(case) == []


class TestWho:
    def test_the_registry_may_too(self, desk: Desk, browser: Callable[[str], Client]) -> None:
        case = desk.case(desk.delivery())
        client = browser(personas.REGISTRY)
        assert client.post(address("clearing-retry", case)).status_code == 302

    def test_others_read_who_can_help_and_change_nothing(
        self, desk: Desk, browser: Callable[[str], Client]
    ) -> None:
        case = desk.case(desk.delivery())
        client = browser(personas.CLERK_SOCIAL)
        for name in ACTIONS:
            answer = client.post(address(name, case), fields_for(name))
            assert answer.status_code == 403
            assert "betreut die Fachadministration" in answer.content.decode()
        assert entries(case) == []

    def test_looking_never_acts(self, desk: Desk, operator: Client) -> None:
        case = desk.case(desk.delivery())
        for name in ACTIONS:
            assert operator.get(address(name, case)).status_code == 405
        assert entries(case) == []
