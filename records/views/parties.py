"""Parties: search inside one circle, the page of one, its facts, merging two into one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.paging import Page
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import record_search
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.models import Participation, Party
from records.party_forms import PartyForm, PartySearchForm
from records.selectors import parties
from records.selectors.merging import Merge, merge
from records.services.actor import Actor, person
from records.services.party_changes import FACTS, change_parties
from records.services.party_merging import merge_parties, undo_party_operation
from records.services.reading import record_party_read
from records.views.changing_files import STORED
from records.views.opening_files import add_refusal, say_cleaned
from records.views.tables import case_file_url

OTHER = "andere"


def party_url(party: Party) -> str:
    return reverse("party", args=[party.uuid])


@require_GET
def party_list(request: HttpRequest) -> HttpResponse:
    """Search by name, sound or birth date, in one circle at a time."""
    circles = parties.circles_of(request.user)
    form = PartySearchForm(request.GET or {}, circles=circles)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and any(form.cleaned_data.get(name) for name in ("name", "geboren")):
        typed = form.cleaned_data
        circle = typed.get("kreis") or circles[0]
        page = parties.search_parties(
            request.user,
            circle,
            typed["name"],
            typed["geboren"],
            after=request.GET.get("nach", ""),
        )
        _log(request, typed, circle, len(page.rows))
        context["table"] = _found_table(request, page)
    return render(request, "records/party_list.html", context)


def _log(request: HttpRequest, typed: Mapping[str, Any], circle: str, hits: int) -> None:
    record_search(
        f"{typed['name']} {typed['geboren'] or ''}".strip(),
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=[circle] if circle else [],
        hits=hits,
    )


def _found_table(request: HttpRequest, page: Page[Party]) -> Table[Party]:
    return Table(
        _("Gefundene Beteiligte"),
        [
            Column(_("Name"), str),
            Column(_("Geburtsdatum"), lambda p: cells.day(p.birth_date), tight=True),
            Column(_("Anschrift"), lambda p: p.address),
        ],
        page.rows,
        Empty(
            _("Niemand gefunden."),
            _("Gesucht wird nur in Akten, die Sie sehen, und nur in einem Berechtigungskreis."),
            icon="people",
        ),
        query=request.GET,
        row_url=party_url,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )


@require_GET
def party_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who it is and in which visible files it takes part."""
    party = parties.visible_party(request.user, uuid)
    if party.uuid != uuid:
        return redirect(party_url(party))
    record_party_read(request, party)
    page = parties.files_of_party(request.user, party, after=request.GET.get("nach", ""))
    may_change = parties.may_change(request.user, party)
    context = {
        "party": party,
        "table": _files_table(request, page),
        "may_change": may_change,
        "alike": _alike(request, party) if may_change else [],
    }
    return render(request, "records/party_detail.html", context)


def _alike(request: HttpRequest, party: Party) -> list[parties.Duplicate]:
    return parties.duplicates_of(
        request.user, party.circle, party.sort_key, party.birth_date, besides=party
    )


def _files_table(request: HttpRequest, page: Page[Participation]) -> Table[Participation]:
    return Table(
        _("Akten"),
        [
            Column(_("Aktenzeichen"), lambda p: p.case_file.aktenzeichen, tight=True),
            Column(_("Betreff"), lambda p: cells.two_lines(p.case_file.title, p.matter or "")),
            Column(_("Rolle"), lambda p: p.role),
            Column(_("seit"), lambda p: cells.day(p.since), tight=True),
            Column(_("bis"), lambda p: cells.day(p.until), tight=True),
        ],
        page.rows,
        Empty(_("An keiner Akte beteiligt, die Sie sehen.")),
        query=request.GET,
        row_url=lambda p: case_file_url(p.case_file),
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )


def _changeable(request: HttpRequest, uuid: UUID) -> Party:
    """Raises Http404 and Forbidden before a form is shown that could not be saved."""
    party = parties.visible_party(request.user, uuid)
    if not parties.may_change(request.user, party):
        raise Forbidden(
            _("Die Angaben dieser Beteiligten dürfen Sie nicht ändern."),
            next_step=_("Das kann, wer eine offene Akte bearbeitet, an der sie beteiligt sind."),
        )
    return party


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name, birth date, address; with a merge question."""
    party = _changeable(request, uuid)
    if request.method == "GET":
        return _edit_page(request, party, PartyForm(party=party))
    form = PartyForm(request.POST, party=party)
    if not form.is_valid():
        return _edit_page(request, party, form, status=422)
    try:
        return _save(request, party, form)
    except LostUpdate:
        current = _changeable(request, uuid)
        question = merge(current, _wanted(request, form), form.cleaned_data["row_version"])
        kept = PartyForm(party=current, shown=question.values)
        return _edit_page(request, current, kept, question, status=409)
    except InvalidInput as refusal:
        add_refusal(form, refusal)
        return _edit_page(request, party, form, status=422)


def _edit_page(
    request: HttpRequest,
    party: Party,
    form: PartyForm,
    question: Merge | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"party": party, "form": form, "question": question}
    return render(request, "records/party_edit.html", context, status=status)


def _wanted(request: HttpRequest, form: PartyForm) -> dict[str, Any]:
    values = form.facts().values()
    return {n: v for n, v in values.items() if request.POST.get(f"wahl_{n}") != STORED}


def _save(request: HttpRequest, party: Party, form: PartyForm) -> HttpResponse:
    actor = person(person_of(request), "records.party.change")
    shown = form.cleaned_data["row_version"]
    [changed] = change_parties(
        {party.pk: _wanted(request, form)}, actor, versions={party.pk: shown}
    )
    if changed.row_version == shown:
        add_notice(request, _("Es war nichts zu ändern."))
    else:
        add_notice(request, _("Die Angaben sind geändert."), undo_url=_undo_url(party, actor))
        say_cleaned(request, cleaned=form.cleaned_unseen)
    return redirect(party_url(party))


def _undo_url(party: Party, actor: Actor) -> str:
    return reverse("party-undo", args=[party.uuid, actor.operation.pk])


@require_http_methods(["GET", "POST"])
def merge_two(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the other one, see what would happen, do it."""
    kept = _changeable(request, uuid)
    named = request.POST.get("mit", "") or request.GET.get("mit", "")
    other = _other(request, kept, named) if named else None
    if other is None:
        context = {"party": kept, "alike": _alike(request, kept)}
        return render(request, "records/party_merge.html", context)
    if request.method == "GET":
        return _preview(request, kept, other)
    try:
        return _merge(request, kept, other)
    except (LostUpdate, IllegalState) as refusal:
        return _preview(request, _changeable(request, uuid), other, refusal)


def _other(request: HttpRequest, kept: Party, named: str) -> Party:
    """The other one, visible and of the same circle. Raises Http404, Forbidden."""
    try:
        other = _changeable(request, UUID(named))
    except ValueError as error:
        raise Http404 from error
    if other.circle != kept.circle or other == kept:
        raise Http404
    return other


def _preview(
    request: HttpRequest, kept: Party, other: Party, message: Exception | None = None
) -> HttpResponse:
    if message is not None:
        other.refresh_from_db()
    context = {
        "party": kept,
        "other": other,
        "facts": _facts(kept, other),
        "preview": parties.merge_preview(request.user, other),
        "message": message,
    }
    status = 200 if message is None else 409
    return render(request, "records/party_merge.html", context, status=status)


def _facts(kept: Party, other: Party) -> Sequence[Mapping[str, Any]]:
    """Every fact of both; where they differ one chooses, the empty one gives way by itself."""
    rows = []
    for name in FACTS:
        mine, theirs = getattr(kept, name), getattr(other, name)
        shown = [_shown(party, name) for party in (kept, other)]
        field: Any = Party._meta.get_field(name)
        row = {"name": name, "label": field.verbose_name, "mine": shown[0], "theirs": shown[1]}
        differ = mine != theirs and bool(theirs)
        rows.append(row | {"differ": differ, "take_other": differ and not mine})
    return rows


def _shown(party: Party, name: str) -> Any:
    return party.get_kind_display() if name == "kind" else getattr(party, name)


def _merge(request: HttpRequest, kept: Party, other: Party) -> HttpResponse:
    actor = person(person_of(request), "records.party.merge")
    versions = {
        party.pk: number
        for party, field in ((kept, "stand"), (other, "stand_andere"))
        if (number := _whole(request.POST.get(field, ""))) is not None
    }
    taken = [name for name in FACTS if request.POST.get(f"wahl_{name}") == OTHER]
    merge_parties(kept.pk, other.pk, actor, taken=taken, versions=versions)
    said = _("%(name)s ist zusammengeführt.") % {"name": kept}
    add_notice(request, said, undo_url=_undo_url(kept, actor))
    return redirect(party_url(kept))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own last change of facts or merge."""
    party = parties.visible_party(request.user, uuid)
    undo_party_operation(operation_id, person(person_of(request), "records.party.undo"))
    add_notice(request, _("Die Änderung ist zurückgenommen."))
    return redirect(party_url(party))
