"""The demo city for quick tests, and the real web server for real clients."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from integrations.demo import city as demo_city
from tests.conftest import BASE_DIR
from tests.e2e.conftest import free_port, wait_for
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]


@pytest.fixture
def dav_address(committed_db: str) -> Iterator[str]:
    """gunicorn with two processes, as in production: locks must hold in both."""
    demo_city.build_city()
    port = free_port()
    bound = ["-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4", "--no-control-socket"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test"}
    command = [sys.executable, "-m", "gunicorn", "goettingen_ecm.wsgi", *bound]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/gesundheit/lebt")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
