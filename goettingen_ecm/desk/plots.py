"""Bar plots as SVG geometry; components/plot_bar.html draws them with the table beside.

Widths are percentages and the label stands above its bar, so the text keeps its size on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from goettingen_ecm.desk import german

ROW_HEIGHT = 40
TEXT_BASE = 15
BAR_TOP = 21
BAR_HEIGHT = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: vertical places in pixels, ``width`` in percent, ``text`` the value in German."""

    label: str
    text: str
    text_y: str
    y: str
    width: str


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Horizontal bars from zero, so that lengths compare; the order is the caller's."""

    title: str
    label_heading: str
    value_heading: str
    values: Sequence[tuple[str, float]]
    digits: int = 0

    @property
    def height(self) -> str:
        return str(max(1, len(self.values)) * ROW_HEIGHT)

    @property
    def bar_height(self) -> str:
        return str(BAR_HEIGHT)

    @property
    def bars(self) -> list[Bar]:
        largest = max((value for _label, value in self.values), default=0) or 1
        return [
            Bar(
                label=label,
                text=german.number(value, self.digits),
                text_y=str(row * ROW_HEIGHT + TEXT_BASE),
                y=str(row * ROW_HEIGHT + BAR_TOP),
                width=f"{max(value, 0) / largest * 100:.2f}%",
            )
            for row, (label, value) in enumerate(self.values)
        ]
