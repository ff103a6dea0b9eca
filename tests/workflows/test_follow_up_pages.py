"""The pages of follow-ups: form, card, panel, list, undo, merge question."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from records.follow_ups import document_target, file_target
from tests import personas, stories
from tests.records.views.conftest import logged_in
from tests.stories import Story
from workflows.choices import Series
from workflows.models import FollowUp
from workflows.services.follow_ups import NewFollowUp, create_follow_ups
from workflows.targets import Target

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_SOCIAL)


def create(target: Target, day: date = TODAY, **values: Any) -> FollowUp:
    user = personas.person(personas.CLERK_SOCIAL)
    wish = NewFollowUp(target, day, "Rentenbescheid abwarten", **values)
    step = begin("test", Acting(actor_id=user.pk))
    return create_follow_ups([wish], actor=user, operation=step)[0]


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def new_address(story: Story, kind: str = "akte") -> str:
    uuid = story.case_file.uuid if kind == "akte" else story.document.uuid
    return reverse("follow-up-new", args=[kind, uuid])


def act(client: Client, **values: Any) -> Any:
    return client.post(reverse("follow-ups-act"), values, follow=True)


class TestNew:
    @pytest.mark.parametrize(
        ("typed", "due"),
        [
            ("morgen", date(2026, 11, 24)),
            ("+14", date(2026, 12, 7)),
            ("26.12.", date(2026, 12, 28)),
            ("fr", date(2026, 11, 27)),
        ],
    )
    def test_w5_the_day_is_typed_freely(
        self, typed: str, due: date, clerk: Client, story: Story
    ) -> None:
        answer = clerk.post(new_address(story), {"wished_on": typed}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("case-file", args=[story.case_file.uuid])
        assert FollowUp.objects.get().due_on == due
        assert "Wiedervorlage am" in answer.content.decode()

    def test_it_says_when_the_day_is_no_working_day(self, clerk: Client, story: Story) -> None:
        answer = clerk.post(new_address(story), {"wished_on": "26.12.2026"}, follow=True)
        assert "der 26.12.2026 ist kein Arbeitstag" in answer.content.decode()

    def test_w5_on_a_document_for_the_unit_as_a_series(self, clerk: Client, story: Story) -> None:
        role = UnitRole.objects.get(unit__code="50.1", role=Role.CLERK)
        sent = {"wished_on": "morgen", "role": role.pk, "series": "monatlich", "reason": "Prüfen"}
        clerk.post(new_address(story, "dokument"), sent)
        made = FollowUp.objects.get()
        assert (made.object_type, made.object_id) == ("records.document", story.document.pk)
        assert (made.owner, made.owner_role, made.series) == (None, role, Series.MONTHLY)

    @pytest.mark.parametrize("typed", ["irgendwann", "gestern", ""])
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
        self, typed: str, clerk: Client, story: Story
    ) -> None:
        answer = clerk.post(new_address(story), {"wished_on": typed, "reason": "Mein Anlass"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="Mein Anlass"' in page
        assert 'aria-invalid="true"' in page
        assert not FollowUp.objects.exists()

    def test_a_foreign_role_is_no_choice(self, clerk: Client, story: Story) -> None:
        role = UnitRole.objects.get(unit__code="63.1", role=Role.CLERK)
        answer = clerk.post(new_address(story), {"wished_on": "morgen", "role": role.pk})
        assert answer.status_code == 422

    def test_an_unknown_kind_of_object_is_not_there(self, clerk: Client, story: Story) -> None:
        address = reverse("follow-up-new", args=["pferd", story.case_file.uuid])
        assert clerk.get(address).status_code == 404

    def test_the_menus_of_file_and_document_have_the_key(self, clerk: Client, story: Story) -> None:
        for name, uuid, kind in (
            ("case-file", story.case_file.uuid, "akte"),
            ("document", story.document.uuid, "dokument"),
        ):
            page = text_of(clerk, reverse(name, args=[uuid]))
            assert f'href="{new_address(story, kind)}" data-key="w"' in page


class TestStart:
    def test_w5_the_card_groups_what_is_due(self, clerk: Client, story: Story) -> None:
        with clock.fixed(datetime(2026, 11, 18, 8, tzinfo=UTC)):
            create(file_target(story.case_file), date(2026, 11, 19))
        create(document_target(story.document))
        create(file_target(story.case_file), date(2026, 11, 27))
        create(file_target(story.case_file), date(2026, 12, 1))
        page = text_of(clerk, reverse("start"))
        for words in ("überfällig seit 19.11.2026", ">Überfällig<", ">Heute<", ">Diese Woche<"):
            assert words in page
        assert "01.12.2026" not in page

    def test_done_from_the_card_comes_back_there_with_a_way_back(
        self, clerk: Client, story: Story
    ) -> None:
        item = create(file_target(story.case_file))
        answer = act(clerk, einzeln=item.uuid, zurueck="/")
        item.refresh_from_db()
        assert item.done_at is not None
        assert answer.redirect_chain[-1][0] == "/"
        undo = f"/wiedervorlagen/zuruecknehmen/{operation_uuid(item)}/"
        assert undo in answer.content.decode()
        clerk.post(undo)
        item.refresh_from_db()
        assert item.done_at is None

    def test_somebody_elses_click_is_not_taken_back(self, clerk: Client, story: Story) -> None:
        item = create(file_target(story.case_file))
        act(clerk, einzeln=item.uuid)
        item.refresh_from_db()
        address = f"/wiedervorlagen/zuruecknehmen/{operation_uuid(item)}/"
        assert logged_in(personas.HEAD_SOCIAL).post(address).status_code == 404

    def test_nobody_is_led_out_of_the_house(self, clerk: Client, story: Story) -> None:
        item = create(file_target(story.case_file))
        answer = act(clerk, einzeln=item.uuid, zurueck="https://boese.example/")
        assert answer.redirect_chain[-1][0] == reverse("follow-ups")


def operation_uuid(item: FollowUp) -> Any:

    return Operation.objects.get(pk=item.done_operation_id or 0).uuid


class TestList:
    def test_several_at_once(self, clerk: Client, story: Story) -> None:
        items = [create(file_target(story.case_file)) for _ in range(3)]
        act(clerk, auswahl=[one.uuid for one in items[:2]], tun="erledigen")
        assert FollowUp.objects.filter(done_at__isnull=True).get() == items[2]
        page = text_of(clerk, reverse("follow-ups") + "?teil=erledigt")
        assert page.count(story.case_file.title) == 2

    def test_nothing_ticked_is_said(self, clerk: Client, story: Story) -> None:
        create(file_target(story.case_file))
        assert "Keine Zeile ausgewählt" in act(clerk, tun="erledigen").content.decode()

    def test_s3_invisible_and_foreign_ones_are_refused(self, clerk: Client, story: Story) -> None:
        item = create(file_target(story.case_file))
        outsider = logged_in(personas.CLERK_BUILDING)
        head = logged_in(personas.HEAD_SOCIAL)
        assert act(outsider, einzeln=item.uuid).status_code == 404
        assert act(head, einzeln=item.uuid).status_code == 403
        assert act(clerk, einzeln="unsinn").status_code == 404
        item.refresh_from_db()
        assert item.done_at is None

    def test_the_head_of_the_page_says_what_it_is(self, clerk: Client, story: Story) -> None:
        create(file_target(story.case_file))
        page = text_of(clerk, reverse("follow-ups"))
        assert "Was Ihnen oder Ihrer Einheit" in page
        assert "&#x27;name&#x27;" not in page

    def test_an_empty_list_says_what_to_do(self, clerk: Client, story: Story) -> None:
        assert "mit der Taste w" in text_of(clerk, reverse("follow-ups"))

    @pytest.mark.parametrize(("username", "pinned"), [("brandt", 7), ("voss", 10)])
    def test_so_many_queries_however_many_rows(
        self, username: str, pinned: int, quick_city: None, story: Story
    ) -> None:
        client = logged_in(username)
        found = []
        for _ in range(2):
            with clock.fixed(datetime(2026, 11, 2, 8, tzinfo=UTC)):
                for target in (file_target(story.case_file), document_target(story.document)):
                    create(target, date(2026, 11, 3))
            text_of(client, reverse("follow-ups"))
            with CaptureQueriesContext(connection) as captured:
                text_of(client, reverse("follow-ups"))
            found.append(len(captured))
        assert found == [pinned, pinned]


class TestPostpone:
    def address(self, item: FollowUp) -> str:
        return reverse("follow-ups-postpone") + f"?auswahl={item.uuid}"

    def test_w5_from_list_to_form_to_list(self, clerk: Client, story: Story) -> None:
        item = create(file_target(story.case_file))
        answer = act(clerk, auswahl=item.uuid, tun="verschieben")
        assert "Wiedervorlage verschieben" in answer.content.decode()
        sent = {"auswahl": item.uuid, "wished_on": "5.12.", "versions": f"{item.pk}:1"}
        answer = clerk.post(reverse("follow-ups-postpone"), sent, follow=True)
        item.refresh_from_db()
        assert item.due_on == date(2026, 12, 7)
        assert "Montag, 7." in answer.content.decode()

    def test_a_lost_update_is_a_question_with_what_was_typed(
        self, clerk: Client, story: Story
    ) -> None:
        item = create(file_target(story.case_file))
        FollowUp.objects.filter(pk=item.pk).update(row_version=2, due_on=date(2026, 12, 1))
        sent = {"auswahl": item.uuid, "wished_on": "5.12.", "versions": f"{item.pk}:1"}
        answer = clerk.post(reverse("follow-ups-postpone"), sent)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert 'value="5.12."' in page
        assert "01.12.2026" in page
        sent["versions"] = f"{item.pk}:2"
        assert f'value="{item.pk}:2"' in page
        assert clerk.post(reverse("follow-ups-postpone"), sent).status_code == 302

    def test_a_wrong_day_is_said_at_the_field(self, clerk: Client, story: Story) -> None:
        item = create(file_target(story.case_file))
        sent = {"auswahl": item.uuid, "wished_on": "gestern"}
        answer = clerk.post(reverse("follow-ups-postpone"), sent)
        assert answer.status_code == 422
        assert "liegt in der Vergangenheit" in answer.content.decode()


class TestPanel:
    def test_w5_the_file_page_lists_open_ones_of_file_and_documents(
        self, clerk: Client, story: Story
    ) -> None:
        address = reverse("case-file", args=[story.case_file.uuid])
        assert "Rentenbescheid" not in text_of(clerk, address)
        on_file = create(file_target(story.case_file))
        create(document_target(story.document))
        page = text_of(clerk, address)
        assert page.count("Rentenbescheid abwarten") == 2
        assert page.count('name="einzeln"') == 2
        act(clerk, einzeln=on_file.uuid)
        assert text_of(clerk, address).count("Rentenbescheid abwarten") == 1

    def test_who_may_not_act_gets_no_button(self, quick_city: None, story: Story) -> None:
        create(file_target(story.case_file))
        page = text_of(
            logged_in(personas.HEAD_SOCIAL), reverse("case-file", args=[story.case_file.uuid])
        )
        assert "Rentenbescheid abwarten" in page
        assert 'name="einzeln"' not in page


def test_the_admin_of_closing_days_is_reached(quick_city: None) -> None:
    administrator: User = personas.person(personas.ADMINISTRATION)
    assert administrator.has_perm("workflows.add_closingday")
