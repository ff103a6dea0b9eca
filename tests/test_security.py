"""What every answer carries, what no template contains, what nobody learns (S1, S7)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, reverse

from goettingen_ecm.accounts.backends import BACKEND
from records.models import Component
from tests import personas, stories
from tests.operations.test_production_settings import RIGHT
from tests.personas import ADMINISTRATION, CLERK_BUILDING, CLERK_SOCIAL
from tests.test_url_matrix import GET, all_addresses


@pytest.fixture
def addresses(city: None) -> dict[str, str]:
    return all_addresses()


ClientOf = Callable[[str], Client]
BASE = Path(settings.BASE_DIR)
OWN_TEMPLATES = sorted((BASE / "templates").rglob("*.html"))

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NO_CAPABILITIES = ("camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()")


def policy_of(answer: Any) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts if part.strip())


def weaknesses(answer: Any) -> list[str]:
    """What an answer lacks."""
    found = [f"{name}: {answer.get(name)}" for name, value in HEADERS.items()
             if answer.get(name) != value]  # fmt: skip
    if policy_of(answer) != POLICY:
        found.append(answer["Content-Security-Policy"])
    allowed = answer.get("Permissions-Policy", "")
    found += [one for one in NO_CAPABILITIES if one not in allowed]
    return found


class TestHeaders:
    @pytest.mark.parametrize("username", [CLERK_SOCIAL, CLERK_BUILDING, ADMINISTRATION])
    def test_every_page_of_everybody(
        self, addresses: dict[str, str], client_of: ClientOf, username: str
    ) -> None:
        """Pages, redirects, refusals (403, 404), downloads, fragments."""
        client = client_of(username)
        for name in GET:
            answer = client.get(addresses[name])
            assert weaknesses(answer) == [], (name, answer.status_code)
            assert "no-store" in answer["Cache-Control"], name

    def test_pages_without_login(self, addresses: dict[str, str]) -> None:
        for address in (
            reverse("account_login"),
            reverse("account_reset_password"),
            reverse("start"),
            reverse("health_alive"),
            "/gibt/es/nicht/",
            addresses["case-file"],
            "/admin/",
        ):
            assert weaknesses(Client().get(address)) == [], address

    def test_admin_has_the_same_policy(self, city: None, client_of: ClientOf) -> None:
        client = client_of(ADMINISTRATION)
        for address in (reverse("admin:index"), reverse("admin:accounts_orgunit_add")):
            answer = client.get(address)
            assert answer.status_code == 200
            assert weaknesses(answer) == []
            assert "no-store" in answer["Cache-Control"]

    def test_refused_writes(self, addresses: dict[str, str], client_of: ClientOf) -> None:
        client = client_of(ADMINISTRATION)
        answers = {
            "invalid": client.post(addresses["clearing-dismiss"], {}),
            "accepted": client.post(addresses["clearing-dismiss"], {"reason": "Probe"}),
            "twice": client.post(addresses["clearing-dismiss"], {"reason": "Probe"}),
            "method": client.post(addresses["search"]),
        }
        assert {k: a.status_code for k, a in answers.items()} == {
            "invalid": 422,
            "accepted": 302,
            "twice": 409,
            "method": 405,
        }
        for name, answer in answers.items():
            assert weaknesses(answer) == [], name

    def test_a_locked_session_is_answered_with_them_too(
        self, addresses: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(CLERK_SOCIAL)
        client.get("/")
        with override_settings(SESSION_LOCK_AFTER=timedelta(seconds=-1)):
            answer = client.get(addresses["case-file"])
        assert answer.status_code == 302
        assert weaknesses(answer) == []

    def test_what_a_protected_page_shows_is_kept_nowhere(
        self, addresses: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(CLERK_SOCIAL)
        for name in ("case-file", "document", "search", "document-original"):
            kept = client.get(addresses[name])["Cache-Control"]
            assert "no-store" in kept and "private" in kept and "public" not in kept, name


# A line of markup that our policy would refuse or that hides code from a reader.
INLINE = {
    "style attribute": re.compile(r"""\sstyle\s*=\s*["']"""),
    "style element": re.compile(r"<style\b"),
    "script with content": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "event handler": re.compile(r"""\son[a-z]+\s*=\s*["']"""),
    "hx-on": re.compile(r"\shx-(on|vars|vals)[:=-]"),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign address": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
}
# Django's own help texts (password rules are a list); no value of a person ever gets there.
HAND_CHECKED = {("components/field.html", "{{ field.help_text|safe }}")}
RAW = re.compile(r"\{\{[^}]*\|\s*(?:safe|safeseq)\b[^}]*\}\}|\{%\s*autoescape\s+off[^%]*%\}")


def test_templates_contain_no_inline_code() -> None:
    assert len(OWN_TEMPLATES) > 50
    found = [
        (path.relative_to(BASE).as_posix(), what)
        for path in OWN_TEMPLATES
        for what, pattern in INLINE.items()
        if pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_nothing_is_shown_unescaped_but_what_was_checked_by_hand() -> None:
    found = {
        (path.relative_to(BASE / "templates").as_posix(), match)
        for path in OWN_TEMPLATES
        for match in RAW.findall(path.read_text("utf-8"))
    }
    assert found == HAND_CHECKED


# Where Python makes markup: each place was read, every part is a constant or escaped.
MARKUP_MADE = {
    "goettingen_ecm/desk/cells.py": 2,
    "goettingen_ecm/desk/handbook.py": 1,
    "goettingen_ecm/desk/icons.py": 1,
    "goettingen_ecm/desk/tables.py": 1,
    "records/services/page_images.py": 1,
    "records/views/tables.py": 2,
}
APPS = ("goettingen_ecm", "workflows", "records", "complaints", "integrations")


def test_python_makes_markup_only_where_it_was_checked_by_hand() -> None:
    making = re.compile(r"\bmark_safe\(|\bSafeString\(|\bSafeText\(|__html__|html_safe")
    found = {}
    for path in (one for app in APPS for one in (BASE / app).rglob("*.py")):
        count = len(making.findall(path.read_text("utf-8")))
        if count:
            found[path.relative_to(BASE).as_posix()] = count
    assert found == MARKUP_MADE


def test_scripts_of_our_own_build_no_markup_from_text() -> None:
    doing = re.compile(r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|"
                       r"new Function")  # fmt: skip
    for path in (BASE / "static" / "js").rglob("*.js"):
        assert doing.findall(path.read_text("utf-8")) == [], path.name


class TestForgery:
    def test_a_form_without_its_code_is_refused_with_a_friendly_page(
        self, addresses: dict[str, str]
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(personas.person(ADMINISTRATION), backend=BACKEND)
        for name in ("clearing-retry", "clearing-assign", "clearing-dismiss", "theme"):
            answer = client.post(addresses[name], {"reason": "x"})
            assert answer.status_code == 403, name
            page = answer.content.decode()
            assert "Das Formular ist abgelaufen" in page
            assert "Es wurde nichts gespeichert." in page
            assert weaknesses(answer) == []

    def test_the_login_form_is_protected_too(self, city: None) -> None:
        client = Client(enforce_csrf_checks=True)
        wish = {"login": CLERK_SOCIAL, "password": "x"}
        assert client.post(reverse("account_login"), wish).status_code == 403
        assert client.post(reverse("demo-login"), {"username": CLERK_SOCIAL}).status_code == 403

    def test_no_view_is_exempt(self) -> None:
        def exempt(patterns: list[object]) -> Iterator[str]:
            for one in patterns:
                if isinstance(one, URLPattern):
                    if getattr(one.callback, "csrf_exempt", False):
                        yield str(one.pattern)
                elif one.namespace != "api-v1":  # type: ignore[attr-defined]
                    # The REST interface takes no cookie: nothing a foreign page sends is signed in.
                    yield from exempt(one.url_patterns)  # type: ignore[attr-defined]

        assert list(exempt(list(get_resolver().url_patterns))) == []


FOREIGN = (
    "https://boese.example/",
    "//boese.example/",
    "/\\boese.example",
    "\\\\boese.example",
    "http:boese.example",
    "javascript:alert(1)",
    "/\t/boese.example",
    "https:///boese.example",
)


class TestRedirects:
    @pytest.mark.parametrize("target", FOREIGN)
    def test_nobody_is_sent_elsewhere(self, city: None, target: str) -> None:
        theme = Client().post(reverse("theme"), {"theme": "dark", "next": target})
        demo = Client().post(reverse("demo-login"), {"username": CLERK_SOCIAL, "next": target})
        for answer in (theme, demo):
            assert answer.status_code == 302
            assert answer["Location"] in ("/", reverse("start"))

    def test_own_pages_are_followed(self, city: None) -> None:
        wish = {"username": CLERK_SOCIAL, "next": "/suche/?q=a"}
        assert Client().post(reverse("demo-login"), wish)["Location"] == "/suche/?q=a"

    def test_another_host_name_is_refused(self, city: None) -> None:
        assert Client().get(reverse("account_login"), HTTP_HOST="boese.example").status_code == 400


class TestOneAnswerForMissingAndInvisible:
    def test_s1_byte_for_byte(self, client_of: ClientOf) -> None:
        story = stories.social_file()
        client = client_of(CLERK_BUILDING)
        missing = str(uuid4())
        known = {
            "case-file": story.case_file.uuid,
            "case-file-history": story.case_file.uuid,
            "case-file-access": story.case_file.uuid,
            "document-upload": story.case_file.uuid,
            "document": story.document.uuid,
            "document-original": story.document.uuid,
            "document-page": story.document.uuid,
            "document-page-text": story.document.uuid,
        }
        rest: dict[str, list[int]] = {
            "document-original": [1, 0],
            "document-page": [1, 0, 1],
            "document-page-text": [1, 0, 1],
        }
        for name, uuid in known.items():
            hidden, absent = (
                client.get(reverse(name, args=[key, *rest.get(name, [])]))
                for key in (uuid, missing)
            )
            assert (hidden.status_code, absent.status_code) == (404, 404), name
            assert stripped(hidden, str(uuid)) == stripped(absent, missing), name
            assert headers_of(hidden) == headers_of(absent), name

    def test_a_deep_link_to_an_invisible_file_reads_as_one_to_none(
        self, client_of: ClientOf
    ) -> None:
        stories.social_file("4711")
        client = client_of(CLERK_BUILDING)
        address = reverse("open-by-key")
        hidden = client.get(address, {"verfahren": "openprosoz", "schluessel": "4711"})
        absent = client.get(address, {"verfahren": "openprosoz", "schluessel": "9999"})
        assert stripped(hidden, "4711") == stripped(absent, "9999")
        assert headers_of(hidden) == headers_of(absent)


def stripped(answer: Any, asked: str) -> str:
    """The page without the form's protection code and the address asked for."""
    page = answer.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    page = re.sub(r'"X-CSRFToken": ?"[^"]*"|data-csrf="[^"]*"', "", page)
    return page.replace(asked, "")


def headers_of(answer: Any) -> dict[str, str]:
    return {k: v for k, v in answer.items() if k not in ("Set-Cookie", "Content-Length")}


class TestOriginals:
    @pytest.mark.parametrize(
        "text",
        [
            "<html><script>alert(1)</script></html>",
            '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
            "%PDF-1.4 kein PDF",
        ],
    )
    def test_they_are_never_shown_by_the_browser(self, client_of: ClientOf, text: str) -> None:
        city_client = client_of(CLERK_SOCIAL)
        story = stories.social_file(text=text)
        answer = city_client.get(reverse("document-original", args=[story.document.uuid, 1, 0]))
        assert answer.getvalue().decode() == text
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_a_file_name_cannot_break_the_header(self, client_of: ClientOf) -> None:
        client = client_of(CLERK_SOCIAL)
        story = stories.social_file()
        name = 'Bescheid "März"; filename=evil.exe'
        Component.objects.filter(version__document=story.document).update(file_name=name)
        answer = client.get(reverse("document-original", args=[story.document.uuid, 1, 0]))
        assert answer["Content-Disposition"] == (
            "attachment; filename*=utf-8''Bescheid%20%22M%C3%A4rz%22%3B%20filename%3Devil.exe"
        )


WANTED_COOKIES = {
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_NAME": "__Host-sitzung",
    "SESSION_COOKIE_DOMAIN": None,
    "SESSION_COOKIE_PATH": "/",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "CSRF_COOKIE_DOMAIN": None,
    "CSRF_COOKIE_PATH": "/",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "DEBUG": False,
    "DEMO": False,
}
PRINT_SETTINGS = """
import json, sys
from django.conf import settings
names = json.loads(sys.argv[1])
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def test_production_cookies_never_leave_https_and_the_host() -> None:
    environment = os.environ | RIGHT
    environment |= {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.prod", "ECM_DEMO": ""}
    shown = subprocess.run(
        [sys.executable, "-c", PRINT_SETTINGS, json.dumps(list(WANTED_COOKIES))],
        cwd=BASE,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(shown.stdout) == WANTED_COOKIES


def test_the_session_cookie_is_hidden_from_scripts(city: None) -> None:
    client = Client()
    answer = client.post(reverse("demo-login"), {"username": CLERK_SOCIAL})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        if name in answer.cookies:
            assert answer.cookies[name]["httponly"], name
            assert answer.cookies[name]["samesite"] == "Lax", name
    assert settings.SESSION_COOKIE_NAME in answer.cookies


@override_settings(DEMO=False)
def test_login_answers_tell_nobody_who_works_here(city: None) -> None:
    """The same page for a person, a closed account, a technical user and nobody."""
    closed = personas.person(CLERK_BUILDING)
    closed.is_active = False
    closed.save()
    pages = {}
    for name in (CLERK_SOCIAL, CLERK_BUILDING, "openprosoz", "niemand"):
        answer = Client().post(reverse("account_login"), {"login": name, "password": "falsch"})
        pages[name] = (answer.status_code, stripped(answer, f'value="{name}"'))
    for name, page in pages.items():
        assert page == pages["niemand"], name


def test_a_password_reset_tells_nobody_either(city: None) -> None:
    known = personas.person(CLERK_SOCIAL)
    known.email = "sabine.brandt@musterstadt.example"
    known.save()
    answers = [
        Client().post(reverse("account_reset_password"), {"email": address}, follow=True)
        for address in (known.email, "niemand@musterstadt.example")
    ]
    first, second = ((a.status_code, a.redirect_chain, stripped(a, "")) for a in answers)
    assert first == second
