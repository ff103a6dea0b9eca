"""Tokens in the admin: made once, shown once, closed for good."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from integrations.rest import tokens
from integrations.rest.models import ApiToken
from tests import personas

LIST, ADD = "admin:integrations_apitoken_changelist", "admin:integrations_apitoken_add"


@pytest.fixture
def administrator(quick_city: None) -> User:
    return personas.person(personas.ADMINISTRATION)


@pytest.fixture
def desk(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator, backend=BACKEND)
    return client


@pytest.fixture
def program(quick_city: None) -> User:
    return User.objects.create(username="klageprogramm", is_technical=True)


def typed(holder: User, **more: str) -> dict[str, str]:
    until = clock.today() + timedelta(days=365)
    return {"name": "Klagen", "user": str(holder.pk), "valid_until": f"{until:%d.%m.%Y}"} | more


def test_a_token_is_made_shown_once_and_closed(desk: Client, program: User) -> None:
    page = desk.post(reverse(ADD), typed(program, may_write="on")).content.decode()
    secret = page.partition('id="schluessel">')[2].partition("<")[0]
    token = tokens.token_in_force(secret)
    assert token is not None
    assert (token.user, token.may_write) == (program, True)
    assert secret not in desk.get(reverse(LIST)).content.decode()
    closing = {"action": "revoke", "_selected_action": [token.pk]}
    assert "1 gesperrt" in desk.post(reverse(LIST), closing, follow=True).content.decode()
    assert tokens.token_in_force(secret) is None
    kept = AuditEntry.objects.filter(object_type="integrations.apitoken", object_id=token.pk)
    assert set(kept.values_list("action", flat=True)) == {tokens.MADE, tokens.REVOKED}


@pytest.mark.parametrize("field", ["user", "valid_until"])
def test_people_and_days_that_are_over_are_refused(
    desk: Client, program: User, administrator: User, field: str
) -> None:
    wrong = {"user": str(administrator.pk), "valid_until": "01.02.2026"}[field]
    answer = desk.post(reverse(ADD), typed(program, **{field: wrong}))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {field}
    assert not ApiToken.objects.exists()


def test_the_service_refuses_the_same(administrator: User, program: User) -> None:
    today = clock.today()
    with pytest.raises(InvalidInput) as of_person:
        tokens.make_token(administrator, "x", valid_until=today, may_write=False, maker=program)
    with pytest.raises(InvalidInput) as of_day:
        tokens.make_token(
            program, "x", valid_until=today - timedelta(1), may_write=False, maker=administrator
        )
    assert (of_person.value.field, of_day.value.field) == ("user", "valid_until")


def test_a_closed_token_is_not_closed_again(administrator: User, program: User) -> None:
    token, _secret = tokens.make_token(
        program, "x", valid_until=clock.today(), may_write=False, maker=administrator
    )
    tokens.revoke(token, administrator)
    with pytest.raises(IllegalState):
        tokens.revoke(token, administrator)


def test_nobody_else_makes_tokens(program: User) -> None:
    client = Client()
    client.force_login(personas.person(personas.CLERK_SOCIAL), backend=BACKEND)
    assert client.post(reverse(ADD), typed(program)).status_code in (302, 403)
    assert not ApiToken.objects.exists()
