"""Bar plots as SVG geometry; components/plot_bar.html draws them with the table beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from goettingen_ecm.desk import german

ROW_HEIGHT = 26
BAR_HEIGHT = 16
LABEL_WIDTH = 210
WIDTH = 700
VALUE_WIDTH = 70


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in user units of the SVG; ``text`` is the value as a German number."""

    label: str
    text: str
    y: int
    width: str

    @property
    def text_y(self) -> int:
        return self.y + 13

    @property
    def value_x(self) -> SafeString:
        return SafeString(f"{LABEL_WIDTH + float(self.width) + 8:.1f}")


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Horizontal bars from zero, so that lengths compare; the order is the caller's."""

    title: str
    label_heading: str
    value_heading: str
    values: Sequence[tuple[str, float]]
    digits: int = 0

    label_width = LABEL_WIDTH
    bar_height = BAR_HEIGHT
    width = WIDTH

    @property
    def height(self) -> int:
        return max(1, len(self.values)) * ROW_HEIGHT

    @property
    def bars(self) -> list[Bar]:
        largest = max((value for _label, value in self.values), default=0) or 1
        room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
        return [
            Bar(
                label=label,
                text=german.number(value, self.digits),
                y=row * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2,
                width=f"{max(value, 0) / largest * room:.1f}",
            )
            for row, (label, value) in enumerate(self.values)
        ]
