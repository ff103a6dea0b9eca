"""Trees as the template shows them: file plan, matters, units."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """One line of a tree.

    ``children`` are loaded branches; ``branch_url`` opens a branch whose children are not loaded
    yet (a page address; with JavaScript its list replaces the closed line). ``number`` stands muted
    before the label, ``count`` after it.
    """

    label: str
    url: str
    number: str = ""
    count: str = ""
    current: bool = False
    expanded: bool = False
    branch_url: str = ""
    children: Sequence["Node"] = field(default_factory=tuple)
