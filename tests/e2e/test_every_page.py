"""axe over every page of the url matrix, wide and narrow; nothing runs sideways on a phone (D9).

The pages are rendered for the first persona who may see them and shown to Chromium as they are:
no list of pages to keep, a new address is looked at with its row in ``tests/url_rows``.
"""

import mimetypes
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import Browser, Route
from pytest_django import DjangoDbBlocker

from goettingen_ecm.accounts.backends import BACKEND
from integrations.demo import city as demo_city
from tests import personas
from tests.e2e.test_accessibility import problems, runs_sideways
from tests.test_url_matrix import GET, all_addresses
from tests.url_rows import ORDER

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
HERE = "http://desk.test"
# The same HTML as on the wide screen: what else axe finds on a phone lies in the frame and tables.
NARROW_EACH = 4
STATIC = "/static/"


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Mapping[str, bytes]:
    """The HTML of every address by its name."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as pool:
        # In a thread of its own: Chromium's driver has a loop in this one.
        return pool.submit(_rendered).result()


def _rendered() -> dict[str, bytes]:
    try:
        with transaction.atomic():
            demo_city.build_city()
            found = _pages()
            transaction.set_rollback(True)
        return found
    finally:
        connection.close()


def _pages() -> dict[str, bytes]:
    addresses, found = all_addresses(), {}
    clients = {name: _client(name) for name in ORDER}
    for name, statuses in GET.items():
        if 200 not in statuses:
            continue
        answer = clients[ORDER[statuses.index(200)]].get(addresses[name])
        whole = not answer.streaming and b"<!doctype html>" in answer.content.lower()[:100]
        if whole:
            found[name] = answer.content
    return found


def _client(username: str) -> Client:
    client = Client()
    client.force_login(personas.person(username), backend=BACKEND)
    return client


def _answer(html: bytes, route: Route) -> None:
    path = urlsplit(route.request.url).path
    file = finders.find(path.removeprefix(STATIC)) if path.startswith(STATIC) else None
    if path == "/":
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif isinstance(file, str):
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(body=Path(file).read_bytes(), content_type=kind)
    else:
        # Page images and polling: the page must hold without them.
        route.fulfill(status=404)


@pytest.mark.parametrize(
    ("width", "each"),
    [(1280, 1), (390, NARROW_EACH), pytest.param(390, 1, marks=pytest.mark.full)],
)
def test_d9_every_page_is_accessible(
    width: int, each: int, pages: Mapping[str, bytes], browser: Browser
) -> None:
    """``each``: axe looks at every so many pages; nothing runs sideways on any."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="de-DE")
    page = context.new_page()
    broken = {}
    for number, (name, html) in enumerate(pages.items()):
        page.route(f"{HERE}/**", partial(_answer, html))
        page.goto(f"{HERE}/", wait_until="load")
        found = problems(page) if number % each == 0 else []
        if runs_sideways(page):
            found.append("runs sideways")
        if found:
            broken[name] = found
        page.unroute_all(behavior="ignoreErrors")
    context.close()
    assert len(pages) > 50
    assert broken == {}
