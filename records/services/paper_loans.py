"""The paper part of files: where it stands, who asked for it, who has it, when it came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import CaseFileStatus, Medium
from records.models import CaseFile, PaperLoan
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.services.paper_reminders import end_reminders_of
from records.typed_text import clean_line

GONE = (CaseFileStatus.TRANSFERRED, CaseFileStatus.DESTROYED)
LONGEST = timedelta(days=366)
LOCATION_CHARS = PURPOSE_CHARS = 200


@dataclass(frozen=True, slots=True)
class PaperPart:
    """Whether there is paper, and where it stands when nobody has it."""

    medium: Medium
    location: str = ""


def set_paper_parts(
    wanted: Mapping[int, PaperPart], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[CaseFile]:
    """Say of files by id whether they have paper and where it stands; closed files too.

    Raises InvalidInput (place), Forbidden, LostUpdate, IllegalState (handed over or destroyed; no
    paper any more while somebody has or wants it).
    """
    with transaction.atomic():
        files = lock_case_files(list(wanted))
        changed = []
        for pk, case_file in files.items():
            _require_keeper(case_file, actor)
            writing.require_version(case_file, (versions or {}).get(pk))
            if _apply(case_file, wanted[pk]):
                changed.append(case_file)
        _require_no_loans([f for f in changed if not policies.has_paper(f)])
        writing.update(changed, ["medium", "paper_location"], actor)
        record_changes(
            "records.case_file.changed", changed, actor, fields=["medium", "paper_location"]
        )
    return [files[pk] for pk in wanted]


def _apply(case_file: CaseFile, part: PaperPart) -> bool:
    location = clean_line(part.location)
    if len(location) > LOCATION_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": LOCATION_CHARS},
            field="paper_location",
        )
    if part.medium != Medium.ELECTRONIC and not location:
        raise InvalidInput(_("Bitte sagen Sie, wo das Papier steht."), field="paper_location")
    after = (str(part.medium), "" if part.medium == Medium.ELECTRONIC else location)
    if (case_file.medium, case_file.paper_location) == after:
        return False
    case_file.medium, case_file.paper_location = after
    return True


def _require_no_loans(files: Sequence[CaseFile]) -> None:
    waiting = PaperLoan.objects.filter(case_file__in=files, ended_at=None)
    for loan in waiting.select_related("borrower")[:1]:
        raise IllegalState(
            _("%(name)s hat den Papierteil angefordert oder ausgeliehen.")
            % {"name": loan.borrower},
            next_step=_("Nehmen Sie ihn erst zurück oder beenden Sie die Anforderung."),
        )


def request_papers(wanted: Mapping[int, str], actor: Actor) -> list[PaperLoan]:
    """Ask for the paper part of files by id (with what it is for, or nothing).

    Raises Forbidden, InvalidInput, IllegalState (no paper; asked for or taken by this person).
    """
    if actor.user is None:
        raise Forbidden(_("Papierakten fordern nur Personen an."))
    with transaction.atomic():
        files = lock_case_files(list(wanted))
        for case_file in files.values():
            if not policies.can_view(actor.user, case_file):
                raise Forbidden(_("Diese Akte dürfen Sie nicht sehen."))
            _require_paper(case_file)
        _require_not_asked(files, actor)
        loans = [
            PaperLoan(
                case_file=case_file,
                borrower=actor.user,
                purpose=_purpose(wanted[pk]),
                requested_at=clock.now(),
            )
            for pk, case_file in files.items()
        ]
        writing.create(loans, actor)
        _remember("records.paper.requested", loans, actor)
    return loans


def _purpose(text: str) -> str:
    purpose = clean_line(text)
    if len(purpose) > PURPOSE_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": PURPOSE_CHARS}, field="purpose"
        )
    return purpose


def _require_paper(case_file: CaseFile) -> None:
    if case_file.status in GONE:
        raise IllegalState(
            _("Die Akte %(number)s ist %(state)s; ihr Papier ist nicht mehr im Haus.")
            % {"number": case_file.aktenzeichen, "state": case_file.get_status_display()}
        )
    if not policies.has_paper(case_file):
        raise IllegalState(
            _("Die Akte %(number)s hat keinen Papierteil.") % {"number": case_file.aktenzeichen},
            next_step=_("Gibt es doch Papier, trägt die Registratur den Standort ein."),
        )


def _require_not_asked(files: Mapping[int, CaseFile], actor: Actor) -> None:
    own = PaperLoan.objects.filter(case_file__in=files, borrower=actor.user, ended_at=None)
    for loan in own[:1]:
        number = files[loan.case_file_id].aktenzeichen
        if loan.handed_out_at is None:
            raise IllegalState(
                _("Sie haben den Papierteil von %(number)s schon angefordert.") % {"number": number}
            )
        raise IllegalState(
            _("Sie haben den Papierteil von %(number)s schon; er ist zurückzugeben bis %(day)s.")
            % {"number": number, "day": german.short_date(loan.due_on)}
        )


def hand_out_papers(
    loan_ids: Sequence[int],
    actor: Actor,
    due_on: date,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[PaperLoan]:
    """Give the paper to who asked for it, until a day from today on.

    Raises InvalidInput (day), Forbidden, LostUpdate, IllegalState (not waiting any more; somebody
    else has it).
    """
    require_loan_day(due_on)
    with transaction.atomic():
        loans = _locked(loan_ids, actor, versions)
        for loan in loans:
            if loan.handed_out_at is not None or loan.ended_at is not None:
                raise IllegalState(_("Diese Anforderung ist schon erledigt."))
            _require_paper(loan.case_file)
        _require_on_shelf(loans)
        for loan in loans:
            loan.handed_out_at, loan.handed_out_by, loan.due_on = clock.now(), actor.user, due_on
        writing.update(loans, ["handed_out_at", "handed_out_by", "due_on"], actor)
        _remember("records.paper.handed_out", loans, actor)
    return loans


def require_loan_day(due_on: date) -> None:
    """Raises InvalidInput for a day of return that is past or more than a year away."""
    if due_on < clock.today():
        raise InvalidInput(_("Der Tag der Rückgabe liegt in der Vergangenheit."), field="due_on")
    if due_on > clock.today() + LONGEST:
        raise InvalidInput(_("Länger als ein Jahr wird nicht ausgeliehen."), field="due_on")


def _require_on_shelf(loans: Sequence[PaperLoan]) -> None:
    files = [loan.case_file_id for loan in loans]
    out = PaperLoan.objects.filter(case_file__in=files, ended_at=None).exclude(handed_out_at=None)
    for loan in out.select_related("borrower", "case_file")[:1]:
        raise IllegalState(
            _("Den Papierteil von %(number)s hat %(name)s bis %(day)s.")
            % {
                "number": loan.case_file.aktenzeichen,
                "name": loan.borrower,
                "day": german.short_date(loan.due_on),
            },
            next_step=_("Nehmen Sie ihn erst zurück."),
        )
    if len(set(files)) < len(files):
        raise IllegalState(_("Ein Papierteil geht immer nur an eine Person."))


def return_papers(
    loan_ids: Sequence[int], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[PaperLoan]:
    """The paper stands in its place again. Raises Forbidden, LostUpdate, IllegalState (not out)."""
    with transaction.atomic():
        loans = _locked(loan_ids, actor, versions)
        for loan in loans:
            if loan.handed_out_at is None:
                raise IllegalState(
                    _("Der Papierteil ist noch nicht ausgegeben."),
                    next_step=_("Eine Anforderung lässt sich beenden."),
                )
            if loan.ended_at is not None:
                raise IllegalState(
                    _("Der Papierteil ist seit %(at)s zurück.")
                    % {"at": german.date_time(loan.ended_at)}
                )
        _end(loans, "records.paper.returned", actor)
        end_reminders_of(loans, actor)
    return loans


def withdraw_requests(
    loan_ids: Sequence[int], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[PaperLoan]:
    """End requests nobody has answered: by who asked, or by who keeps the paper.

    Raises Forbidden, LostUpdate, IllegalState (handed out or ended already).
    """
    with transaction.atomic():
        loans = _locked(loan_ids, actor, versions, own=True)
        for loan in loans:
            if loan.ended_at is not None:
                raise IllegalState(_("Diese Anforderung ist schon beendet."))
            if loan.handed_out_at is not None:
                raise IllegalState(
                    _("Der Papierteil ist ausgegeben; er muss zurückgegeben werden."),
                    next_step=_("Die Registratur nimmt ihn zurück."),
                )
        _end(loans, "records.paper.withdrawn", actor)
    return loans


def _end(loans: Sequence[PaperLoan], action: str, actor: Actor) -> None:
    for loan in loans:
        loan.ended_at, loan.ended_by = clock.now(), actor.user
    writing.update(loans, ["ended_at", "ended_by"], actor)
    _remember(action, loans, actor)


def _locked(
    loan_ids: Sequence[int],
    actor: Actor,
    versions: Mapping[int, int] | None,
    *,
    own: bool = False,
) -> list[PaperLoan]:
    """Files first, then loans, in key order; checked for the right to act on them."""
    rows = PaperLoan.objects.filter(pk__in=loan_ids)
    files = lock_case_files(list(rows.values_list("case_file_id", flat=True)))
    locked = rows.select_for_update(of=("self",)).select_related("borrower").order_by("id")
    loans = list(locked)
    for loan in loans:
        loan.case_file = files[loan.case_file_id]
        if not (own and loan.borrower_id == actor.user_id):
            _require_keeper(loan.case_file, actor)
        elif actor.user is None or not policies.can_view(actor.user, loan.case_file):
            raise Forbidden(_("Diese Akte dürfen Sie nicht sehen."))
        writing.require_version(loan, (versions or {}).get(loan.pk))
    return loans


def _require_keeper(case_file: CaseFile, actor: Actor) -> None:
    if actor.user is None or not policies.can_keep_paper(actor.user, case_file):
        raise Forbidden(
            _("Den Papierteil von %(number)s verwaltet die federführende Einheit.")
            % {"number": case_file.aktenzeichen},
            next_step=_("Bitten Sie deren Sachbearbeitung oder Registratur."),
        )


def _remember(action: str, loans: Sequence[PaperLoan], actor: Actor) -> None:
    """The audit names the file: that is what people ask about."""
    facts = {loan.case_file_id: {"loan": loan.pk, "borrower": loan.borrower_id} for loan in loans}
    record_changes(action, [loan.case_file for loan in loans], actor, digests=facts)
