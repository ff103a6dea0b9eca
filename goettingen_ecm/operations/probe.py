"""A container's health check: ``python goettingen_ecm/operations/probe.py web|worker|beat``.

Run as a file, standard library only: it starts in 50 ms, every few seconds, in each container.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LONGEST_SILENCE_SECONDS = 120.0


def main(arguments: list[str]) -> int:
    """0 healthy, 1 not; one line says why."""
    name = arguments[0] if arguments else ""
    if name not in ("web", "worker", "beat"):
        print("probe.py web|worker|beat", file=sys.stderr)
        return 2
    problem = web_problem() if name == "web" else silence_problem(name)
    print(problem or f"{name}: ok")
    return 1 if problem else 0


def web_problem() -> str:
    """Empty when the readiness page answers 200 under the first configured host name."""
    bind = os.environ.get("ECM_BIND", "127.0.0.1:8000").replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    host = os.environ.get("ECM_HOSTS", "").split(",")[0].strip() or "localhost"
    address = f"http://{bind}/gesundheit/bereit"
    request = urllib.request.Request(address, headers={"Host": host})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return "" if answer.status == 200 else f"web: Status {answer.status}"
    except urllib.error.HTTPError as error:
        return f"web: Status {error.code}"
    except (urllib.error.URLError, OSError) as error:
        return f"web: {error}"


def silence_problem(name: str) -> str:
    """Empty when the process left its trace within the last two minutes."""
    default = Path(os.environ.get("ECM_VAR_DIR") or "var") / "alive"
    trace = Path(os.environ.get("ECM_HEARTBEAT_DIR") or default) / name
    try:
        silence = time.time() - trace.stat().st_mtime
    except FileNotFoundError:
        return f"{name}: noch kein Lebenszeichen"
    return "" if silence < LONGEST_SILENCE_SECONDS else f"{name}: seit {silence:.0f} s still"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
