"""The file plan by branch: never more than one page of one level at a time."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.desk import german
from goettingen_ecm.desk.trees import Node
from goettingen_ecm.operations import clock
from records import policies
from records.actions import Action
from records.models import FilePlan, FilePlanEntry
from records.selectors import case_files, file_plan
from records.selectors.plan_entries import defaults_shown
from records.selectors.plan_lineage import other_versions
from records.services.entry_defaults import is_retired
from records.views import tables


@require_GET
def branch(request: HttpRequest, entry_id: int | None = None) -> HttpResponse:
    """One level of the plan; a lowest entry lists its visible files."""
    found = file_plan.branch(entry_id, Cursor.of(request))
    if found is None:
        return render(request, "records/file_plan.html", {"branch": None})
    context = level_context(request, found)
    if found.is_leaf and found.entry is not None:
        page = case_files.case_files_of_entry(
            request.user, found.entry, after=request.GET.get("nach", "")
        )
        context["table"] = tables.case_files_table(
            request, page.rows, page.next_cursor, sort="", caption=str(found.entry)
        )
    return render(request, "records/file_plan.html", context)


def level_context(request: HttpRequest, found: file_plan.Branch) -> dict[str, object]:
    """What the page shows of one level, without the files of a lowest entry."""
    editor = policies.can_define_access(request.user)
    counts = file_plan.visible_file_counts(request.user, found.entries)
    return {
        "branch": found,
        "nodes": [_node(entry, counts.get(entry.pk, 0)) for entry in found.entries],
        "crumbs": _crumbs(found),
        "table": None,
        **_paging(request, found),
        "state": _state(found),
        "other_places": _other_places(found),
        "defaults": defaults_shown(list(reversed(found.path))) if found.path else [],
        "menu": _menu(found, editor=editor),
    }


def _paging(request: HttpRequest, found: file_plan.Branch) -> dict[str, object]:
    """Below the tree, when one page does not hold the level."""
    started = "nach" in request.GET
    if not found.next_cursor and not started:
        return {}
    said = _("%(shown)s von %(all)s Einträgen")
    counts = {"shown": len(found.entries), "all": german.number(found.total)}
    return {
        "paged": True,
        "sum_text": said % counts,
        "next_url": f"?nach={found.next_cursor}" if found.next_cursor else "",
        "first_url": request.path if started else "",
    }


def _node(entry: FilePlanEntry, count: int) -> Node:
    shown = f"{count}+" if count >= file_plan.COUNT_CAP else str(count) if count else ""
    state = _("stillgelegt") if is_retired(entry) else _("gesperrt") if entry.locked else ""
    return Node(
        f"{entry.title} ({state})" if state else entry.title,
        reverse("file-plan-entry", args=[entry.pk]),
        number=entry.code,
        count=shown,
    )


def _state(found: file_plan.Branch) -> str:
    """What is special here, in sentences: another version, a closed entry; empty otherwise."""
    return " ".join(said for said in (_version_state(found.plan), _closed(found.entry)) if said)


def _version_state(plan: FilePlan) -> str:
    facts = {"plan": plan, "from": german.short_date(plan.valid_from)}
    facts["until"] = german.short_date(plan.valid_until)
    if plan.valid_from > clock.today():
        return _("Entwurf „%(plan)s“: gilt ab %(from)s.") % facts
    if plan.valid_until is not None and plan.valid_until < clock.today():
        return _("Frühere Fassung „%(plan)s“: galt vom %(from)s bis %(until)s.") % facts
    return ""


def _other_places(found: file_plan.Branch) -> list[tuple[str, str, str]]:
    """(sentence, address, entry): where an entry of an earlier version is now, or what it was."""
    entry, plan = found.entry, found.plan
    if entry is None:
        return []
    others = other_versions(entry)
    if plan.valid_until is not None and plan.valid_until < clock.today():
        now = [one for one in others if _version_state(one.plan) == ""]
        return [_place(_("In der geltenden Fassung:"), one) for one in now[:1]]
    before = [one for one in others if one.plan.valid_from < plan.valid_from]
    renamed = [one for one in before[:1] if one.code != entry.code]
    return [_place(_("Früheres Kennzeichen:"), one) for one in renamed]


def _place(said: str, entry: FilePlanEntry) -> tuple[str, str, str]:
    return said, reverse("file-plan-entry", args=[entry.pk]), str(entry)


def _closed(entry: FilePlanEntry | None) -> str:
    """Why nothing is opened here; empty for an open entry."""
    if entry is None or not (entry.locked or entry.retired_on):
        return ""
    if entry.retired_on is None:
        return _("Dieser Eintrag ist gesperrt; neue Akten werden hier nicht angelegt.")
    day = german.short_date(entry.retired_on)
    said = _("Dieser Eintrag ist ab %(day)s stillgelegt.") % {"day": day}
    if entry.successor is not None:
        said += " " + _("Nachfolger: %(entry)s.") % {"entry": entry.successor}
    return said


def _menu(found: file_plan.Branch, *, editor: bool) -> list[Action]:
    """What the person can do here; nothing that would be refused."""
    if found.entry is None:
        return _plan_menu(found.plan, editor=editor)
    return _entry_menu(found.entry, found.plan) if editor else []


def _plan_menu(plan: FilePlan, *, editor: bool) -> list[Action]:
    actions = [Action(_("Fassungen"), reverse("file-plan-versions"), "history")]
    if not editor:
        return actions
    actions += [
        Action(_("Als CSV (UTF-8)"), _file(plan, "utf-8"), "download"),
        Action(_("Als CSV (Windows-1252)"), _file(plan, "windows-1252"), "download"),
    ]
    draft, in_force = plan.valid_from > clock.today(), _version_state(plan) == ""
    if draft:
        discard = reverse("file-plan-discard", args=[plan.pk])
        actions.append(Action(_("Entwurf verwerfen"), discard, "trash"))
    if draft or in_force:
        add = f"{reverse('file-plan-new-top')}?fassung={plan.pk}"
        read_in = reverse("file-plan-import", args=[plan.pk])
        actions[:0] = [
            Action(_("Eintrag anlegen"), add, "plus"),
            Action(_("CSV einlesen"), read_in, "upload"),
        ]
    return actions


def _file(plan: FilePlan, encoding: str) -> str:
    return reverse("file-plan-export", args=[plan.pk, encoding])


def _entry_menu(entry: FilePlanEntry, plan: FilePlan) -> list[Action]:
    ended = plan.valid_until is not None and plan.valid_until < clock.today()
    closed = ended or entry.locked or is_retired(entry) or entry.overflow_of_id is not None
    add = [] if closed else [Action(_("Eintrag darunter anlegen"), _of(entry, "new"), "plus")]
    lock = Action(_("Entsperren"), _of(entry, "lock"), "unlock")
    if not entry.locked:
        lock = Action(_("Sperren"), _of(entry, "lock"), "lock")
    return [
        Action(_("Eintrag ändern"), _of(entry, "edit"), "edit", key="e"),
        *add,
        *_moving(entry, plan),
        lock,
        Action(_("Stilllegen"), _of(entry, "retire"), "archive"),
        Action(_("Verlauf"), _of(entry, "history"), "history"),
    ]


def _moving(entry: FilePlanEntry, plan: FilePlan) -> list[Action]:
    """In drafts only; a continuation goes with the entry it continues."""
    if plan.valid_from <= clock.today() or entry.overflow_of_id is not None:
        return []
    return [Action(_("Verschieben, umnummerieren"), _of(entry, "move"), "arrow-right")]


def _of(entry: FilePlanEntry, what: str) -> str:
    return reverse(f"file-plan-{what}", args=[entry.pk])


def entry_crumbs(path: Sequence[FilePlanEntry]) -> list[tuple[str, str]]:
    """The plan (or its version) and the way down to an entry, each a link."""
    crumbs = [(_("Aktenplan"), reverse("file-plan"))]
    if path and _version_state(path[0].plan):
        plan = path[0].plan
        crumbs.append((str(plan), reverse("file-plan-version", args=[plan.pk])))
    return crumbs + [(str(e), reverse("file-plan-entry", args=[e.pk])) for e in path]


def _crumbs(found: file_plan.Branch) -> list[tuple[str, str]]:
    if found.entry is None:
        return [(_("Aktenplan"), "")]
    for entry in found.path:
        entry.plan = found.plan
    return [*entry_crumbs(found.path[:-1]), (str(found.entry), "")]
