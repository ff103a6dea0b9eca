"""Mailboxes on the operator desk: sums, what is wrong, no word of any letter."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from integrations.choices import MailOutcome
from integrations.models import Mailbox, MailboxMessage
from tests.integrations.views.reading import next_address, page, rows_of


@pytest.fixture
def box(quick_city: None) -> Mailbox:
    return Mailbox.objects.create(
        code="wohngeld",
        name="Wohngeldstelle",
        host="mail.example",
        user_name="wohngeld",
        unit=OrgUnit.objects.get(code="50.1"),
    )


def message(box: Mailbox, uid: int, outcome: str, days: int = 0) -> MailboxMessage:
    return MailboxMessage.objects.create(
        mailbox=box,
        uid_validity=1,
        uid=uid,
        message_id=f"{uid}@example.org",
        size=1,
        outcome=outcome,
        handled_at=clock.now() - timedelta(days=days),
    )


def test_the_sum_of_thirty_days(
    box: Mailbox, operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert "neu" in rows_of(page(operator, reverse("mailboxes")))[0]
    for uid, outcome in enumerate([*[MailOutcome.RECEIVED] * 3, MailOutcome.KNOWN]):
        message(box, uid, outcome)
    message(box, 99, MailOutcome.HELD, days=31)
    Mailbox.objects.update(checked_at=clock.now())
    with django_assert_max_num_queries(12):
        [row] = rows_of(page(operator, reverse("mailboxes")))
    assert "4 = 3 eingegangen + 1 schon bekannt" in row
    assert "in Ordnung" in row


def test_what_is_wrong_and_every_message(box: Mailbox, operator: Client) -> None:
    Mailbox.objects.update(problem="Der Server lehnt Benutzer oder Kennwort ab.")
    for uid in range(60):
        message(box, uid, MailOutcome.HELD if uid == 5 else MailOutcome.RECEIVED)
    address = reverse("mailbox", args=[box.uuid])
    first = page(operator, address)
    assert "lehnt Benutzer oder Kennwort ab" in first.text_content()
    onward = next_address(first)
    assert onward is not None
    found = rows_of(first) + rows_of(page(operator, address + onward))
    assert len(found) == 60
    assert len(rows_of(page(operator, address, ergebnis=MailOutcome.HELD))) == 1
    assert "Fehler" in rows_of(page(operator, reverse("mailboxes")))[0]


def test_fetching_now_and_nothing_to_fetch(box: Mailbox, operator: Client) -> None:
    answer = operator.post(reverse("mailbox-fetch", args=[box.uuid]), follow=True)
    assert "wird gleich abgeholt" in answer.content.decode()
    Mailbox.objects.update(is_active=False)
    assert "Jetzt abholen" not in operator.get(reverse("mailbox", args=[box.uuid])).content.decode()
