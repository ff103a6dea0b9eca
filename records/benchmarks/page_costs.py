"""What a page costs a clerk: CPU of process and backend, queries; medians after a warm-up."""

import statistics
from collections.abc import Mapping

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
    found = [
        benching.cost_of(lambda: [client.get(address) for _ in range(TOGETHER)])
        for _ in range(runs)
    ]
    return [Cost(c.cpu_ms / TOGETHER, c.wall_ms / TOGETHER, c.queries // TOGETHER) for c in found]


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
