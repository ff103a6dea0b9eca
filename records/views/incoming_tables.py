"""Baskets as chips, lists and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import clock
from records.choices import IncomingStepKind
from records.content.sniffing import misnaming
from records.incoming_forms import CENTRAL
from records.models import IncomingFile, IncomingItem, IncomingStep
from records.selectors.incoming import Basket, viewed_blob
from records.services import page_images
from records.services.rendition_queue import RENDERED
from records.views.tables import problem_text

# After so many days an item is marked: nobody should wait longer for an answer to have arrived.
OLD_DAYS = 3
PAGES_SHOWN = 20


def basket_name(unit: OrgUnit | None) -> str:
    return str(unit) if unit else _("Poststelle")


def _key(unit: OrgUnit | None) -> str:
    return str(unit.uuid) if unit else CENTRAL


def basket_chips(baskets: Sequence[Basket], chosen: Basket) -> list[dict[str, Any]]:
    """The baskets of the person with what waits in each; none to choose from when there is one."""
    if len(baskets) < 2:
        return []
    return [
        {
            "label": basket_name(one.unit),
            "url": "?" + urlencode({"korb": _key(one.unit)}),
            "current": one == chosen,
            "count": one.waiting,
        }
        for one in baskets
    ]


def state_chips(basket: Basket, *, waiting: bool) -> list[dict[str, Any]]:
    base = {"korb": _key(basket.unit)}
    return [
        {
            "label": _("noch nicht abgelegt"),
            "url": "?" + urlencode(base),
            "current": waiting,
            "count": basket.waiting,
        },
        {
            "label": _("in 30 Tagen erledigt"),
            "url": "?" + urlencode(base | {"stand": "erledigt"}),
            "current": not waiting,
        },
    ]


def age_of(item: IncomingItem) -> str:
    """How long it has waited, in words."""
    days = age_days(item)
    if days < 1:
        return _("heute")
    return _("seit gestern") if days == 1 else _("seit %(n)s Tagen") % {"n": days}


def age_days(item: IncomingItem) -> int:
    """Whole days by the calendar."""
    return (clock.today() - clock.local_day(item.received_at)).days


def _age(item: IncomingItem) -> SafeString | str:
    old = age_days(item) >= OLD_DAYS
    return cells.badge(age_of(item), "warning", "deadline") if old else age_of(item)


def _subject(item: IncomingItem) -> SafeString:
    return cells.two_lines(item.subject, item.sender)


def items_table(
    request: HttpRequest, rows: Sequence[IncomingItem], *, waiting: bool
) -> Table[IncomingItem]:
    last: Column[IncomingItem] = (
        Column(_("Alter"), _age, tight=True)
        if waiting
        else Column(_("Stand"), lambda one: one.get_state_display(), tight=True)
    )
    return Table(
        caption=_("Eingänge"),
        columns=[
            Column(_("Betreff"), _subject),
            Column(_("Weg"), lambda one: one.get_channel_display(), tight=True),
            Column(_("Eingegangen"), lambda one: cells.moment(one.received_at), tight=True),
            Column(_("Zugewiesen"), lambda one: one.assignee or ""),
            last,
        ],
        rows=rows,
        empty=_nothing(waiting=waiting),
        query=request.GET,
        row_url=lambda one: reverse("incoming-item", args=[one.uuid]),
        row_key=lambda one: one.uuid,
        row_name=lambda one: one.subject,
        sort="",
    )


def _nothing(*, waiting: bool) -> Empty:
    if waiting:
        return Empty(
            _("Alles ist abgelegt."),
            _("Neue Dateien ziehen Sie oben in das Feld oder wählen sie aus."),
            icon="inbox",
        )
    return Empty(_("In den letzten 30 Tagen wurde hier nichts erledigt."), icon="inbox")


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page in the reading pane; size in points."""

    number: int
    label: str
    image_url: str
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A file: its pages, or why there are none, and its original."""

    file: IncomingFile
    original_url: str
    pages: Sequence[ShownPage]
    problem: str
    notes: Sequence[str]
    left_out: int


def parts_of(item: IncomingItem) -> list[ShownPart]:
    """The files as delivered, for the reading pane."""
    rows = item.files.select_related("blob", "blob__rendition__pdf")
    return [_part(item, one) for one in rows]


def _part(item: IncomingItem, file: IncomingFile) -> ShownPart:
    blob = viewed_blob(file)
    sizes = page_images.page_sizes(blob)
    pages = []
    for number, (width, height) in enumerate(sizes[:PAGES_SHOWN], start=1):
        address = [item.uuid, file.position, number]
        text = page_images.text_layer(blob, number)
        label = _("%(name)s, Seite %(n)s") % {"name": file.file_name, "n": number}
        url = reverse("incoming-page", args=address)
        pages.append(ShownPage(number, label, url, width, height, text))
    notes = [misnaming(file.blob.mime_type, file.file_name), file.refusal]
    original = reverse("incoming-original", args=[item.uuid, file.position])
    return ShownPart(
        file=file,
        original_url=original,
        pages=pages,
        problem="" if pages else _why_unreadable(file),
        notes=[one for one in notes if one],
        left_out=max(0, len(sizes) - PAGES_SHOWN),
    )


def _why_unreadable(file: IncomingFile) -> str:
    if file.blob.problem:
        return _("Die Datei ist %(problem)s.") % {"problem": problem_text(file.blob.problem)}
    if file.blob.mime_type in RENDERED:
        return _("Die Ansicht wird gerade erstellt; laden Sie die Seite gleich noch einmal.")
    return _("Für diesen Dateityp gibt es noch keine Ansicht im Browser.")


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step in one line, and its reason."""

    text: str
    step: IncomingStep


def told_steps(steps: Sequence[IncomingStep]) -> list[ToldStep]:
    """What happened, in German."""
    return [ToldStep(_told(one), one) for one in steps]


def _told(step: IncomingStep) -> str:
    names = {"source": basket_name(step.source), "target": basket_name(step.target)}
    if step.kind == IncomingStepKind.RECEIVED:
        return _("eingegangen im Korb %(target)s") % names
    if step.kind == IncomingStepKind.FORWARDED:
        return _("weitergeleitet von %(source)s an %(target)s") % names
    if step.kind == IncomingStepKind.RETURNED:
        return _("zurückgegeben von %(source)s an %(target)s") % names
    return str(step.get_kind_display())
