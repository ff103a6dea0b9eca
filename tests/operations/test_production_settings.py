"""Production refuses to start insecurely, with one line for each reason."""

import os
import secrets
import subprocess
import sys

import pytest

from goettingen_ecm.operations.local_stack.checks import production_environment
from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR
from goettingen_ecm.settings.refusals import problems

APP = "postgresql://ecm_app:geheimnis@db/ecm"
OWNER = "postgresql://ecm_owner:anderes@db/ecm"
RIGHT = {
    "DATABASE_URL": APP,
    "REDIS_URL": "redis://redis:6379/0",
    "ECM_SECRET_KEY": secrets.token_urlsafe(64),
    "ECM_AUDIT_KEY": secrets.token_urlsafe(64),
    "ECM_HOSTS": "eakte.musterstadt.example",
    "ECM_SITE_ADDRESS": "https://eakte.musterstadt.example",
}
WRONG = {
    "demo": ({"ECM_DEMO": "1"}, "ECM_DEMO"),
    "demo in German": ({"ECM_DEMO": "ja"}, "ECM_DEMO"),
    "debug": ({"ECM_DEBUG": "true"}, "ECM_DEBUG"),
    "no key": ({"ECM_SECRET_KEY": ""}, "ECM_SECRET_KEY fehlt"),
    "development key": (
        {"ECM_SECRET_KEY": "development-only-" + secrets.token_urlsafe(64)},
        "ECM_SECRET_KEY ist ein bekannter",
    ),
    "short key": ({"ECM_SECRET_KEY": secrets.token_urlsafe(24)}, "ECM_SECRET_KEY ist zu schwach"),
    "monotonous key": ({"ECM_SECRET_KEY": "ab" * 40}, "ECM_SECRET_KEY ist zu schwach"),
    "no audit key": ({"ECM_AUDIT_KEY": ""}, "ECM_AUDIT_KEY fehlt"),
    "short audit key": ({"ECM_AUDIT_KEY": "kurz"}, "ECM_AUDIT_KEY ist zu schwach"),
    "one key for both": ({"ECM_AUDIT_KEY": RIGHT["ECM_SECRET_KEY"]}, "derselbe Schlüssel"),
    "no host": ({"ECM_HOSTS": " , "}, "ECM_HOSTS fehlt"),
    "any host": ({"ECM_HOSTS": "a.example, *"}, "ECM_HOSTS enthält"),
    "plain http": ({"ECM_SITE_ADDRESS": "http://eakte.musterstadt.example"}, "https://"),
    "no queue": ({"REDIS_URL": ""}, "REDIS_URL fehlt"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL fehlt"),
    "owner as app": ({"DATABASE_URL": OWNER}, "ecm_owner"),
    "superuser as app": ({"DATABASE_URL": "postgresql://postgres@db/ecm"}, "postgres"),
    "one role for both": ({"DATABASE_OWNER_URL": APP}, "dieselbe Rolle"),
}


def test_a_right_environment_has_no_problems() -> None:
    assert problems(RIGHT) == []
    assert problems(RIGHT | {"DATABASE_OWNER_URL": OWNER, "ECM_DEMO": "0"}) == []


@pytest.mark.parametrize("case", WRONG)
def test_refusal(case: str) -> None:
    change, expected = WRONG[case]
    found = problems(RIGHT | change)
    assert len(found) == 1
    assert expected in found[0]
    assert "\n" not in found[0]


def test_owner_is_allowed_for_migrations_only_when_said_so() -> None:
    assert problems(RIGHT | {"DATABASE_URL": OWNER, "ECM_AS_OWNER": "1"}) == []


def test_all_reasons_are_named_at_once() -> None:
    assert len(problems({"ECM_DEMO": "1", "ECM_DEBUG": "1"})) >= 7


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    program = "import goettingen_ecm.settings.prod as s; print(s.DEBUG, s.DEMO, s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_DIR,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_settings_module_really_refuses() -> None:
    good = production_environment() | {"DATABASE_URL": APP, "REDIS_URL": RIGHT["REDIS_URL"]}
    assert _start(good).stdout == "False False 1\n"
    assert _start(good | {"ECM_PROXY_COUNT": "2"}).stdout == "False False 2\n"
    bad = _start(good | {"ECM_DEMO": "1", "ECM_SECRET_KEY": "development-only"})
    assert bad.returncode != 0
    assert "ImproperlyConfigured" in bad.stderr
    assert "- ECM_DEMO ist eingeschaltet" in bad.stderr
    assert "- ECM_SECRET_KEY ist ein bekannter" in bad.stderr
