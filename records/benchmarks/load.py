"""What the machine bears: a real web server, and a crowd of browsers in another process.

Mix of search.md: searches, files and documents with their page images, lists.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import takewhile
from random import Random
from typing import Any
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import give_role
from goettingen_ecm.operations import benching
from records.benchmarks import page_costs
from records.benchmarks.load_users import Crowd, Person, Seen
from records.models import Document

MIX = {"search": 0.3, "document": 0.5, "list": 0.2}
THINK_SECONDS = 10.0
GOOD_MS = 500.0
CLERKS, VISITS = 40, 30
START_SECONDS = 60.0
# As the Procfile starts it.
WEB = ("--workers", "2", "--threads", "4", "--keep-alive", "30", "--no-control-socket")


@dataclass(frozen=True, slots=True)
class Step:
    """So many people for so many seconds."""

    users: int
    seconds: float
    think: float = THINK_SECONDS


WARM_UP = Step(users=0, seconds=1.0, think=0.2)


def clerks(count: int = CLERKS) -> list[User]:
    """People of as many units as there are, each sees what lies in its own."""
    units = OrgUnit.objects.filter(children__isnull=True, parent__isnull=False).order_by("pk")
    people = []
    for number, unit in enumerate(units[:count]):
        user, made = User.objects.get_or_create(
            username=f"mess-last-{number}", defaults={"last_name": f"Last {number}"}
        )
        if made:
            give_role(user, unit, Role.CLERK)
        people.append(user)
    return people


def browsers(users: Sequence[User], asked: Sequence[str], seed: int) -> list[Person]:
    """A logged-in browser of each who sees anything, and where it may go."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    found = []
    for user in users:
        if visits := _visits(user, asked, rng):
            [cookie] = page_costs.client_of(user).cookies.values()
            found.append(Person(f"{cookie.key}={cookie.value}", visits))
    if not found:
        raise CommandError("Niemand sieht ein Dokument: die Stadt ist zu klein.")
    return found


def _visits(user: User, asked: Sequence[str], rng: Random) -> dict[str, list[list[str]]]:
    newest = Document.objects.visible_to(user).order_by("-pk")
    documents = list(newest.values_list("uuid", "case_file__uuid")[:VISITS])
    if not documents:
        return {}
    files = [[reverse("case-file", args=[file])] for _document, file in documents]
    pages = [_document_visit(str(uuid)) for uuid, _file in documents]
    searches = [[f"{reverse('search')}?{urlencode({'q': text})}"] for text in asked]
    lists = [
        [reverse("case-files")],
        [f"{reverse('case-files')}?sortierung=aktenzeichen"],
        [reverse("start")],
        [reverse("file-plan")],
    ]
    rng.shuffle(searches)
    return {"search": searches, "document": files + pages, "list": lists}


def _document_visit(uuid: str) -> list[str]:
    """The page of a document, then the picture of its first page."""
    return [reverse("document", args=[uuid]), reverse("document-page", args=[uuid, 1, 0, 1])]


def measure(
    people: Sequence[Person], steps: Sequence[Step], seed: int, database_url: str
) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures of the first step; ``parts`` names every step. The knee is the last step before
    answers fail or take too long."""
    with web_server(database_url) as (address, server):
        _run(Crowd(address, list(people), MIX, WARM_UP.think, WARM_UP.seconds, seed))
        found = {step.users: _step(address, server, people, step, seed) for step in steps}
    good = [users for users, _one in takewhile(lambda step: _is_good(step[1]), found.items())]
    first = found[steps[0].users]
    return {**first, "knee_users": max(good, default=0)}, {
        f"users_{users}": one for users, one in found.items()
    }


def _is_good(one: dict[str, float]) -> bool:
    return one["errors"] == 0 and one["wall_ms_p95"] <= GOOD_MS


def _step(
    address: str, server: psutil.Process, people: Sequence[Person], step: Step, seed: int
) -> dict[str, float]:
    crowd = [people[n % len(people)] for n in range(step.users)]
    before = _cpu_seconds(server)
    seen = _run(Crowd(address, crowd, MIX, step.think, step.seconds, seed + step.users))
    spent = _cpu_seconds(server) - before
    every = sorted(ms for kind in seen.milliseconds.values() for ms in kind)
    if not every:
        raise CommandError("Niemand hat eine Antwort bekommen: " + "; ".join(seen.errors[:3]))
    medians = {f"{kind}_wall_ms_median": _median(ms) for kind, ms in seen.milliseconds.items()}
    return {
        "requests": len(every),
        "errors": len(seen.errors),
        "request_cpu_ms_mean": round(spent * 1000 / len(every), 1),
        "wall_ms_median": _median(every),
        "wall_ms_p95": round(every[int(len(every) * 0.95)], 1),
        "requests_per_second": round(len(every) / step.seconds, 1),
        **medians,
    }


def _median(milliseconds: Sequence[float]) -> float:
    return round(statistics.median(milliseconds), 1) if milliseconds else 0.0


def _run(crowd: Crowd) -> Seen:
    run = subprocess.run(
        [sys.executable, "-m", "records.benchmarks.load_users"],
        cwd=settings.BASE_DIR,
        input=json.dumps(asdict(crowd)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Seen(**json.loads(run.stdout))


def _cpu_seconds(server: psutil.Process) -> float:
    """Of the web processes, their sandboxes, and all other sessions of this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        backends = [psutil.Process(pid) for (pid,) in cursor.fetchall() if psutil.pid_exists(pid)]
    web = [server, *server.children(recursive=True)]
    return sum(benching.backend_seconds(one) for one in [*web, *backends])


@contextmanager
def web_server(database_url: str) -> Iterator[tuple[str, psutil.Process]]:
    """The server of ``make run`` on a free port: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    gunicorn = [sys.executable, "-m", "gunicorn", "goettingen_ecm.wsgi"]
    command = [*gunicorn, "--bind", f"127.0.0.1:{port}", *WEB]
    server = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": database_url}
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}{reverse('health_alive')}")
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own loopback
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise CommandError("Der Webserver antwortet nicht.")
