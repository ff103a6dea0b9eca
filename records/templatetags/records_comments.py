"""Marks of comments over a page image."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from records.selectors.comments import Beside, Thread

register = template.Library()
# The drawing is 1,000 units wide; its height follows the page, so that circles stay round.
WIDE, RADIUS = 1000, 18


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in the units of the drawing, written as SVG attributes take them."""

    number: int
    target: str
    label: str
    x: str
    y: str
    width: str
    height: str
    is_point: bool
    dot_x: str
    dot_y: str
    is_resolved: bool


@register.inclusion_tag("records/page_marks.html")
def page_marks(comments: Beside, part: int, page: Any) -> dict[str, Any]:
    """The marks of a page (``PageView``)."""
    tall = WIDE * page.height / page.width
    marks = [_mark(one, tall) for one in comments.marks_on(part, page.number)]
    return {"marks": marks, "view_box": f"0 0 {WIDE} {tall:.0f}", "radius": str(RADIUS)}


def _mark(thread: Thread, tall: float) -> Mark:
    one = thread.comment
    left, top = (one.x or 0.0) * WIDE, (one.y or 0.0) * tall
    wide, high = (one.width or 0.0) * WIDE, (one.height or 0.0) * tall
    said = Truncator(one.text).chars(80)
    return Mark(
        number=thread.number,
        target=f"kommentar-{one.uuid}",
        label=_("Kommentar %(n)s: %(text)s") % {"n": thread.number, "text": said},
        x=f"{left:.0f}",
        y=f"{top:.0f}",
        width=f"{wide:.0f}",
        height=f"{high:.0f}",
        is_point=not wide and not high,
        # The number sits in the region's corner and never beyond the page.
        dot_x=f"{min(max(left, RADIUS), WIDE - RADIUS):.0f}",
        dot_y=f"{min(max(top, RADIUS), tall - RADIUS):.0f}",
        is_resolved=one.resolved_at is not None,
    )
