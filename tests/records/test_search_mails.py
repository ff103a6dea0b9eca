"""Mails about saved searches: count and link as the person sees it that day, nothing else (Q1, S1)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import Membership, Substitution, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from records import search_mails
from records.choices import ListPage, MailRhythm
from records.models import SavedView, SearchSubscription
from records.services import rights, saved_searches, search_subscriptions
from records.services.actor import Actor
from records.tasks import mail_search_news
from tests import personas, stories
from tests.e2e.conftest import free_port
from tests.personas import CLERK_BUILDING, CLERK_SOCIAL, HEAD_SOCIAL
from tests.records.found_rows import copies
from tests.records.views.conftest import logged_in
from tests.stories import Story

WORD = "Heizkostennachzahlung"
FRIDAY, SATURDAY, MONDAY, TUESDAY = (
    datetime(2026, 3, day, 5, 20, tzinfo=UTC) for day in (6, 7, 9, 10)
)
CAME = date(2026, 1, 1)


@pytest.fixture
def story(quick_city: None) -> Story:
    User.objects.filter(username__in=personas.STAFF).update(email="")
    return stories.social_file()


def subscribed(
    username: str, words: str = f"q={WORD}", rhythm: str = MailRhythm.DAILY, **wish: bool
) -> SavedView:
    """A saved search that has written to nobody since the day before."""
    user = personas.person(username)
    User.objects.filter(pk=user.pk).update(email=f"{username}@example.org")
    user.refresh_from_db()
    with clock.fixed(datetime(2026, 3, 5, 8, tzinfo=UTC)):
        view = saved_searches.save_search(user, f"Frau Geheim {words}", words)
        search_subscriptions.subscribe(user, view.pk, rhythm, **wish)
    return view


def run(moment: datetime) -> list[Any]:
    mail.outbox.clear()
    with clock.fixed(moment):
        mail_search_news()
    return list(mail.outbox)


def substitute(deputy: str, represented: str) -> None:
    Substitution.objects.create(
        deputy=personas.person(deputy),
        represented=personas.person(represented),
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 3, 31),
        created_by=personas.person(represented),
        created_at=clock.now(),
    )


def test_q1_one_mail_with_count_and_link_of_each_search(story: Story) -> None:
    first = subscribed(CLERK_SOCIAL)
    second = subscribed(CLERK_SOCIAL, f"q={WORD}&bis=2020")
    subscribed(CLERK_SOCIAL, "q=Garage")
    copies(story.document, [CAME, date(2019, 1, 1)])
    (sent,) = run(FRIDAY)
    assert sent.to == [f"{CLERK_SOCIAL}@example.org"]
    links = [
        search_mails.absolute(reverse("saved-search", args=[one.pk])) for one in (first, second)
    ]
    assert re.findall(r"^(\d+) neuer? Treffer: (\S+)$", sent.body, re.M) == [
        ("2", links[0]),
        ("1", links[1]),
    ]
    assert run(FRIDAY) == run(MONDAY) == []


def test_s1_no_title_number_word_or_name_leaves_the_house(story: Story) -> None:
    subscribed(CLERK_SOCIAL)
    copies(story.document, [CAME])
    (sent,) = run(FRIDAY)
    text = sent.message().as_string()
    told = [WORD, "Geheim", "Blatt", story.case_file.aktenzeichen, str(story.case_file.uuid)]
    assert not [one for one in [*told, *story.case_file.title.split()] if one in text]


def test_s1_it_counts_what_the_person_may_see_that_day(story: Story) -> None:
    subscribed(CLERK_SOCIAL)
    subscribed(CLERK_BUILDING)
    copies(story.document, [CAME])
    excluded = rights.Exclusion(story.case_file.pk, personas.person(CLERK_SOCIAL).pk, "befangen")
    rights.exclude_persons([excluded], Actor(begin("test", Acting())))
    assert run(FRIDAY) == []


@pytest.mark.parametrize(("wanted", "mails"), [(False, 0), (True, 1)])
def test_w6_a_substitution_counts_only_on_wish(story: Story, wanted: bool, mails: int) -> None:
    subscribed(CLERK_SOCIAL, with_substitutions=wanted)
    copies(stories.building_file(f"Bescheid über die {WORD}").document, [CAME])
    substitute(CLERK_SOCIAL, CLERK_BUILDING)
    assert len(run(FRIDAY)) == mails


def test_who_left_or_is_blocked_is_told_nothing(story: Story) -> None:
    for name in (CLERK_SOCIAL, HEAD_SOCIAL):
        subscribed(name)
    copies(story.document, [CAME])
    Membership.objects.filter(user=personas.person(CLERK_SOCIAL)).update(
        valid_until=date(2026, 3, 5)
    )
    User.objects.filter(username=HEAD_SOCIAL).update(is_active=False)
    assert run(FRIDAY) == []


def test_weekly_is_the_first_working_day_of_the_week(story: Story) -> None:
    subscribed(CLERK_SOCIAL, rhythm=MailRhythm.WEEKLY)
    subscribed(HEAD_SOCIAL)
    copies(story.document, [CAME])
    assert [sent.to for sent in run(FRIDAY)] == [[f"{HEAD_SOCIAL}@example.org"]]
    assert run(SATURDAY) == []
    assert [sent.to for sent in run(MONDAY)] == [[f"{CLERK_SOCIAL}@example.org"]]
    copies(story.document, [CAME])
    assert len(run(TUESDAY)) == 1


def test_what_was_looked_at_is_not_told(story: Story) -> None:
    view = subscribed(CLERK_SOCIAL)
    copies(story.document, [CAME])
    saved_searches.look_at(personas.person(CLERK_SOCIAL), view.pk)
    assert run(FRIDAY) == []


class Mailbox:
    """What a mail server took; it refuses some addresses."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield box
    server.stop()


def test_one_refused_mail_stops_no_other_and_is_tried_again(story: Story, mailbox: Mailbox) -> None:
    for name in (CLERK_SOCIAL, HEAD_SOCIAL):
        subscribed(name)
    copies(story.document, [CAME])
    mailbox.refused = {f"{min_by_id()}@example.org"}
    run(FRIDAY)
    assert len(mailbox.taken) == 1
    mailbox.refused = set()
    run(FRIDAY)
    run(FRIDAY)
    assert {one["To"] for one in mailbox.taken} == {  # type: ignore[index]
        f"{name}@example.org" for name in (CLERK_SOCIAL, HEAD_SOCIAL)
    }
    assert len(mailbox.taken) == 2
    manage = search_mails.absolute(reverse("search-mails"))
    assert {one["List-Unsubscribe"] for one in mailbox.taken} == {f"<{manage}>"}  # type: ignore[index]


def min_by_id() -> str:
    """Who is written to first: the others come after the failure."""
    people = User.objects.filter(username__in=(CLERK_SOCIAL, HEAD_SOCIAL)).order_by("pk")
    return people[0].username


def test_a_turn_ends_and_goes_on_after_the_last_person(story: Story) -> None:
    for name in (CLERK_SOCIAL, HEAD_SOCIAL):
        subscribed(name)
    copies(story.document, [CAME])
    with clock.fixed(FRIDAY):
        first = search_mails.send_due(seconds=-1)
        assert (first.sent, first.last) == (1, personas.person(min_by_id()).pk)
        assert search_mails.send_due(seconds=-1, after=first.last or 0).sent == 1


class TestPage:
    @pytest.fixture
    def client(self, story: Story) -> Client:
        User.objects.filter(username=CLERK_SOCIAL).update(email="brandt@example.org")
        return logged_in(CLERK_SOCIAL)

    def saved(self) -> SavedView:
        return saved_searches.save_search(personas.person(CLERK_SOCIAL), "Heizung", f"q={WORD}")

    def choose(self, client: Client, view: SavedView, **fields: str) -> Any:
        address = reverse("saved-search-mail", args=[view.pk])
        return client.post(address, {"gewaehlt": "1"} | fields, follow=True)

    def test_off_by_default_on_changed_and_off_again(self, client: Client) -> None:
        view = self.saved()
        assert not SearchSubscription.objects.exists()
        page = self.choose(client, view, rhythmus="woechentlich", vertretung="1")
        assert "kommt am ersten Arbeitstag der Woche per E-Mail" in page.content.decode()
        one = SearchSubscription.objects.get()
        assert (one.rhythm, one.with_substitutions) == (MailRhythm.WEEKLY, True)
        assert "E-Mail am ersten Arbeitstag" in client.get(reverse("search")).content.decode()
        self.choose(client, view, rhythmus="taeglich")
        one.refresh_from_db()
        assert (one.rhythm, one.with_substitutions) == (MailRhythm.DAILY, False)
        page = self.choose(client, view, rhythmus="")
        assert not SearchSubscription.objects.exists()
        (undo,) = set(re.findall(r'action="([^"]*rhythmus=[^"]*)"', page.content.decode()))
        client.post(undo.replace("&amp;", "&"))
        assert SearchSubscription.objects.get().rhythm == MailRhythm.DAILY

    def test_without_an_address_or_with_a_wrong_choice_it_is_refused(self, client: Client) -> None:
        view = self.saved()
        assert self.choose(client, view, rhythmus="stuendlich").status_code == 400
        User.objects.update(email="")
        assert self.choose(client, view, rhythmus="taeglich").status_code == 409
        page = client.get(reverse("search-mails")).content.decode()
        assert "keine E-Mail-Adresse hinterlegt" in page
        assert not SearchSubscription.objects.exists()

    def test_s1_anothers_search_is_missing(self, client: Client) -> None:
        view = self.saved()
        other = logged_in(CLERK_BUILDING)
        assert self.choose(other, view, rhythmus="taeglich").status_code == 404
        assert self.choose(other, view, rhythmus="").status_code == 404

    def test_a_deleted_search_comes_back_with_its_mails(self, client: Client, story: Story) -> None:
        view = subscribed(CLERK_SOCIAL)
        counted = SearchSubscription.objects.get().counted_document_id
        page = client.post(reverse("saved-search-delete", args=[view.pk]), follow=True)
        (undo,) = set(re.findall(r'action="([^"]*mail=[^"]*)"', page.content.decode()))
        assert not SearchSubscription.objects.exists()
        client.post(undo.replace("&amp;", "&"))
        again = SearchSubscription.objects.get()
        assert (again.rhythm, again.counted_document_id) == (MailRhythm.DAILY, counted)
        assert SavedView.objects.get(page=ListPage.SEARCH).name == view.name
