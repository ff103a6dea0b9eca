"""The operator desk: list, sums, progress, entries of a delivery."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import DjangoAssertNumQueries

from integrations.choices import DeliveryState, Outcome, Stage
from integrations.models import Delivery
from integrations.selectors import DeliverySum
from tests import stories
from tests.integrations.views.conftest import NIGHT, Desk
from tests.integrations.views.reading import (
    FOREIGN_CURSORS,
    chips_of,
    next_address,
    page,
    rows_of,
)

LIST = reverse("deliveries")


def detail(delivery: Delivery) -> str:
    return reverse("delivery", args=[delivery.uuid])


SUMS = {
    (0, 0, 0, 0): "0 = 0 abgelegt",
    (1, 0, 0, 0): "1 = 1 abgelegt",
    (211, 2, 1, 0): "214 = 211 abgelegt + 2 Dubletten + 1 Klärungsfall",
    (0, 1, 0, 0): "1 = 0 abgelegt + 1 Dublette",
    (0, 0, 2, 0): "2 = 0 abgelegt + 2 Klärungsfälle",
    (0, 0, 0, 3): "3 = 0 abgelegt + 3 in Arbeit",
    (5, 1, 1, 1): "8 = 5 abgelegt + 1 Dublette + 1 Klärungsfall + 1 in Arbeit",
    (12_345, 0, 1_000, 0): "13.345 = 12.345 abgelegt + 1.000 Klärungsfälle",
}


@pytest.mark.parametrize("counts", SUMS, ids=str)
def test_k4_the_sum_reads_as_german(counts: tuple[int, int, int, int]) -> None:
    filed, duplicates, clearing, in_work = counts
    found = DeliverySum(sum(counts), filed, duplicates, clearing, in_work, 0)
    assert found.text == SUMS[counts]


class TestList:
    def test_it_shows_every_delivery_with_its_sum(self, desk: Desk, operator: Client) -> None:
        done = desk.delivery()
        desk.items(done, Outcome.FILED, 3)
        desk.items(done, Outcome.DUPLICATE)
        desk.case(done)
        running = desk.delivery(DeliveryState.PROCESSING)
        desk.items(running, Outcome.OPEN, 2)
        root = page(operator, LIST)
        first, second = rows_of(root)
        assert "nacht-002" in first
        assert "wird verarbeitet 2 = 0 abgelegt + 2 in Arbeit" in first
        assert "5 = 3 abgelegt + 1 Dublette + 1 Klärungsfall" in second
        assert root.xpath(f'//a[@href="{detail(done)}"]')
        assert "1 Klärungsfall wartet" in root.text_content()

    def test_a_rejected_delivery_says_why(self, desk: Desk, operator: Client) -> None:
        desk.delivery(DeliveryState.REJECTED, problem="index.json ist keine JSON-Datei.")
        (row,) = rows_of(page(operator, LIST))
        assert "zurückgewiesen index.json ist keine JSON-Datei." in row

    def test_none_yet_says_what_to_do(self, desk: Desk, operator: Client) -> None:
        text = page(operator, LIST).text_content()
        assert "Noch keine Lieferung." in text
        assert "Übergabeordner" in text

    def test_more_than_a_page_is_turned_without_gap_or_repetition(
        self, desk: Desk, operator: Client
    ) -> None:
        for _n in range(60):
            desk.delivery()
        # Two of them at the very same moment, on both sides of the page's end.
        Delivery.objects.filter(name__in=["nacht-010", "nacht-011"]).update(
            received_at=NIGHT + timedelta(minutes=10, seconds=30)
        )
        first = page(operator, LIST)
        assert len(rows_of(first)) == 50
        address = next_address(first)
        assert address is not None
        last = page(operator, LIST + address)
        names = re.findall(r"nacht-\d{3}", " ".join(rows_of(first) + rows_of(last)))
        assert names == [f"nacht-{n:03}" for n in range(60, 0, -1)]
        assert next_address(last) is None

    def test_exactly_a_page_has_no_next(self, desk: Desk, operator: Client) -> None:
        for _n in range(50):
            desk.delivery()
        assert next_address(page(operator, LIST)) is None

    def test_foreign_cursors_begin_anew(self, desk: Desk, operator: Client) -> None:
        desk.delivery()
        for cursor in FOREIGN_CURSORS:
            assert len(rows_of(page(operator, LIST, nach=cursor))) == 1, cursor

    def test_queries_do_not_grow_with_rows(
        self, desk: Desk, operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _n in range(3):
            desk.case(desk.delivery())
        page(operator, LIST)
        with django_assert_max_num_queries(12) as few:
            page(operator, LIST)
        for _n in range(30):
            desk.case(desk.delivery())
        with django_assert_max_num_queries(12) as many:
            page(operator, LIST)
        assert len(few) == len(many)

    def test_names_are_escaped(self, desk: Desk, operator: Client) -> None:
        desk.delivery(name="<script>alert(1)</script>", problem="<b>fett</b>")
        content = operator.get(LIST).content.decode()
        assert "<script>alert" not in content
        assert "<b>fett" not in content


class TestDetail:
    def test_entries_in_delivered_order_with_their_outcome(
        self, desk: Desk, operator: Client
    ) -> None:
        delivery = desk.delivery(mandant="0101")
        desk.items(delivery, Outcome.FILED, action="anlegen", object_version="2")
        desk.items(delivery, Outcome.DUPLICATE, notice="Schon geliefert")
        case = desk.case(delivery)
        root = page(operator, detail(delivery))
        filed, duplicate, clearing = rows_of(root)
        assert filed.split() == ["1", "D-1", "Fassung", "2", "anlegen", "fertig", "abgelegt"]
        assert "Dublette" in duplicate and "Schon geliefert" in duplicate
        assert "Klärungsfall" in clearing
        assert root.xpath(f'//a[@href="{reverse("clearing-case", args=[case.uuid])}"]')
        assert "3 = 1 abgelegt + 1 Dublette + 1 Klärungsfall" in root.text_content()
        assert "Mandant 0101" in root.text_content()

    def test_chips_filter_and_count(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery(DeliveryState.PROCESSING)
        desk.items(delivery, Outcome.FILED, 3)
        desk.items(delivery, Outcome.DUPLICATE, 2)
        desk.case(delivery)
        desk.items(delivery, Outcome.OPEN, 4)
        chips = chips_of(page(operator, detail(delivery)))
        shown = {label: len(rows_of(page(operator, address))) for label, address in chips.items()}
        assert shown == {
            "Alle10": 10,
            "abgelegt3": 3,
            "Dubletten2": 2,
            "Klärungsfälle1": 1,
            "in Arbeit4": 4,
        }

    def test_a_finished_delivery_offers_no_work(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        desk.items(delivery, Outcome.FILED)
        assert not any("in Arbeit" in chip for chip in chips_of(page(operator, detail(delivery))))

    def test_more_than_a_page_keeps_the_filter(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        for _n in range(60):
            desk.items(delivery, Outcome.FILED)
            desk.items(delivery, Outcome.DUPLICATE)
        address = detail(delivery)
        first = page(operator, address, ergebnis="duplicate")
        onward = next_address(first)
        assert onward is not None and "ergebnis=duplicate" in onward
        last = page(operator, address + onward)
        positions = [int(row.split()[0].replace(".", "")) for row in rows_of(first) + rows_of(last)]
        assert positions == list(range(2, 121, 2))

    def test_nonsense_in_the_address(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery()
        desk.items(delivery, Outcome.FILED)
        for query in (
            {"nach": "abc"},
            {"nach": "-1"},
            {"nach": "²"},
            {"nach": "9" * 400},
            {"ergebnis": "<b>"},
        ):
            assert len(rows_of(page(operator, detail(delivery), **query))) == 1, query

    @pytest.mark.parametrize(
        ("state", "text"),
        [
            (DeliveryState.REJECTED, "Die Lieferung wurde zurückgewiesen"),
            (DeliveryState.RECEIVING, "Die Einträge werden gerade gelesen."),
            (DeliveryState.DONE, "Die Lieferung hat keine Einträge."),
        ],
    )
    def test_no_entries_says_why(self, desk: Desk, operator: Client, state: str, text: str) -> None:
        assert text in page(operator, detail(desk.delivery(state))).text_content()

    def test_the_problem_of_a_rejected_delivery(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery(DeliveryState.REJECTED, problem="Der Kopf nennt kein Verfahren.")
        root = page(operator, detail(delivery))
        (alert,) = root.xpath('//*[@id="stand"]//div[contains(@class, "desk-alert")]')
        assert "Der Kopf nennt kein Verfahren." in alert.text_content()

    def test_unknown_is_404(self, desk: Desk, operator: Client) -> None:
        nowhere = "00000000-0000-4000-8000-000000000000"
        for name in ("delivery", "delivery-progress", "clearing-case"):
            assert operator.get(reverse(name, args=[nowhere])).status_code == 404

    def test_queries_do_not_grow_with_rows(
        self, desk: Desk, operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        delivery = desk.delivery()
        desk.case(delivery)
        page(operator, detail(delivery))
        with django_assert_max_num_queries(12) as few:
            page(operator, detail(delivery))
        for _n in range(20):
            desk.case(delivery)
        with django_assert_max_num_queries(12) as many:
            page(operator, detail(delivery))
        assert len(few) == len(many)


class TestProgress:
    def fragment(self, client: Client, delivery: Delivery) -> html.HtmlElement:
        answer = client.get(reverse("delivery-progress", args=[delivery.uuid]))
        assert answer.status_code == 200
        assert b"<html" not in answer.content
        return html.fragment_fromstring(answer.content.decode().strip())

    def test_a_running_delivery_asks_again(self, desk: Desk, operator: Client) -> None:
        delivery = desk.delivery(DeliveryState.PROCESSING, total=10)
        desk.items(delivery, Outcome.FILED, 4)
        desk.items(delivery, Outcome.FILED, 1, stage=Stage.EXTRACTED)
        desk.items(delivery, Outcome.OPEN, 5)
        root = self.fragment(operator, delivery)
        assert root.get("id") == "stand"
        assert root.get("hx-get") == reverse("delivery-progress", args=[delivery.uuid])
        assert "4" in root.xpath("string(.//progress/@value)") or "40" in root.text_content()
        assert "10 = 5 abgelegt + 5 in Arbeit" in root.text_content()

    @pytest.mark.parametrize("state", [DeliveryState.DONE, DeliveryState.REJECTED])
    def test_an_ended_one_does_not(self, desk: Desk, operator: Client, state: str) -> None:
        assert (
            self.fragment(operator, desk.delivery(state, finished_at=NIGHT)).get("hx-get") is None
        )


class TestWhoseFile:
    def test_s3_the_number_of_a_file_only_for_those_who_may_see_it(
        self, desk: Desk, operator: Client
    ) -> None:
        social, garage = stories.social_file(), stories.building_file()
        delivery = desk.delivery()
        for story in (social, garage):
            desk.items(delivery, Outcome.FILED, case_file=story.case_file, document=story.document)
        root = page(operator, detail(delivery))
        assert all("geschützt" in row for row in rows_of(root))
        content = html.tostring(root).decode()
        for story in (social, garage):
            assert story.case_file.aktenzeichen not in content
            assert str(story.case_file.uuid) not in content
