"""Substitutions (W6): who arranges them, the page, the deputy's day, the audit."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.access import services
from goettingen_ecm.access.services import NewSubstitution
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, Substitution, UnitRole, User
from goettingen_ecm.audit.actions import Names, sentence_for
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import Confidentiality
from records.follow_ups import file_target
from records.models import CaseFileExclusion
from records.selectors.search import search
from records.services.actor import person
from records.services.matters import NewMatter, open_matters
from records.services.rights import change_confidentiality
from records.services.scoping import recompute
from tests import personas, stories
from tests.records.views.conftest import logged_in
from tests.stories import Story
from workflows.querysets import in_the_list_of
from workflows.services.follow_ups import NewFollowUp, complete_follow_ups, create_follow_ups

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def absent(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def deputy(quick_city: None) -> User:
    return colleague("winter", "50.2")


def colleague(name: str, code: str, role: Role = Role.CLERK) -> User:
    user = User.objects.create(username=name, last_name=name.title(), display_name=name.title())
    accounts.give_role(user, OrgUnit.objects.get(code=code), role)
    return user


def step(user: User) -> Operation:
    return begin("test", Acting(actor_id=user.pk))


def arrange(
    actor: User,
    represented: User,
    deputy: User,
    first: date = TODAY,
    last: date = FRIDAY,
    **more: Any,
) -> Substitution:
    wish = NewSubstitution(represented, deputy, first, last, **more)
    return services.create_substitutions([wish], actor=actor, operation=step(actor))[0]


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


class TestWhoArranges:
    def test_w6_everybody_for_himself(self, absent: User, deputy: User) -> None:
        made = arrange(absent, absent, deputy)
        assert (made.created_by, made.valid_until) == (absent, FRIDAY)
        entry = AuditEntry.objects.get(action=services.CREATED)
        assert entry.object_id == absent.pk
        assert entry.digests["deputy_id"] == deputy.pk

    def test_w6_the_head_for_an_absent_person(self, absent: User, deputy: User) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        assert arrange(head, absent, deputy).created_by == head

    def test_not_for_others(self, absent: User, deputy: User) -> None:
        for stranger in (personas.person(personas.CLERK_BUILDING), deputy):
            with pytest.raises(Forbidden):
                arrange(stranger, absent, deputy)

    def test_a_head_only_for_what_he_leads(self, absent: User, deputy: User) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        tax = accounts.give_role(absent, OrgUnit.objects.get(code="10"), Role.REGISTRY)
        with pytest.raises(Forbidden):
            arrange(head, absent, deputy)
        with pytest.raises(Forbidden):
            arrange(head, absent, deputy, unit_role=tax.unit_role)
        clerk = UnitRole.objects.get(unit__code="50.1", role=Role.CLERK)
        assert arrange(head, absent, deputy, unit_role=clerk).unit_role == clerk

    def test_w6_a_deputy_of_the_head_cannot_give_himself_more(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        arrange(head, head, deputy)
        change_confidentiality(
            {story.case_file.pk: Confidentiality.CONFIDENTIAL}, person(head, "test")
        )
        with pytest.raises(Forbidden):
            arrange(fresh(deputy), absent, deputy, includes_confidential=True)

    @pytest.mark.parametrize(
        ("first", "last", "field"),
        [
            (date(2026, 11, 22), FRIDAY, "valid_from"),
            (FRIDAY, date(2026, 11, 26), "valid_until"),
            (TODAY, date(2027, 11, 25), "valid_until"),
        ],
    )
    def test_days_that_make_no_sense(
        self, first: date, last: date, field: str, absent: User, deputy: User
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            arrange(absent, absent, deputy, first, last)
        assert refused.value.field == field

    def test_who_cannot_stand_in(self, absent: User, deputy: User) -> None:
        gone = colleague("herbst", "50.2")
        User.objects.filter(pk=gone.pk).update(is_active=False)
        outsider = personas.person(personas.CLERK_BUILDING)
        for one in (absent, fresh(gone), outsider, User.objects.get(username="openprosoz")):
            with pytest.raises(InvalidInput) as refused:
                arrange(absent, absent, one)
            assert refused.value.field == "deputy"

    def test_a_role_the_person_does_not_have(self, absent: User, deputy: User) -> None:
        role = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        with pytest.raises(InvalidInput):
            arrange(absent, absent, deputy, unit_role=role)

    def test_ending(self, absent: User, deputy: User) -> None:
        one = arrange(absent, absent, deputy)
        stranger = personas.person(personas.CLERK_BUILDING)
        with pytest.raises(Forbidden):
            services.end_substitutions([one], actor=stranger, operation=step(stranger))
        services.end_substitutions([one], actor=deputy, operation=step(deputy))
        with pytest.raises(IllegalState):
            services.end_substitutions([one], actor=absent, operation=step(absent))


class TestDay:
    def test_w6_the_deputy_has_the_follow_ups_of_the_absent(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        wish = NewFollowUp(file_target(story.case_file), TODAY, "Anruf")
        item = create_follow_ups([wish], actor=absent, operation=step(absent))[0]
        assert not in_the_list_of(fresh(deputy)).exists()
        arrange(absent, absent, deputy)
        assert in_the_list_of(fresh(deputy)).get() == item
        page = logged_in("winter").get("/").content.decode()
        assert "Sie vertreten gerade" in page
        assert "in Vertretung für Sabine Brandt" in page
        assert "Anruf" in page
        with clock.fixed(MONDAY + timedelta(days=5)):
            assert not in_the_list_of(fresh(deputy)).exists()

    def test_w6_what_the_deputy_does_carries_on_behalf_of(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        wish = NewFollowUp(file_target(story.case_file), TODAY)
        item = create_follow_ups([wish], actor=absent, operation=step(absent))[0]
        arrange(absent, absent, deputy)
        operation = step(deputy)
        complete_follow_ups([item], actor=fresh(deputy), operation=operation)
        entry = AuditEntry.objects.get(action="workflows.follow_up.completed")
        assert (entry.actor_id, entry.on_behalf_of_id) == (deputy.pk, absent.pk)
        assert Operation.objects.get(pk=operation.pk).on_behalf_of_id == absent.pk
        names = Names(people={deputy.pk: "Winter", absent.pk: "Brandt"})
        assert sentence_for(entry, names).startswith("Winter (in Vertretung für Brandt)")

    def test_w6_only_the_items_of_the_named_role(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        other = accounts.give_role(absent, OrgUnit.objects.get(code="50.3"), Role.CLERK)
        wish = NewFollowUp(file_target(story.case_file), TODAY)
        create_follow_ups([wish], actor=absent, operation=step(absent))
        arrange(absent, absent, deputy, unit_role=other.unit_role)
        assert not in_the_list_of(fresh(deputy)).exists()
        clerk = UnitRole.objects.get(unit__code="50.1", role=Role.CLERK)
        arrange(absent, absent, deputy, unit_role=clerk)
        assert in_the_list_of(fresh(deputy)).count() == 1

    def test_w6_overdue_items_reach_the_deputy_of_the_head(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        wish = NewFollowUp(file_target(story.case_file), TODAY)
        item = create_follow_ups([wish], actor=absent, operation=step(absent))[0]
        arrange(head, head, deputy, last=date(2026, 12, 31))
        with clock.fixed(MONDAY + timedelta(days=10)):
            assert in_the_list_of(fresh(deputy)).get() == item


class TestAudit:
    def test_w6_reading_and_writing_in_the_file_carry_on_behalf_of(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        arrange(absent, absent, deputy)
        client = logged_in("winter")
        assert client.get(reverse("case-file", args=[story.case_file.uuid])).status_code == 200
        assert client.get(reverse("document", args=[story.document.uuid])).status_code == 200
        open_matters([NewMatter(story.case_file, "Widerspruch")], person(fresh(deputy), "test"))
        rows = AuditEntry.objects.filter(actor_id=deputy.pk).exclude(action__startswith="access.")
        found = dict(rows.values_list("action", "on_behalf_of_id"))
        assert found == dict.fromkeys(
            ("records.case_file.read", "records.document.read", "records.matter.opened"), absent.pk
        )

    def test_w6_what_is_ones_own_carries_nothing(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        arrange(absent, absent, colleague("mai", "50.1"))
        client = logged_in("mai")
        client.get(reverse("case-file", args=[story.case_file.uuid]))
        entry = AuditEntry.objects.get(action="records.case_file.read")
        assert entry.on_behalf_of_id is None

    def test_nobody_without_substitution_names_anybody(self, absent: User, story: Story) -> None:
        logged_in("brandt").get(reverse("case-file", args=[story.case_file.uuid]))
        assert AuditEntry.objects.get(action="records.case_file.read").on_behalf_of_id is None
        page = logged_in("brandt").get("/").content.decode()
        assert "in Vertretung für" not in page


class TestPage:
    address = "/vertretung/"

    def sent(self, absent: User, deputy: User, **more: Any) -> dict[str, Any]:
        facts = {
            "represented": absent.pk,
            "deputy": deputy.pk,
            "valid_from": "heute",
            "valid_until": "fr",
        }
        return facts | more

    def test_w6_setting_one_up_and_ending_it(self, absent: User, deputy: User) -> None:
        client = logged_in("brandt")
        answer = client.post(self.address, self.sent(absent, deputy), follow=True)
        page = answer.content.decode()
        assert "Winter vertritt Sabine Brandt vom 23.11.2026 bis 27.11.2026" in page
        assert "ohne vertrauliche Akten" in page
        one = Substitution.objects.get()
        assert (one.valid_from, one.valid_until, one.includes_confidential) == (
            TODAY,
            FRIDAY,
            False,
        )
        end = reverse("substitution-end", args=[one.uuid])
        assert end in logged_in("winter").get(self.address).content.decode()
        client.post(end)
        assert "vertritt Sie niemand" in client.get(self.address).content.decode()

    def test_a_refusal_stands_at_its_field(self, absent: User, deputy: User) -> None:
        outsider = colleague("sommer", "41", Role.ARCHIVE)
        answer = logged_in("brandt").post(self.address, self.sent(absent, outsider))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "nicht im geschützten Berechtigungskreis" in page
        assert 'value="fr"' in page
        assert not Substitution.objects.exists()

    def test_others_are_no_choice_for_clerks_but_for_their_head(
        self, absent: User, deputy: User
    ) -> None:
        sent = self.sent(absent, deputy)
        assert logged_in("winter").post(self.address, sent).status_code == 422
        assert logged_in("kruse").post(self.address, sent).status_code == 422
        assert logged_in("voss").post(self.address, sent).status_code == 302
        assert Substitution.objects.get().represented == absent

    def test_strangers_do_not_find_it(self, absent: User, deputy: User) -> None:
        one = arrange(absent, absent, deputy)
        stranger: Client = logged_in("kruse")
        assert "Winter" not in stranger.get(self.address).content.decode()
        end = reverse("substitution-end", args=[one.uuid])
        assert stranger.post(end).status_code == 404


def test_the_panel_of_the_file_has_buttons_for_the_deputy(
    absent: User, deputy: User, story: Story
) -> None:
    wish = NewFollowUp(file_target(story.case_file), TODAY)
    create_follow_ups([wish], actor=absent, operation=step(absent))
    arrange(absent, absent, deputy)
    page = logged_in("winter").get(reverse("case-file", args=[story.case_file.uuid]))
    assert 'name="einzeln"' in page.content.decode()


class TestSearch:
    WORD = "Heizkostennachzahlung"

    def found(self, user: User) -> int:
        return search(fresh(user), self.WORD).total

    def test_w6_the_deputy_finds_what_he_may_see(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        assert self.found(deputy) == 0
        arrange(absent, absent, deputy)
        assert self.found(deputy) == 1
        change_confidentiality(
            {story.case_file.pk: Confidentiality.CONFIDENTIAL},
            person(personas.person(personas.HEAD_SOCIAL), "test"),
        )
        assert self.found(absent) == 1
        assert self.found(deputy) == 0

    def test_w6_the_number_of_hits_does_not_betray_what_the_absent_is_excluded_from(
        self, absent: User, deputy: User, story: Story
    ) -> None:
        arrange(absent, absent, deputy)
        CaseFileExclusion.objects.create(case_file=story.case_file, user=absent, reason="befangen")
        recompute([story.case_file.pk])
        assert self.found(deputy) == 0
