"""The load of many people: whole command on a small city; errors are seen, not swallowed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import settings

from records.benchmarks.load_users import Crowd, Person, work


class Answers(BaseHTTPRequestHandler):
    """/gut answers, /kaputt fails."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/gut" else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Nothing to tell."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def crowd(address: str, *pages: str) -> Crowd:
    people = [Person("a=b", {"list": [[page] for page in pages]})] * 3
    return Crowd(address, people, {"list": 1.0}, think=0.02, seconds=0.3, seed=1)


def test_answers_are_timed(address: str) -> None:
    seen = work(crowd(address, "/gut"))
    assert len(seen.milliseconds["list"]) >= 3
    assert seen.errors == []


def test_failing_pages_and_a_server_that_is_gone_are_errors(address: str) -> None:
    seen = work(crowd(address, "/kaputt"))
    assert seen.errors[0] == "/kaputt: 500"
    gone = work(crowd("http://127.0.0.1:1", "/gut"))
    assert "ConnectionRefusedError" in gone.errors[0]


def test_the_load_is_measured_in_a_small_city() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "bench_load", "--quick"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test", "ECM_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])["figures"]
    assert figures["errors"] == 0
    assert figures["requests"] > 0
    assert figures["request_cpu_ms_mean"] > 0
