"""Versions of the file plan: list, tree of one, comparison of two, drafting and discarding."""

from collections import Counter
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import cells, german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records import policies
from records.models import FilePlan
from records.plan_forms import VersionForm
from records.selectors import file_plan
from records.selectors import plan_versions as selectors
from records.selectors.plan_versions import ADDED, CHANGED, MOVED, REMOVED, RETIRED, Difference
from records.services import plan_versions as services
from records.services.actor import Actor, person
from records.services.plan_changes import require_editor
from records.services.plan_following import files_to_follow
from records.services.plan_versions import NewVersion
from records.views.file_plan import level_context

DIFFERENCES_SHOWN = 100
LABELS = {
    ADDED: "neu",
    CHANGED: "geändert",
    MOVED: "verschoben",
    RETIRED: "stillgelegt",
    REMOVED: "entfallen",
}
TONES = {ADDED: "success", CHANGED: "info", MOVED: "info", RETIRED: "warning", REMOVED: "danger"}


@require_GET
def version_list(request: HttpRequest) -> HttpResponse:
    """All versions, newest first, with what can be done with each."""
    plans = selectors.versions()
    editor = policies.can_define_access(request.user)
    earlier = {new.plan.pk: old.plan.pk for new, old in pairwise(plans)}
    table = Table(
        caption=_("Fassungen des Aktenplans"),
        columns=[
            Column(_("Fassung"), lambda one: one.plan.title),
            Column(_("Kurzbezeichnung"), lambda one: one.plan.code, tight=True),
            Column(_("Gültigkeit"), lambda one: selectors.validity(one.plan), tight=True),
            Column(_("Einträge"), lambda one: one.entries, align="end", tight=True),
            Column(_("Vergleich"), lambda one: _comparing(one.plan, earlier), tight=True),
        ],
        rows=plans,
        empty=Empty(_("Es gibt noch keinen Aktenplan."), icon="file-plan"),
        query=request.GET,
        row_url=lambda one: reverse("file-plan-version", args=[one.plan.pk]),
        row_key=lambda one: one.plan.pk,
    )
    drafted = any(one.plan.valid_from > clock.today() for one in plans)
    context = {"table": table, "can_draft": editor and bool(plans) and not drafted}
    return render(request, "records/plan_version_list.html", context)


def _comparing(plan: FilePlan, earlier: dict[int, int]) -> Any:
    if plan.pk not in earlier:
        return ""
    return cells.link(compare_url(earlier[plan.pk], plan.pk), _("mit der vorigen"))


def compare_url(old: int, new: int) -> str:
    return f"{reverse('file-plan-compare')}?alt={old}&neu={new}"


@require_GET
def version(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The top level of one version."""
    plan = selectors.plan_version(plan_id)
    found = file_plan.top_level(plan, Cursor.of(request))
    return render(request, "records/file_plan.html", level_context(request, found))


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """What is new, changed, retired or gone from one version to another, page by page."""
    old, new = (_asked(request, name) for name in ("alt", "neu"))
    found = selectors.compare(old, new)
    counts = Counter(one.kind for one in found)
    kind = request.GET.get("art", "")
    listed = [one for one in found if kind in ("", one.kind)]
    start = _start(request, len(listed))
    url = compare_url(old.pk, new.pk)
    end = start + DIFFERENCES_SHOWN
    chips = [{"label": _("Alle"), "url": url, "current": not kind, "count": len(found)}]
    chips += [
        {"label": _(LABELS[k]), "url": f"{url}&art={k}", "current": kind == k, "count": counts[k]}
        for k in selectors.KINDS
        if counts[k] or kind == k
    ]
    context = {
        "old": old,
        "new": new,
        "chips": chips,
        "table": _differences(request, listed[start:end]),
        "following": _following(request, new),
        "paged": len(listed) > DIFFERENCES_SHOWN,
        "sum_text": _("%(from)s bis %(to)s von %(all)s Unterschieden")
        % {"from": start + 1, "to": min(end, len(listed)), "all": german.number(len(listed))},
        "next_url": f"{url}&art={kind}&ab={end}" if end < len(listed) else "",
        "previous_url": f"{url}&art={kind}&ab={max(start - DIFFERENCES_SHOWN, 0)}" if start else "",
    }
    return render(request, "records/plan_compare.html", context)


def _following(request: HttpRequest, new: FilePlan) -> int | None:
    """How many files will follow a draft; said to those who look after the plan."""
    if new.valid_from <= clock.today() or not policies.can_define_access(request.user):
        return None
    return files_to_follow(new).count()


def _asked(request: HttpRequest, name: str) -> FilePlan:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    return selectors.plan_version(int(text))


def _start(request: HttpRequest, total: int) -> int:
    text = request.GET.get("ab", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return start if start < total else 0


def _differences(request: HttpRequest, rows: list[Difference]) -> Table[Difference]:
    return Table(
        caption=_("Unterschiede"),
        columns=[
            Column(_("Eintrag"), lambda one: str(one.entry)),
            Column(
                _("Art"),
                lambda one: cells.badge(_(LABELS[one.kind]), TONES[one.kind]),
                tight=True,
            ),
            Column(_("Was sich unterscheidet"), lambda one: "; ".join(one.changes)),
        ],
        rows=rows,
        empty=Empty(
            _("Die beiden Fassungen stimmen überein."),
            _("Ändern Sie Einträge des Entwurfs; hier steht dann, was neu ist."),
            icon="file-plan",
        ),
        query=request.GET,
        row_url=lambda one: reverse("file-plan-entry", args=[one.entry.pk]),
        row_key=lambda one: one.entry.pk,
    )


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Prepare a new version as a copy of the one in force."""
    require_editor(Actor(Operation(), user=person_of(request)))
    source = file_plan.current_plan()
    if source is None:
        raise IllegalState(
            _("Es gilt noch kein Aktenplan."), next_step=_("Lesen Sie zuerst einen Plan ein.")
        )
    form = VersionForm(request.POST if request.method == "POST" else None, source=source)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = NewVersion(data["code"], data["title"], data["valid_from"])
        try:
            plan = services.draft_version(
                source, wanted, person(person_of(request), "records.file_plan.draft")
            )
        except InvalidInput as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        else:
            add_notice(
                request,
                _("Der Entwurf gilt ab %(day)s. Bis dahin ändern Sie ihn hier in Ruhe.")
                % {"day": german.short_date(plan.valid_from)},
            )
            return redirect("file-plan-version", plan.pk)
    context = {"form": form, "source": source, "crumbs": _crumbs(_("Neue Fassung"))}
    status = 422 if form.errors else 200
    return render(request, "records/plan_version_new.html", context, status=status)


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [
        (_("Aktenplan"), reverse("file-plan")),
        (_("Fassungen"), reverse("file-plan-versions")),
        (here, ""),
    ]


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Remove a draft after a question."""
    require_editor(Actor(Operation(), user=person_of(request)))
    plan = selectors.plan_version(plan_id)
    if request.method == "POST":
        services.discard_version(plan, person(person_of(request), "records.file_plan.discard"))
        add_notice(request, _("Der Entwurf ist verworfen; der bisherige Plan gilt weiter."))
        return redirect("file-plan-versions")
    context = {"plan": plan, "crumbs": _crumbs(plan.title)}
    return render(request, "records/plan_version_discard.html", context)
