"""Nobody resets a password or changes an address by mail."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from tests import personas


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "confirm-email/x/", "password/reset/done/",
             "password/reset/key/1-set-password/"],
)  # fmt: skip
def test_mail_pages_do_not_exist(city: None, client_of: Callable[[str], Client], path: str) -> None:
    client = client_of(personas.CLERK_SOCIAL)
    assert client.get(f"/konto/{path}").status_code == 404
    assert client.post(f"/konto/{path}", {"email": "neu@example.org"}).status_code == 404
    assert Client().get(f"/konto/{path}").status_code in (302, 404)


def test_password_help_sends_nothing(city: None) -> None:
    answer = Client().get("/konto/password/reset/")
    assert "Fachadministration" in answer.content.decode()
    posted = Client().post("/konto/password/reset/", {"email": "brandt@example.org"})
    assert posted.status_code == 405
    assert mail.outbox == []
