"""The roll-out page of a unit: what is ready, what is missing, what is not filed yet (U3)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, Substitution, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem
from records.choices import DocumentStatus
from records.models import Document, FilePlanEntry, SpecialistSystem, UnitTraining
from records.selectors import roll_out as selectors
from records.services import unit_trainings as services
from records.services.actor import person
from tests import personas, stories

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(city: None) -> Any:
    with clock.fixed(NOW):
        yield


def unit(code: str = "50.1") -> OrgUnit:
    return OrgUnit.objects.get(code=code)


def address(code: str = "50.1") -> str:
    return reverse("roll-out-unit", args=[unit(code).uuid])


def done(code: str = "50.1") -> dict[str, bool]:
    return {
        one.label: one.done for one in selectors.checks(unit(code), selectors.trainings(unit(code)))
    }


def item(code: str | None, stage: Stage = Stage.FINISHED, position: int = 1) -> DeliveryItem:
    delivery, _created = Delivery.objects.get_or_create(
        name="nacht",
        defaults={
            "system": SpecialistSystem.objects.get(code="openprosoz"),
            "folder": "/nacht",
            "state": DeliveryState.DONE,
            "received_at": NOW,
        },
    )
    return DeliveryItem.objects.create(
        delivery=delivery,
        position=position,
        stage=stage,
        outcome=Outcome.CLEARING,
        raw={"akte": {"oe": code}} if code else {"akte": {}},
        updated_at=NOW,
    )


def case(one: DeliveryItem, weeks_ago: int, closed_weeks_ago: int | None = None) -> None:
    closed = None if closed_weeks_ago is None else NOW - timedelta(weeks=closed_weeks_ago)
    ClearingCase.objects.create(
        item=one,
        reason=ClearingReason.UNKNOWN_UNIT,
        explanation="",
        state=ClearingState.OPEN if closed is None else ClearingState.SOLVED,
        created_at=NOW - timedelta(weeks=weeks_ago, minutes=1),
        closed_at=closed,
    )


class TestReadiness:
    def test_each_step_is_read_from_the_system(self) -> None:
        assert not any(done("20.3")[one] for one in ("Personen eingelesen", "Schulung gehalten"))
        before = done()
        assert before["Personen eingelesen"]
        assert before["Aktenplan freigegeben"]
        for missing in ("Leitung und Sachbearbeitung vergeben", "Erste Akten angelegt"):
            assert not before[missing]
        head = User.objects.create(username="chef", last_name="Chef", password="!")
        accounts.give_role(head, unit(), Role.HEAD)
        stories.social_file()
        after = done()
        assert after["Leitung und Sachbearbeitung vergeben"]
        assert after["Erste Akten angelegt"]
        assert not after["Alle können sich anmelden"]
        assert not after["Vertretung der Leitung"]
        Substitution.objects.create(
            represented=head,
            deputy=personas.person("brandt"),
            valid_from=clock.today(),
            valid_until=clock.today(),
            created_by=head,
            created_at=NOW,
        )
        assert done()["Vertretung der Leitung"]

    def test_people_who_left_and_locked_entries_do_not_count(self) -> None:
        FilePlanEntry.objects.filter(lead_unit=unit()).update(locked=True)
        User.objects.filter(username="brandt").update(is_active=False)
        now = done()
        assert not now["Aktenplan freigegeben"]
        assert not now["Personen eingelesen"]
        assert not now["Alle können sich anmelden"]


class TestNotFiledYet:
    def test_u3_counts_only_what_belongs_to_the_unit(self) -> None:
        story = stories.social_file()
        case(item("50.1"), 1)
        case(item("50.2", position=2), 1)
        case(item(None, position=3), 1)
        filed = item(None, position=4)
        DeliveryItem.objects.filter(pk=filed.pk).update(raw=None, case_file=story.case_file)
        case(filed, 1)
        item("50.1", Stage.RECEIVED, position=5)
        Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.DRAFT)
        counts = {one.label: one.count for one in selectors.waiting(unit())}
        assert counts == {
            "Lieferungen in Arbeit": 1,
            "offene Klärungsfälle": 2,
            "Entwürfe in Akten": 1,
        }

    def test_u3_the_weeks_show_what_was_open_then(self) -> None:
        case(item("50.1"), 20, 3)
        case(item("50.1", position=2), 5)
        case(item("50.1", position=3), 30, 10)
        weeks = [count for _moment, count in selectors.waiting_by_week(unit())]
        assert weeks == [1, 1, 2, 2, 1, 1, 1, 1]

    def test_a_unit_without_anything_has_no_plot(self, client_of: Callable[[str], Client]) -> None:
        page = client_of(personas.ADMINISTRATION).get(address("32")).content.decode()
        assert "Offene Klärungsfälle der letzten Wochen" not in page
        case(item("32"), 1)
        page = client_of(personas.ADMINISTRATION).get(address("32")).content.decode()
        assert "Offene Klärungsfälle der letzten Wochen" in page


class TestPages:
    def test_heads_see_theirs_only(self, client_of: Callable[[str], Client]) -> None:
        head = client_of(personas.HEAD_SOCIAL)
        page = head.get(reverse("roll-out")).content.decode()
        assert "Grundsicherung" in page
        assert "Bauaufsicht" not in page
        assert head.get(address("63.1")).status_code == 403
        office = client_of(personas.ADMINISTRATION)
        assert "Bauaufsicht" in office.get(reverse("roll-out")).content.decode()

    def test_links_lead_to_no_refusal(self, client_of: Callable[[str], Client]) -> None:
        for name in (personas.HEAD_SOCIAL, personas.ADMINISTRATION):
            client = client_of(name)
            page = client.get(address()).content.decode()
            for target in ("staff-import", "case-file-new", "deliveries", "clearing-cases"):
                offered = f'href="{reverse(target)}"' in page.split("<main", 1)[1]
                assert not offered or client.get(reverse(target)).status_code == 200, target

    def test_a_few_queries(
        self, client_of: Callable[[str], Client], django_assert_max_num_queries: Any
    ) -> None:
        client = client_of(personas.ADMINISTRATION)
        client.get(address())
        with django_assert_max_num_queries(15):
            client.get(address())
        with django_assert_max_num_queries(9):
            client.get(reverse("roll-out"))

    def test_a_training_is_noted_once_and_struck_out(
        self, client_of: Callable[[str], Client]
    ) -> None:
        office = client_of(personas.ADMINISTRATION)
        for _time in range(2):
            page = office.post(address(), {"held_on": "gestern"}, follow=True).content.decode()
            assert "zuletzt am 22.11.2026" in page
        training = UnitTraining.objects.get()
        office.post(reverse("roll-out-training-remove", args=[training.pk]))
        assert not UnitTraining.objects.exists()
        actions = AuditEntry.objects.filter(action__startswith="records.unit.training")
        assert actions.count() == 2

    @pytest.mark.parametrize("day", ["morgen", "", "31.2.2026", "bald"])
    def test_a_day_that_cannot_be(self, client_of: Callable[[str], Client], day: str) -> None:
        answer = client_of(personas.ADMINISTRATION).post(address(), {"held_on": day})
        assert answer.status_code == 422
        assert not UnitTraining.objects.exists()

    def test_strangers_note_nothing(self, client_of: Callable[[str], Client]) -> None:
        clerk = personas.person(personas.CLERK_SOCIAL)
        with pytest.raises(Forbidden):
            services.note_training(unit(), clock.today(), person(clerk, "test"))
        with pytest.raises(InvalidInput):
            services.note_training(
                unit(), clock.today() + timedelta(days=1), person(personas.person("voss"), "test")
            )
        head = client_of(personas.HEAD_SOCIAL)
        made = UnitTraining.objects.create(
            unit=unit("63.1"),
            held_on=clock.today(),
            noted_by=personas.person("yilmaz"),
            noted_at=NOW,
        )
        remove = reverse("roll-out-training-remove", args=[made.pk])
        assert head.post(remove).status_code == 403
