"""The page "Meine Arbeit": everything that waits for the person, by day."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.desk import cells, german, my_work
from goettingen_ecm.desk.my_work import Listed, WorkPage, WorkSource
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import clock


def my_work_url(kind: str) -> str:
    """The list of one kind: where "Alle anzeigen" of a start card leads."""
    return f"{reverse('my-work')}?art={kind}"


@require_GET
def my_work_list(request: HttpRequest) -> HttpResponse:
    """One page of it; ``art`` shows one kind only."""
    kinds = my_work.kinds_for(request)
    kind = request.GET.get("art", "")
    kind = kind if kind in kinds else ""
    context = {
        "table": _table(request, my_work.work_page(request, kind)),
        "chips": _chips(kinds, kind),
        "source": kinds.get(kind),
    }
    return render(request, "desk/my_work.html", context)


def _table(request: HttpRequest, page: WorkPage) -> Table[Listed]:
    return Table(
        caption=_("Was auf Sie wartet"),
        columns=[
            Column(_("Gegenstand"), lambda row: cells.with_icon(row.source.icon, row.item.title)),
            Column(_("Art"), lambda row: str(row.source.label), tight=True),
            Column(_("Hinweis"), lambda row: row.item.note),
            Column(_("Tag"), _day, tight=True),
        ],
        rows=page.rows,
        empty=Empty(
            _("Nichts wartet auf Sie."),
            _("Neue Wiedervorlagen legen Sie auf einer Akte oder einem Dokument mit w an."),
            reverse("start"),
            _("Zu Mein Tag"),
            icon="tasks",
        ),
        query=request.GET,
        row_url=lambda row: row.item.url,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )


def _day(row: Listed) -> SafeString | str:
    """The day, and in words when it is over, today or tomorrow: never by colour alone."""
    today, day = clock.today(), row.item.day
    if day < today:
        return cells.badge(_("seit %(day)s") % {"day": german.short_date(day)}, "danger")
    near: dict[date, str] = {today: _("heute"), today + timedelta(days=1): _("morgen")}
    return cells.badge(near[day], "warning", "deadline") if day in near else cells.day(day)


def _chips(kinds: dict[str, WorkSource], current: str) -> list[dict[str, object]]:
    every = {"label": _("Alles"), "url": reverse("my-work"), "current": not current}
    return [every] + [
        {"label": one.label, "url": my_work_url(name), "current": name == current}
        for name, one in kinds.items()
    ]
