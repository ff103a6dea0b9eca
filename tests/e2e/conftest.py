"""A real city on a port: gunicorn, a Celery worker, the demo delivery through the pipeline, Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import BASE_DIR, app_url, clone_of, drop, owner_url

START_SECONDS = 60
IMPORT_SECONDS = 180


@pytest.fixture(scope="session")
def city_environment(
    template_db: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Environment of all processes of the city: own database, own folders."""
    name = f"test_ecm_{os.getpid()}_city"
    clone_of(template_db, name)
    folder = tmp_path_factory.mktemp("city")
    yield os.environ | {
        "DATABASE_URL": app_url(name),
        "DATABASE_OWNER_URL": owner_url(name),
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test",
        "ECM_TEST_RUN_DIR": str(folder),
        "ECM_DEMO": "1",
    }
    drop(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def city_address(city_environment: dict[str, str]) -> Iterator[str]:
    """The address of the running city after its night's delivery is filed."""
    port = free_port()
    environment = city_environment | {"ECM_SITE_ADDRESS": f"http://127.0.0.1:{port}"}
    manage = [sys.executable, "manage.py"]
    subprocess.run(
        [*manage, "collectstatic", "--noinput", "-v", "0"],
        cwd=BASE_DIR,
        env=environment,
        check=True,
    )
    subprocess.run([*manage, "load_demo"], cwd=BASE_DIR, env=environment, check=True)
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "goettingen_ecm.wsgi",
        "-b",
        f"127.0.0.1:{port}",
        "--threads",
        "8",
    ]
    worker = [sys.executable, "-m", "celery", "-A", "goettingen_ecm", "worker", "-B", "-Q", "celery,quick", "-c", "1",
              "-l", "WARNING", "-s", str(Path(environment["ECM_TEST_RUN_DIR"]) / "beat")]  # fmt: skip
    processes = [
        subprocess.Popen(command, cwd=BASE_DIR, env=environment) for command in (web, worker)
    ]
    try:
        wait_for(f"http://127.0.0.1:{port}/gesundheit/lebt")
        subprocess.run(
            [*manage, "demo_status", "--wait", str(IMPORT_SECONDS)],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def wait_for(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - our own loopback address
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.fixture
def page_of(browser: Browser, city_address: str) -> Iterator[Callable[..., Page]]:
    """A fresh browser window, logged in by the persona's card; width in pixels."""
    contexts = []

    def open_window(username: str, width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="de-DE", base_url=city_address
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/konto/login/")
        page.locator(f"button[value='{username}']").click()
        page.get_by_role("heading", name="Mein Tag").wait_for()
        return page

    yield open_window
    for context in contexts:
        # A window closed while a page is on its way has hung Chromium for good.
        for page in context.pages:
            page.wait_for_load_state()
        context.close()
