"""What a page costs a clerk: CPU of process and backend, queries; medians after a warm-up."""

import shutil
import statistics
from collections.abc import Mapping
from pathlib import Path

import psutil
from django.core.management.base import CommandError
from django.test import Client

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from goettingen_ecm.operations.benching import Cost

# The operating system counts CPU in ticks of 10 ms: five calls together are exact enough.
TOGETHER = 5


def client_of(user: User) -> Client:
    """A browser the person has logged in with."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend=BACKEND)
    return client


def costs(client: Client, address: str, runs: int) -> list[Cost]:
    """The cost of one call, measured ``runs`` times. Raises CommandError for another answer
    than 200."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise CommandError(f"{answer.status_code}: {address}")
    client.get(address)
    # A single run only shows that the page can be measured.
    calls = TOGETHER if runs > 1 else 1
    found = [
        benching.cost_of(lambda: [client.get(address) for _ in range(calls)]) for _ in range(runs)
    ]
    return [Cost(c.cpu_ms / calls, c.wall_ms / calls, c.queries // calls) for c in found]


def median_cpu(found: list[Cost]) -> float:
    return statistics.median(one.cpu_ms for one in found)


def figures(client: Client, addresses: Mapping[str, str], runs: int) -> dict[str, float]:
    """``<page>_cpu_ms_median`` and ``<page>_queries`` of each page."""
    found: dict[str, float] = {}
    for name, address in addresses.items():
        measured = costs(client, address, runs)
        found[f"{name}_cpu_ms_median"] = median_cpu(measured)
        found[f"{name}_queries"] = max(one.queries for one in measured)
    return found


def new_page_images(client: Client, address: str, folder: Path, runs: int) -> dict[str, float]:
    """``page_image_new_…``: the page is rendered each time; the sandbox's own CPU counts.

    ``folder`` keeps what was rendered of this file.
    """
    client.get(address)
    sandboxed = psutil.Process().children(recursive=True)
    walls, cpus = [], []
    for _ in range(runs):
        before = _cpu_ms(sandboxed)
        cost = benching.cost_of(lambda: _render_again(client, address, folder))
        walls.append(cost.wall_ms)
        cpus.append(cost.cpu_ms + _cpu_ms(sandboxed) - before)
    return {
        "page_image_new_cpu_ms_median": statistics.median(cpus),
        "page_image_new_ms_median": statistics.median(walls),
    }


def _render_again(client: Client, address: str, folder: Path) -> None:
    shutil.rmtree(folder)
    client.get(address)


def _cpu_ms(processes: list[psutil.Process]) -> float:
    return sum(benching.backend_seconds(one) for one in processes) * 1000
