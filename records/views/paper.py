"""The paper part of a file, and the list of what is lent."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
    Refusal,
)
from records import policies
from records.models import CaseFile, PaperLoan
from records.paper_forms import HandOutForm, LoanVersionForm, PaperPartForm, PaperRequestForm
from records.selectors import case_files, paper_loans
from records.services import paper_loans as services
from records.services.actor import Actor, person
from records.services.list_exports import record_loans_export
from records.views import paper_tables


@require_http_methods(["GET", "POST"])
def paper_part(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the paper stands, who has it, who wants it; POST says where it stands."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if request.method == "GET":
        return _page(request, case_file)
    form = PaperPartForm(request.POST, case_file=case_file)
    if not form.is_valid():
        return _page(request, case_file, part_form=form, status=422)
    typed = form.cleaned_data
    try:
        services.set_paper_parts(
            {case_file.pk: form.part()},
            _actor(request, "records.paper.place"),
            versions={case_file.pk: typed["row_version"]},
        )
    except InvalidInput as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        return _page(request, case_file, part_form=form, status=422)
    except (LostUpdate, IllegalState) as refused:
        current = case_files.visible_case_file(request.user, uuid)
        kept = request.POST.copy()
        kept["row_version"] = str(current.row_version)
        again = PaperPartForm(kept, case_file=current)
        return _page(request, current, part_form=again, message=refused, status=409)
    add_notice(request, _("Der Standort des Papierteils ist gespeichert."))
    return redirect(paper_url(case_file))


def paper_url(case_file: CaseFile) -> str:
    return reverse("case-file-paper", args=[case_file.uuid])


def _actor(request: HttpRequest, verb: str) -> Actor:
    return person(person_of(request), verb)


def _page(
    request: HttpRequest,
    case_file: CaseFile,
    *,
    part_form: PaperPartForm | None = None,
    request_form: PaperRequestForm | None = None,
    hand_out: tuple[PaperLoan, HandOutForm] | None = None,
    message: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    loans = paper_loans.loans_of(case_file)
    keeps = policies.can_keep_paper(request.user, case_file)
    open_ones = [one for one in loans if one.ended_at is None]
    out = next((one for one in open_ones if one.handed_out_at is not None), None)
    here = case_file.status not in services.GONE
    asked = any(one.borrower_id == request.user.pk for one in open_ones)
    may_ask = here and policies.has_paper(case_file) and not asked
    context = {
        "case_file": case_file,
        "has_paper": policies.has_paper(case_file),
        "keeps": keeps,
        "out": out,
        "overdue": out is not None and paper_loans.is_overdue(out),
        "waiting": [
            _waiting(request, one, keeps=keeps, free=out is None and here, typed=hand_out)
            for one in open_ones
            if one is not out
        ],
        "ended": [one for one in loans if one.ended_at is not None],
        "part_form": (part_form or PaperPartForm(case_file=case_file)) if keeps and here else None,
        "request_form": (request_form or PaperRequestForm()) if may_ask else None,
        "message": message,
    }
    return render(request, "records/case_file_paper.html", context, status=status)


def _waiting(
    request: HttpRequest,
    loan: PaperLoan,
    *,
    keeps: bool,
    free: bool,
    typed: tuple[PaperLoan, HandOutForm] | None,
) -> dict[str, Any]:
    """A request with what the person may do about it."""
    form = None
    if keeps and free:
        wrong = typed[1] if typed and typed[0].pk == loan.pk else None
        form = wrong or HandOutForm(prefix=f"a{loan.pk}", version=loan.row_version)
    may_end = keeps or loan.borrower_id == request.user.pk
    return {"loan": loan, "form": form, "may_end": may_end}


@require_POST
def request_paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the paper of a visible file."""
    case_file = case_files.visible_case_file(request.user, uuid)
    form = PaperRequestForm(request.POST)
    if not form.is_valid():
        return _page(request, case_file, request_form=form, status=422)
    actor = _actor(request, "records.paper.request")
    services.request_papers({case_file.pk: form.cleaned_data["purpose"]}, actor)
    add_notice(request, _("Der Papierteil ist angefordert; die Einheit gibt ihn aus."))
    return redirect(paper_url(case_file))


@require_POST
def hand_out(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the paper to who asked for it."""
    loan = paper_loans.visible_loan(request.user, uuid)
    form = HandOutForm(request.POST, prefix=f"a{loan.pk}")
    if not form.is_valid():
        return _page(request, loan.case_file, hand_out=(loan, form), status=422)
    typed = form.cleaned_data
    services.hand_out_papers(
        [loan.pk],
        _actor(request, "records.paper.hand_out"),
        typed["due_on"],
        versions={loan.pk: typed["row_version"]},
    )
    said = _("Der Papierteil ist an %(name)s ausgegeben, zurück bis %(day)s.")
    facts = {"name": loan.borrower, "day": german.short_date(typed["due_on"])}
    add_notice(request, said % facts)
    return redirect(paper_url(loan.case_file))


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The paper is in its place again."""
    loan = paper_loans.visible_loan(request.user, uuid)
    actor = _actor(request, "records.paper.return")
    services.return_papers([loan.pk], actor, versions=_version(request, loan))
    add_notice(request, _("Der Papierteil ist zurückgenommen."))
    return redirect(paper_url(loan.case_file))


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Nobody needs the paper any more."""
    loan = paper_loans.visible_loan(request.user, uuid)
    actor = _actor(request, "records.paper.withdraw")
    services.withdraw_requests([loan.pk], actor, versions=_version(request, loan))
    add_notice(request, _("Die Anforderung ist beendet."))
    return redirect(paper_url(loan.case_file))


def _version(request: HttpRequest, loan: PaperLoan) -> dict[int, int]:
    form = LoanVersionForm(request.POST)
    return {loan.pk: form.cleaned_data["row_version"]} if form.is_valid() else {}


@require_GET
def loan_list(request: HttpRequest) -> HttpResponse:
    """What is lent, overdue or asked for, where the person keeps the paper."""
    _require_works(request)
    state = _state(request)
    rows = list(paper_loans.open_loans(request.user, state)[: paper_loans.LISTED + 1])
    table = paper_tables.loans_table(request, rows[: paper_loans.LISTED], state)
    context = {
        "table": table,
        "chips": paper_tables.chips(state),
        "more": len(rows) > paper_loans.LISTED,
        "csv_url": paper_tables.export_url("csv", state),
        "ods_url": paper_tables.export_url("ods", state),
    }
    return render(request, "records/paper_loans.html", context)


@require_GET
def export_loans(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list as a file."""
    _require_works(request)
    rows = paper_loans.open_loans(request.user, _state(request))
    answer = paper_tables.export(kind, rows)
    record_loans_export(person_of(request))
    return answer


def _state(request: HttpRequest) -> str:
    state = request.GET.get("stand", "")
    return state if state in paper_loans.STATES else ""


def _require_works(request: HttpRequest) -> None:
    if not policies.works_with_case_files(request.user):
        raise Forbidden(
            _("Ausgeliehene Papierakten sehen Sachbearbeitung, Leitung und Registratur."),
            next_step=_("Was Sie selbst ausgeliehen haben, steht auf der Seite der Akte."),
        )
