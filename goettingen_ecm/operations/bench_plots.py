"""Plots of benchmark results as SVG files, for people who would rather look than read.

Needs matplotlib (requirements-dev.txt): an operator's machine does not have to draw.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from goettingen_ecm.operations.bench_goals import GOALS

mpl.use("svg")
# Text as text, the same file from the same figures.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ecm", "font.size": 10})
COLOURS = ("#1f4e9c", "#d1782a", "#3b7d4f", "#7a4b9a", "#8a8a8a")
WIDTH, HEIGHT = 8.5, 3.6
Parts = Mapping[str, Mapping[str, float]]


def draw(result: Mapping[str, Any], folder: Path) -> list[tuple[str, str]]:
    """Write the plots of one result; file name and what it shows, of each."""
    painters = PAINTERS.get(result["bench"], ())
    drawn = []
    for name, told, paint in painters:
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        if paint(figure.add_subplot(), result):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            drawn.append((f"{name}.svg", told))
    return drawn


def _groups(axes: Axes, groups: Sequence[str], bars: Mapping[str, Sequence[float]]) -> None:
    """Bars side by side in each group."""
    width = 0.8 / len(bars)
    for place, (name, values) in enumerate(bars.items()):
        left = [group - 0.4 + (place + 0.5) * width for group in range(len(groups))]
        axes.bar(left, values, width * 0.9, label=name, color=COLOURS[place % len(COLOURS)])
    axes.set_xticks(range(len(groups)), [name.replace("_", " ") for name in groups])
    axes.legend(
        frameon=False, ncols=len(bars), fontsize=8, loc="lower right", bbox_to_anchor=(1, 1)
    )
    axes.spines[["top", "right"]].set_visible(False)


def _goal(axes: Axes, bench: str, figure: str) -> None:
    goal = GOALS[bench][figure]
    axes.axhline(goal.limit, color="#b00020", linewidth=1, linestyle="--")
    axes.annotate(f"goal {goal}", (1, goal.limit), xycoords=("axes fraction", "data"),
                  ha="left", va="center", fontsize=8, color="#b00020")  # fmt: skip


def _search(axes: Axes, result: Mapping[str, Any]) -> bool:
    parts: Parts = {k: v for k, v in result["parts"].items() if "cpu_ms_median" in v}
    roles = ("all_seeing", "head", "clerk", "old_clerk")
    classes = [name.removeprefix("all_seeing_") for name in parts if name.startswith("all_seeing_")]
    _groups(
        axes,
        classes,
        {role: [parts[f"{role}_{one}"]["cpu_ms_median"] for one in classes] for role in roles},
    )
    _goal(axes, "search", "page_cpu_ms_median")
    axes.set_ylabel("CPU ms a page (median)")
    return bool(classes)


def _engines(axes: Axes, result: Mapping[str, Any]) -> bool:
    costs: Parts = result["parts"].get("side_by_side", {}).get("cpu_ms", {})
    names = list(next(iter(costs.values()), {}))
    if not names:
        return False
    _groups(axes, list(costs), {one: [costs[kind][one] for kind in costs] for one in names})
    axes.set_yscale("log")
    axes.set_ylabel("CPU ms a search (median, log)")
    return True


def _load(axes: Axes, result: Mapping[str, Any]) -> bool:
    parts: Parts = result["parts"]
    users = [int(name.removeprefix("users_")) for name in parts]
    for place, figure in enumerate(("wall_ms_median", "wall_ms_p95")):
        values = [one[figure] for one in parts.values()]
        axes.plot(users, values, marker="o", color=COLOURS[place], label=figure)
    _goal(axes, "load", "wall_ms_p95")
    axes.set(xlabel="people at once", ylabel="ms until the last byte", ylim=(0, None))
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return len(users) > 1


def _pages(axes: Axes, result: Mapping[str, Any]) -> bool:
    ending = "_cpu_ms_median"
    costs = {k.removesuffix(ending): v for k, v in result["figures"].items() if k.endswith(ending)}
    ordered = sorted(costs, key=lambda name: costs[name])
    axes.barh([name.replace("_", " ") for name in ordered], [costs[name] for name in ordered],
              color=COLOURS[0])  # fmt: skip
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("CPU ms a page (median)")
    axes.spines[["top", "right"]].set_visible(False)
    return bool(costs)


Painter = Callable[[Axes, Mapping[str, Any]], bool]
PAINTERS: dict[str, tuple[tuple[str, str, Painter], ...]] = {
    "search": (
        ("search-pages", "CPU of a search page, by what is asked and by who asks", _search),
        ("search-engines", "Counting and ranking alone, over the same lexemes", _engines),
    ),
    "load": (("load", "Time until the last byte, by people at once", _load),),
    "pages": (("pages", "CPU of the pages", _pages),),
}
