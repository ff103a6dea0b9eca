"""The page out of benchmark results: goals, plots, files that are none."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from goettingen_ecm.operations.bench_goals import Goal

ROLES = ("all_seeing", "head", "clerk", "old_clerk")
SEARCH = {
    "bench": "search",
    "figures": {"page_cpu_ms_median": 43.26, "page_cpu_ms_p95": 137.4, "hits": 12},
    "parts": {
        **{f"{role}_rare": {"cpu_ms_median": 30.0} for role in ROLES},
        "side_by_side": {
            "engines": {"sqlite_fts5": {"documents": 3, "megabytes": 0.5}},
            "cpu_ms": {"rare": {"eakte": 4.0, "sqlite_fts5": 0.4}},
        },
    },
    "conditions": {"cores": 2, "documents": 20_000},
}
STEP = {"wall_ms_median": 60.0, "wall_ms_p95": 220.0}
LOAD = {
    "bench": "load",
    "figures": {"knee_users": 200},
    "parts": {"users_200": STEP, "users_300": STEP},
    "conditions": {"cores": 2},
}


def saved(folder: Path, *results: Any) -> list[str]:
    paths = [folder / f"{place}.txt" for place in range(len(results))]
    for path, result in zip(paths, results, strict=True):
        path.write_text("fortschritt\n" + json.dumps(result) + "\n", "utf-8")
    return [str(path) for path in paths]


def test_figures_stand_beside_their_goals_and_plots(tmp_path: Path) -> None:
    call_command("bench_report", *saved(tmp_path, SEARCH, LOAD), to=tmp_path / "docs")
    page = (tmp_path / "docs" / "benchmarks.md").read_text("utf-8")
    assert "| page_cpu_ms_median | 43.26 | ≤ 45 | yes |" in page
    assert "| page_cpu_ms_p95 | 137.4 | ≤ 130 | **no** |" in page
    assert "| hits | 12 |  |  |" in page
    assert "cores 2, documents 20000." in page
    assert "| sqlite_fts5 | 3 | 0.5 |" in page
    folder = tmp_path / "docs" / "benchmarks"
    for name in ("search-pages.svg", "search-engines.svg", "load.svg"):
        assert f"](benchmarks/{name})" in page
        assert "goal ≤" in (folder / name).read_text("utf-8") or name == "search-engines.svg"
    assert json.loads((folder / "load.json").read_text("utf-8")) == LOAD


def test_the_same_results_give_the_same_files(tmp_path: Path) -> None:
    for target in ("a", "b"):
        call_command("bench_report", *saved(tmp_path, SEARCH), to=tmp_path / target)
    drawn = [(tmp_path / target / "benchmarks/search-pages.svg").read_bytes() for target in "ab"]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("text", ["", "nichts", "[1]", '{"bench": "search"}'])
def test_what_is_no_result_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "falsch.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=r"falsch.txt: kein Messergebnis"):
        call_command("bench_report", str(path), to=tmp_path)


def test_goals_have_a_direction() -> None:
    assert Goal(10).met_by(10)
    assert not Goal(10).met_by(10.1)
    assert Goal(10, at_least=True).met_by(10)
    assert not Goal(10, at_least=True).met_by(9.9)
