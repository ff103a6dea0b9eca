"""One page out of benchmark results: figures beside their goals, conditions, plots."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from goettingen_ecm.operations.bench_goals import GOALS

PAGE = "benchmarks.md"
FOLDER = "benchmarks"
HEAD = """# Benchmarks

Made by `manage.py bench_report` from the results in `{folder}/`; run a `bench_*` command for figures
of the machine at hand. CPU is that of the process and of its database session. What misses its goal
says **no**.
"""
KEYS = {"bench", "figures", "parts", "conditions"}


class ResultError(ValueError):
    """A file holds no benchmark result: says which and why."""


def read_result(path: Path) -> dict[str, Any]:
    """The JSON object a ``bench_*`` command printed last. Raises ResultError."""
    try:
        result = json.loads(path.read_text("utf-8").strip().splitlines()[-1])
    except (OSError, ValueError, IndexError) as error:
        raise ResultError(f"{path.name}: kein Messergebnis ({error})") from error
    if not isinstance(result, dict) or not result.keys() >= KEYS:
        raise ResultError(f"{path.name}: kein Messergebnis (erwartet {', '.join(sorted(KEYS))})")
    return result


def page(
    results: Sequence[Mapping[str, Any]], plots: Mapping[str, Sequence[tuple[str, str]]]
) -> str:
    """The report as Markdown; ``plots``: bench -> file name and what it shows."""
    sections = [_section(one, plots.get(one["bench"], ())) for one in results]
    return "\n".join([HEAD.format(folder=FOLDER), *sections])


def _section(result: Mapping[str, Any], plots: Sequence[tuple[str, str]]) -> str:
    bench = result["bench"]
    facts = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in result["conditions"].items()
    )
    lines = [
        f"## bench_{bench}" if bench != "search_quality" else "## eval_search",
        "",
        f"{facts}.",
        "",
    ]
    lines += ["| figure | value | goal | met |", "|---|---:|---:|---|"]
    lines += [_row(bench, name, value) for name, value in result["figures"].items()]
    lines += [line for name, told in plots for line in ("", f"![{told}]({FOLDER}/{name})")]
    return "\n".join([*lines, *_side_by_side(result), ""])


def _row(bench: str, name: str, value: float) -> str:
    goal = GOALS.get(bench, {}).get(name)
    met = "" if goal is None else "yes" if goal.met_by(value) else "**no**"
    return f"| {name} | {value:,.4g} | {goal or ''} | {met} |"


def _side_by_side(result: Mapping[str, Any]) -> list[str]:
    """The other engines: what they take, and how well they find."""
    part = result["parts"].get("side_by_side", {})
    lines: list[str] = []
    for title, rows in (("Engines", part.get("engines")), ("Found by", part.get("figures"))):
        if rows:
            names = list(next(iter(rows.values())))
            lines += ["", f"| {title} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
            lines += [
                f"| {name} | " + " | ".join(f"{row.get(one, 0):,.4g}" for one in names) + " |"
                for name, row in rows.items()
            ]
    return lines
