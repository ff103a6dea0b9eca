"""Many people at work at once, seen from their browsers: a process of its own beside the server.

Reads one JSON object from standard input (``Crowd``), works for so long and writes one JSON object:
milliseconds from the request to the last byte, and what went wrong.

    python -m records.benchmarks.load_users < crowd.json
"""

import http.client
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from random import Random
from urllib.parse import urlsplit

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Person:
    """One browser: its cookie, and per kind of page the visits it may make.

    A visit is the addresses that a browser asks for one after the other: a document and its page.
    """

    cookie: str
    visits: dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who works where. ``mix``: share of each kind of page; times in seconds."""

    address: str
    people: list[Person]
    mix: dict[str, float]
    think: float
    seconds: float
    seed: int


@dataclass(slots=True)
class Seen:
    """What the browsers saw: milliseconds of each answer by kind of page, errors in words."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def work(crowd: Crowd) -> Seen:
    """Everybody at once, each begins somewhere in the first pause."""
    seen, end = Seen({kind: [] for kind in crowd.mix}), time.monotonic() + crowd.seconds
    threads = [
        threading.Thread(target=_sit, args=(crowd, one, Random(crowd.seed * 1000 + n), end, seen))  # noqa: S311 - no secret
        for n, one in enumerate(crowd.people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _sit(crowd: Crowd, one: Person, rng: Random, end: float, seen: Seen) -> None:
    """Think, open a page, think: until the time is over. A pause is between half and one and a
    half of ``think``."""
    kinds, shares = list(crowd.mix), list(crowd.mix.values())
    line = http.client.HTTPConnection(urlsplit(crowd.address).netloc, timeout=PATIENCE_SECONDS)
    time.sleep(rng.uniform(0, min(crowd.think, crowd.seconds)))
    while time.monotonic() < end:
        [kind] = rng.choices(kinds, shares)
        for address in rng.choice(one.visits[kind]):
            _ask(line, address, one.cookie, kind, seen)
        time.sleep(rng.uniform(0.5, 1.5) * crowd.think)
    line.close()


def _ask(
    line: http.client.HTTPConnection, address: str, cookie: str, kind: str, seen: Seen
) -> None:
    began = time.perf_counter()
    try:
        line.request("GET", address, headers={"Cookie": cookie})
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        # A broken line is an error of the load, and the next page needs a new one.
        line.close()
        seen.errors.append(f"{address}: {error!r}")
        return
    seen.milliseconds[kind].append((time.perf_counter() - began) * 1000)
    if answer.status not in (200, 302):
        seen.errors.append(f"{address}: {answer.status}")


def main() -> None:
    given = json.load(sys.stdin)
    crowd = Crowd(**given | {"people": [Person(**one) for one in given["people"]]})
    json.dump(asdict(work(crowd)), sys.stdout)


if __name__ == "__main__":
    main()
