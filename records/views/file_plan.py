"""The file plan by branch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.desk.trees import Node
from records.models import FilePlanEntry
from records.selectors import case_files, file_plan
from records.views import tables


@require_GET
def branch(request: HttpRequest, entry_id: int | None = None) -> HttpResponse:
    """One level of the plan; a lowest entry lists its visible files."""
    found = file_plan.branch(entry_id)
    if found is None:
        return render(request, "records/file_plan.html", {"branch": None})
    counts = file_plan.visible_file_counts(request.user, found.entries)
    context = {
        "branch": found,
        "nodes": [_node(entry, counts.get(entry.pk, 0)) for entry in found.entries],
        "crumbs": _crumbs(found),
        "table": None,
    }
    if found.entry is not None and not found.entries:
        page = case_files.case_files_of_entry(
            request.user, found.entry, after=request.GET.get("nach", "")
        )
        context["table"] = tables.case_files_table(
            request, page.rows, page.next_cursor, sort="", caption=str(found.entry)
        )
    return render(request, "records/file_plan.html", context)


def _node(entry: FilePlanEntry, count: int) -> Node:
    shown = f"{count}+" if count >= file_plan.COUNT_CAP else str(count) if count else ""
    return Node(
        entry.title, reverse("file-plan-entry", args=[entry.pk]), number=entry.code, count=shown
    )


def _crumbs(found: file_plan.Branch) -> list[tuple[str, str]]:
    crumbs = [(_("Aktenplan"), reverse("file-plan"))]
    crumbs += [(str(e), reverse("file-plan-entry", args=[e.pk])) for e in found.path[:-1]]
    return [*crumbs, (str(found.entry), "")] if found.entry else [(_("Aktenplan"), "")]
