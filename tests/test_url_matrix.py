"""Every address × persona: what each person gets, written by hand from the policy.

Invisible is 404, visible but forbidden 403, nobody logged in is sent to the login.
"""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.operations import clock
from integrations.choices import ClearingReason, DeliveryState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem
from records.models import SpecialistSystem
from tests import personas, stories
from tests.personas import (
    ADMINISTRATION,
    ARCHIVE,
    CLERK_BUILDING,
    CLERK_SOCIAL,
    DATA_PROTECTION,
    HEAD_SOCIAL,
)
from tests.quick_city import built_city, quick_city
from tests.url_rows import EVERYBODY, INSIDERS, OPERATORS, ORDER, features

__all__ = ["built_city", "quick_city"]

ClientOf = Callable[[str], Client]


# name of the address -> status of GET for each person in ORDER
GET = {
    "start": EVERYBODY,
    "keys": EVERYBODY,
    "keepalive": (204,) * 7,
    "gallery": EVERYBODY,
    "case-files": EVERYBODY,
    "file-plan": EVERYBODY,
    "file-plan-entry": EVERYBODY,
    "search": EVERYBODY,
    "open-by-key": (302, 404, 302, 404, 404, 404, 404),
    "case-file": INSIDERS,
    "case-file-history": INSIDERS,
    "case-file-access": INSIDERS,
    "document-upload": INSIDERS,
    "document": INSIDERS,
    "document-original": INSIDERS,
    # a text file has no pages
    "document-page": (404,) * 7,
    "document-page-text": (404,) * 7,
    "deliveries": OPERATORS,
    "delivery": OPERATORS,
    "delivery-progress": OPERATORS,
    "clearing-cases": OPERATORS,
    "clearing-case": OPERATORS,
}
for _feature in features():
    GET |= _feature.GET
POST_ONLY = set().union(*(one.POST_ONLY for one in features())) | {
    "theme",
    "demo-login",
    "clearing-retry",
    "clearing-assign",
    "clearing-dismiss",
}
WITHOUT_LOGIN = {
    "password-help",
    "health_alive",
    "health_ready",
    "gallery",
    "theme",
    "demo-login",
}
OTHER_OWNERS = ("account_", "mfa_", "admin:", "django_")


def _asks_itself(name: str) -> bool:
    """Open to all, or the REST interface: it wants a token and leads nobody to the login."""
    return name in WITHOUT_LOGIN or name.startswith("api-v1:")


@pytest.fixture(scope="module")
def addresses(built_city: None) -> dict[str, str]:
    """Once for the module: the story behind them stays in its transaction."""
    return all_addresses()


@pytest.fixture(autouse=True)
def one_savepoint(addresses: dict[str, str], quick_city: None) -> None:
    """What one test does is gone for the next."""


@pytest.fixture
def client_of() -> ClientOf:
    def log_in(username: str) -> Client:
        client = Client()
        client.force_login(personas.person(username), backend=BACKEND)
        return client

    return log_in


def all_addresses() -> dict[str, str]:
    """Every named address with objects of a new story in the demo city."""
    story = stories.social_file()
    part = [story.document.uuid, 1, 0]
    case = _clearing_case()
    arguments: dict[str, list[object]] = {
        "file-plan-entry": [story.case_file.entry_id],
        "case-file": [story.case_file.uuid],
        "case-file-history": [story.case_file.uuid],
        "case-file-access": [story.case_file.uuid],
        "document-upload": [story.case_file.uuid],
        "document": [story.document.uuid],
        "document-original": part,
        "document-page": [*part, 1],
        "document-page-text": [*part, 1],
        "delivery": [case.item.delivery.uuid],
        "delivery-progress": [case.item.delivery.uuid],
        "clearing-case": [case.uuid],
        "clearing-retry": [case.uuid],
        "clearing-assign": [case.uuid],
        "clearing-dismiss": [case.uuid],
    }
    for feature in features():
        arguments |= feature.arguments(story)
    found = {name: reverse(name, args=arguments.get(name, [])) for name in [*GET, *POST_ONLY]}
    found["open-by-key"] += "?verfahren=openprosoz&schluessel=4711"
    found["search"] += "?q=Heizkostennachzahlung"
    return found


def _clearing_case() -> ClearingCase:
    delivery = Delivery.objects.create(
        system=SpecialistSystem.objects.get(code="openprosoz"),
        name="nacht",
        folder="/nacht",
        state=DeliveryState.DONE,
        received_at=clock.now(),
    )
    item = DeliveryItem.objects.create(
        delivery=delivery,
        position=1,
        stage=Stage.FINISHED,
        outcome=Outcome.CLEARING,
        raw={},
        updated_at=clock.now(),
    )
    return ClearingCase.objects.create(
        item=item,
        reason=ClearingReason.UNKNOWN_UNIT,
        explanation="akte.oe: unbekannt",
        created_at=clock.now(),
    )


@pytest.mark.parametrize("name", sorted(GET))
def test_get_answers_each_person_by_policy(
    name: str, addresses: dict[str, str], client_of: ClientOf
) -> None:
    got = tuple(client_of(person).get(addresses[name]).status_code for person in ORDER)
    assert dict(zip(ORDER, got, strict=True)) == dict(zip(ORDER, GET[name], strict=True))


@pytest.mark.parametrize("name", sorted(one for one in GET if not _asks_itself(one)))
def test_nobody_logged_in_is_sent_to_the_login(name: str, addresses: dict[str, str]) -> None:
    answer = Client().get(addresses[name])
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["clearing-retry", "clearing-assign", "clearing-dismiss"])
def test_clearing_is_for_operators_only(
    name: str, addresses: dict[str, str], client_of: ClientOf
) -> None:
    for person in (CLERK_SOCIAL, CLERK_BUILDING, HEAD_SOCIAL, ARCHIVE, DATA_PROTECTION):
        assert client_of(person).post(addresses[name]).status_code == 403
    assert client_of(ADMINISTRATION).get(addresses[name]).status_code == 405


@pytest.mark.parametrize("name", ["case-file", "document-upload", "document"])
def test_writing_methods_follow_visibility(
    name: str, addresses: dict[str, str], client_of: ClientOf
) -> None:
    assert client_of(CLERK_BUILDING).delete(addresses[name]).status_code in (404, 405)
    assert client_of(CLERK_BUILDING).post(addresses[name]).status_code in (404, 405)


def test_a_superuser_sees_nothing_more(addresses: dict[str, str], client_of: ClientOf) -> None:
    administrator = personas.person(ADMINISTRATION)
    administrator.is_superuser = True
    administrator.save()
    client = client_of(ADMINISTRATION)
    for name, statuses in GET.items():
        if statuses == INSIDERS:
            assert client.get(addresses[name]).status_code == 404, name


def test_every_address_has_a_row() -> None:
    known = set(GET) | POST_ONLY | WITHOUT_LOGIN
    missing = {
        name
        for name in _names(get_resolver())
        if name not in known and not name.startswith(OTHER_OWNERS)
    }
    assert missing == set()


def _names(resolver: URLResolver, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.add(f"{prefix}{entry.name}")
        else:
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found |= _names(entry, space)
    return found
