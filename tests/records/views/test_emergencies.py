"""Break-glass in the browser: one answer for unknown and not allowed; who hears of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from records.choices import Confidentiality
from records.models import EmergencyAccess
from records.services import actor as actors
from records.services.rights import change_confidentiality
from tests import personas, stories
from tests.records.views.conftest import logged_in
from tests.records.views.test_access import text, without_token
from tests.stories import Story

REASON = "Frist läuft heute ab, Herr Kruse ist krank."


@pytest.fixture
def protected(quick_city: None) -> Story:
    """A confidential building file, the unit's secretary and its head."""
    for name, role in (("sekretaer", Role.SECRETARIAT), ("ziegler", Role.HEAD)):
        user = User.objects.create(username=name, first_name="Kim", last_name=name.title())
        accounts.give_role(user, OrgUnit.objects.get(code="63.1"), role)
    story = stories.building_file()
    head = actors.person(personas.person("ziegler"), "test.protect")
    change_confidentiality({story.case_file.pk: Confidentiality.CONFIDENTIAL}, head)
    return story


def ask(client: Client, number: str, **values: str) -> Any:
    data = {"aktenzeichen": number, "reason": REASON, "understood": "on"} | values
    return client.post(reverse("emergency-access"), data, follow=True)


def test_s3_break_glass_opens_the_file_and_tells_head_and_data_protection(
    protected: Story,
) -> None:
    secretary, number = logged_in("sekretaer"), protected.case_file.aktenzeichen
    address = reverse("case-file", args=[protected.case_file.uuid])
    lost = secretary.get(address)
    assert lost.status_code == 404
    assert reverse("emergency-access") in text(lost)
    opened = ask(secretary, number)
    assert opened.redirect_chain[-1][0] == address
    assert "Notzugriff bis" in text(opened)
    for username in ("ziegler", personas.DATA_PROTECTION):
        client = logged_in(username)
        assert REASON in text(client.get(reverse("start")))
        assert REASON in text(client.get(reverse("emergency-accesses")))
    assert REASON not in text(logged_in(personas.CLERK_BUILDING).get(reverse("start")))
    assert REASON not in text(logged_in(personas.CLERK_BUILDING).get(address + "zugriff/"))


def test_s3_unknown_not_allowed_and_another_circle_read_the_same(protected: Story) -> None:
    social = stories.social_file()
    asking = logged_in(personas.CLERK_SOCIAL)
    answers = []
    for number in (protected.case_file.aktenzeichen, "63.10-4711/2026"):
        answer = ask(asking, number)
        assert answer.status_code == 404
        answers.append(without_token(text(answer)).replace(number, "N"))
    assert answers[0] == answers[1]
    across = ask(logged_in("sekretaer"), social.case_file.aktenzeichen)
    assert across.status_code == 404
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("missing", ["reason", "understood", "aktenzeichen"])
def test_nothing_opens_without_reason_and_consent(protected: Story, missing: str) -> None:
    answer = ask(logged_in("sekretaer"), protected.case_file.aktenzeichen, **{missing: ""})
    assert answer.status_code == 422
    assert not EmergencyAccess.objects.exists()


def test_a_short_reason_is_asked_for_again_and_stays_typed(protected: Story) -> None:
    answer = ask(logged_in("sekretaer"), protected.case_file.aktenzeichen, reason="eilt")
    assert answer.status_code == 422
    assert "Bitte begründen Sie den Notzugriff" in text(answer)
    assert ">eilt</textarea>" in text(answer).replace(" eilt", "eilt")


def test_a_visible_file_needs_no_emergency(protected: Story) -> None:
    answer = ask(logged_in(personas.CLERK_BUILDING), protected.case_file.aktenzeichen)
    assert "Diese Akte sehen Sie ohne Notzugriff." in text(answer)
    assert not EmergencyAccess.objects.exists()


def test_s3_data_protection_ticks_without_seeing_the_file(protected: Story) -> None:
    ask(logged_in("sekretaer"), protected.case_file.aktenzeichen)
    client, one = logged_in(personas.DATA_PROTECTION), EmergencyAccess.objects.get()
    page = text(client.get(reverse("emergency-accesses")))
    assert protected.case_file.aktenzeichen in page
    assert protected.case_file.title not in page
    assert str(protected.case_file.uuid) not in page
    client.post(reverse("emergency-review", args=[one.uuid]))
    one.refresh_from_db()
    assert one.reviewed_by == personas.person(personas.DATA_PROTECTION)
    assert "geprüft von" in text(client.get(reverse("emergency-accesses")))
    assert REASON not in text(client.get(reverse("start")))


def test_the_head_ends_it_data_protection_cannot(protected: Story) -> None:
    ask(logged_in("sekretaer"), protected.case_file.aktenzeichen)
    one = EmergencyAccess.objects.get()
    end = reverse("emergency-end", args=[one.uuid])
    assert logged_in(personas.DATA_PROTECTION).post(end).status_code == 403
    assert logged_in(personas.CLERK_BUILDING).post(end).status_code == 403
    assert logged_in(personas.HEAD_SOCIAL).post(end).status_code == 404
    assert logged_in("ziegler").post(end).status_code == 302
    address = reverse("case-file", args=[protected.case_file.uuid])
    assert logged_in("sekretaer").get(address).status_code == 404
