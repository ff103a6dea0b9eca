"""Logging in: Argon2, rate limits, second factor, no way round through Django admin (S7)."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from goettingen_ecm.accounts.adapters import SecondFactorAdapter
from goettingen_ecm.accounts.models import User
from goettingen_ecm.settings import base
from tests.accounts.conftest import PASSWORD, is_logged_in, log_in

Browser = Callable[[], Client]
LIMITS = override_settings(ACCOUNT_RATE_LIMITS=base.ACCOUNT_RATE_LIMITS)


class TestPassword:
    def test_the_right_one_opens_the_start_page(
        self, argon2: None, staff: User, browser: Browser
    ) -> None:
        client = browser()
        answer = log_in(client, "brandt", PASSWORD)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("start"))
        assert is_logged_in(client)
        assert client.get("/").status_code == 200

    def test_it_is_stored_with_argon2(self, argon2: None, staff: User) -> None:
        assert staff.password.startswith("argon2$argon2id$")

    @pytest.mark.parametrize(
        ("username", "password"),
        [("brandt", "falsch"), ("niemand", PASSWORD), ("", ""), ("brandt", "")],
    )
    def test_a_wrong_one_does_not(
        self, staff: User, browser: Browser, username: str, password: str
    ) -> None:
        client = browser()
        assert log_in(client, username, password).status_code == 200
        assert not is_logged_in(client)

    def test_unknown_people_and_wrong_passwords_read_the_same(
        self, staff: User, browser: Browser
    ) -> None:
        pages = [log_in(browser(), name, "falsch").content.decode() for name in ("brandt", "x")]
        texts = [re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page) for page in pages]
        assert texts[0].replace("brandt", "") == texts[1].replace("brandt", "")

    def test_a_closed_account_stays_out(self, staff: User, browser: Browser) -> None:
        User.objects.filter(pk=staff.pk).update(is_active=False)
        client = browser()
        log_in(client, "brandt", PASSWORD)
        assert not is_logged_in(client)

    def test_a_technical_user_has_no_password(self, staff: User, browser: Browser) -> None:
        technical = User.objects.get(username="openprosoz")
        assert not technical.has_usable_password()

    def test_nobody_signs_up(self, quick_city: None, browser: Browser) -> None:
        client = browser()
        count = User.objects.count()
        wish = {"username": "fremd", "password1": PASSWORD, "password2": PASSWORD}
        client.post("/konto/signup/", wish)
        assert User.objects.count() == count

    def test_logging_out_needs_a_click(self, staff: User, browser: Browser) -> None:
        client = browser()
        log_in(client, "brandt", PASSWORD)
        client.get("/konto/logout/")
        assert is_logged_in(client)
        client.post("/konto/logout/")
        assert not is_logged_in(client)

    @pytest.mark.parametrize(
        ("target", "lands"),
        [
            ("/akten/?sort=-datum", "/akten/?sort=-datum"),
            ("https://boese.example/", "/"),
            ("//boese.example/", "/"),
            ("/\\boese.example", "/"),
            ("javascript:alert(1)", "/"),
        ],
    )
    def test_after_login_only_own_pages_follow(
        self, staff: User, browser: Browser, target: str, lands: str
    ) -> None:
        answer = log_in(browser(), "brandt", PASSWORD, next=target)
        assert (answer.status_code, answer.headers["Location"]) == (302, lands)


class TestRateLimit:
    @LIMITS
    def test_after_five_failures_the_account_is_refused_even_with_the_right_password(
        self, staff: User, browser: Browser
    ) -> None:
        name = renamed(staff)
        for _attempt in range(5):
            assert log_in(browser(), name, "falsch").status_code == 200
        client = browser()
        answer = log_in(client, name, PASSWORD)
        assert not is_logged_in(client)
        assert "Zu viele" in answer.content.decode()

    @LIMITS
    def test_one_address_cannot_try_many_accounts(self, staff: User, browser: Browser) -> None:
        client, name = browser(), renamed(staff)
        for number in range(10):
            log_in(client, f"{name}{number}", "falsch")
        log_in(client, name, PASSWORD)
        assert not is_logged_in(client)
        assert is_logged_in_from(browser(), name)

    @LIMITS
    @override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
    def test_behind_a_proxy_each_address_is_counted_alone(
        self, staff: User, browser: Browser
    ) -> None:
        name, client = renamed(staff), browser()
        one, other = (f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::7" for _ in "ab")
        for number in range(10):
            log_in(client, f"{name}{number}", "falsch", address=one)
        assert not is_logged_in_from(client, name, address=one)
        assert is_logged_in_from(client, name, address=other)

    @LIMITS
    def test_four_failures_are_forgiven(self, staff: User, browser: Browser) -> None:
        name = renamed(staff)
        for _attempt in range(4):
            log_in(browser(), name, "falsch")
        assert is_logged_in_from(browser(), name)


def renamed(person: User) -> str:
    """Failures are counted per account in Redis, where other runs count too."""
    name = f"brandt-{uuid4().hex[:12]}"
    User.objects.filter(pk=person.pk).update(username=name)
    return name


def is_logged_in_from(client: Client, username: str, address: str = "") -> bool:
    log_in(client, username, PASSWORD, address=address)
    return is_logged_in(client)


class TestAdmin:
    def test_django_admin_has_no_login_of_its_own(self, staff: User, browser: Browser) -> None:
        """Else it would be a way round the rate limit and the second factor."""
        User.objects.filter(pk=staff.pk).update(is_staff=True)
        client = browser()
        answer = client.post("/admin/login/", {"username": "brandt", "password": PASSWORD})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/konto/login/")
        assert not is_logged_in(client)

    def test_staff_reaches_it_after_the_login(self, staff: User, browser: Browser) -> None:
        User.objects.filter(pk=staff.pk).update(is_staff=True)
        client = browser()
        log_in(client, "brandt", PASSWORD)
        assert client.get("/admin/").status_code == 200


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def forget_use_of(code: str, person: User) -> None:
    """A code counts once; the test does not wait for the next half minute."""
    totp = Authenticator.objects.get(user=person, type="totp").wrap()
    cache.delete(totp._get_used_cache_key(code))


class TestSecondFactor:
    def enrol(self, client: Client) -> str:
        """Through the pages a person uses, password once more; returns the secret of the app."""
        asked = client.get("/konto/2fa/totp/activate/")
        assert asked.status_code == 302
        assert client.get(asked.headers["Location"]).status_code == 200
        again = client.post(asked.headers["Location"], {"password": PASSWORD})
        page = client.get(again.headers["Location"])
        assert page.status_code == 200
        secret: str = client.session["mfa.totp.secret"]
        answer = client.post("/konto/2fa/totp/activate/", {"code": code_for(secret)})
        assert answer.status_code == 302
        return secret

    def test_enrolled_people_need_password_and_code(self, staff: User, browser: Browser) -> None:
        client = browser()
        log_in(client, "brandt", PASSWORD)
        secret = self.enrol(client)
        assert Authenticator.objects.filter(user=staff, type="totp").exists()

        client = browser()
        answer = log_in(client, "brandt", PASSWORD)
        assert answer.headers["Location"] == reverse("mfa_authenticate")
        assert not is_logged_in(client)
        assert client.get("/akten/").status_code == 302
        client.post(answer.headers["Location"], {"code": "000000"})
        assert not is_logged_in(client)
        forget_use_of(code_for(secret), staff)
        client.post(answer.headers["Location"], {"code": code_for(secret)})
        assert is_logged_in(client)

    def test_the_database_does_not_hold_the_secret(self, staff: User, browser: Browser) -> None:
        client = browser()
        log_in(client, "brandt", PASSWORD)
        secret = self.enrol(client)
        stored = Authenticator.objects.get(user=staff, type="totp")
        assert secret not in str(stored.data)
        adapter = SecondFactorAdapter()
        assert adapter.decrypt(stored.data["secret"]) == secret
        with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
            assert adapter.decrypt(stored.data["secret"]) == secret
        with override_settings(SECRET_KEY="x" * 60), pytest.raises(InvalidToken):
            adapter.decrypt(stored.data["secret"])

    @override_settings(MFA_REQUIRED=True)
    def test_by_setting_nobody_works_without_one(self, staff: User, browser: Browser) -> None:
        client = browser()
        log_in(client, "brandt", PASSWORD)
        for address in ("/", "/akten/", "/suche/?q=x"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Location"]) == (
                302,
                "/konto/2fa/totp/activate/",
            )
        self.enrol(client)
        assert client.get("/akten/").status_code == 200

    def test_without_the_setting_it_is_everybodys_choice(
        self, staff: User, browser: Browser
    ) -> None:
        client = browser()
        log_in(client, "brandt", PASSWORD)
        assert client.get("/akten/").status_code == 200
