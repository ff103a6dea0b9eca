"""Case files: list, file page, history, deep link."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.tables import Empty
from goettingen_ecm.desk.trees import Node
from records import policies
from records.choices import CaseFileStatus, MatterStatus
from records.models import CaseFile, Matter
from records.panels import file_panels
from records.selectors import case_files, deep_links, facets, history, parties
from records.selectors.cancelling import cancellation_of
from records.selectors.matter_merges import successor_of
from records.services import file_marks, reading
from records.typed_text import clean_line
from records.views import filtered_lists, tables

# The word of the address by which matters of a long file are found.
MATTER_WORDS, MOST_WORDS = "vorgangswort", 100


@require_GET
def case_file_list(request: HttpRequest) -> HttpResponse:
    """Everything the person may see, newest movement first."""
    context = filtered_lists.case_files_context(request)
    return render(request, "records/case_file_list.html", context)


@require_GET
def case_file_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file: head, matters, documents."""
    case_file = case_files.visible_case_file(request.user, uuid)
    reading.record_file_opened(request, case_file)
    file_marks.note_opened(person_of(request), case_file)
    wanted = request.GET.get("vorgang", "")
    words = clean_line(request.GET.get(MATTER_WORDS, ""))[:MOST_WORDS]
    found = case_files.matters_with_counts(
        request.user, case_file, wanted, cancelled=_shows_cancelled(request, case_file), like=words
    )
    matter = _chosen(found, wanted)
    more = len(found) > case_files.MATTERS_SHOWN
    matters = _newest(found, matter)
    case_files.choose(case_file, matter)
    cancelled = matter is not None and matter.status == MatterStatus.CANCELLED
    may_file = policies.can_file_documents(request.user, case_file) and policies.is_open(case_file)
    context = {
        "case_file": case_file,
        "matters": _matter_nodes(case_file, matters, matter),
        "more_matters": more,
        "matter_words": words,
        "matters_found": bool(matters),
        "matter": matter,
        "cancelled": cancelled,
        "successor": successor_of(request.user, matter) if matter and cancelled else None,
        "cancellation": cancellation_of(matter) if matter and cancelled else None,
        "may_file": may_file,
        "participations": parties.participations_in(request.user, case_file, matter).rows,
        "panels": [
            panel for source in file_panels.entries() if (panel := source(request, case_file))
        ],
    } | filtered_lists.documents_context(
        request,
        case_file,
        matter,
        _no_documents(case_file, may_file and not cancelled),
        may_change=may_file,
    )
    return render(request, "records/case_file_detail.html", context)


def _shows_cancelled(request: HttpRequest, case_file: CaseFile) -> bool:
    """Cancelled matters stand in the tree when the list is asked for them, or there are no others."""
    chosen = facets.chosen_in(request.GET, facets.DOCUMENT_FACETS)
    return facets.with_cancelled(chosen) or case_file.status == CaseFileStatus.CANCELLED


def _newest(found: list[Matter], chosen: Matter | None) -> list[Matter]:
    """As many as a tree shows, and the chosen one however old it is."""
    newest = found[-case_files.MATTERS_SHOWN :]
    return newest if chosen is None or chosen in newest else [chosen, *newest]


def _chosen(matters: list[Matter], uuid: str) -> Matter | None:
    return next((m for m in matters if str(m.uuid) == uuid), None)


def _matter_nodes(case_file: CaseFile, matters: list[Matter], chosen: Matter | None) -> list[Node]:
    base = reverse("case-file", args=[case_file.uuid])
    counts = [_count(m) for m in matters]
    every = Node(_("Alle Vorgänge"), base, count=_count_text(counts), current=chosen is None)
    below: dict[int | None, list[Node]] = {}
    # Sub-matters were opened after the matter they stand below; what hides its upper one stays up.
    seen = {m.pk for m in matters}
    for m in reversed(matters):
        node = Node(
            _title(m),
            f"{base}?vorgang={m.uuid}",
            count=_count_text([_count(m)]),
            current=m == chosen,
            expanded=True,
            children=below.get(m.pk, []),
        )
        below.setdefault(m.parent_id if m.parent_id in seen else None, []).insert(0, node)
    return [every, *below.get(None, [])]


def _title(matter: Matter) -> str:
    if matter.status != MatterStatus.CANCELLED:
        return matter.title
    return _("%(title)s (storniert)") % {"title": matter.title}


def _count(matter: Matter) -> int:
    return int(matter.documents_there)  # type: ignore[attr-defined]


def _count_text(counts: Sequence[int]) -> str:
    """``12``; with ``+`` where one of them stopped counting: ``999+``."""
    most = case_files.COUNTED - 1
    beyond = any(one > most for one in counts)
    return f"{sum(min(one, most) for one in counts)}{'+' if beyond else ''}"


def _no_documents(case_file: CaseFile, may_file: bool) -> Empty:
    title = _("Hier liegen noch keine Dokumente.")
    if not may_file:
        return Empty(title, icon="documents")
    return Empty(
        title,
        _("Legen Sie das erste Dokument ab; auch Lieferungen der Fachverfahren erscheinen hier."),
        reverse("document-upload", args=[case_file.uuid]),
        _("Dokument ablegen"),
        icon="upload",
    )


@require_GET
def case_file_history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What happened, in sentences."""
    case_file = case_files.visible_case_file(request.user, uuid)
    page = history.case_file_history(request.user, case_file, after=request.GET.get("nach", ""))
    return render(request, "records/case_file_history.html", {"case_file": case_file, "page": page})


@require_GET
def open_by_key(request: HttpRequest) -> HttpResponse:
    """The deep link of a specialist system: one file opens, several are listed, none is said so.

    None and not visible read the same (requirements §3.1 pattern 4).
    """
    system = request.GET.get("verfahren", "")
    key = request.GET.get("schluessel", "")
    found = deep_links.find(request.user, system=system, key=key)
    if len(found) == 1:
        return redirect(tables.case_file_url(found[0]))
    table = tables.case_files_table(
        request, found, None, sort="", caption=_("Akten zu diesem Schlüssel")
    )
    status = 200 if found else 404
    context = {"table": table, "found": found}
    return render(request, "records/deep_link.html", context, status=status)
