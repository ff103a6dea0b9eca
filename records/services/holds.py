"""Löschsperren (requirements R6): placing, reviewing and lifting, one or a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import CaseFileStatus, HoldKind
from records.models import CaseFile, Hold, Matter
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.typed_text import clean_line

GONE = (CaseFileStatus.TRANSFERRED, CaseFileStatus.DESTROYED)
REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold on a file, or with ``matter`` on one matter of it; the owner answers for its end."""

    case_file: CaseFile
    kind: HoldKind
    reason: str
    owner: User
    review_on: date
    matter: Matter | None = None


def place_holds(wanted: Sequence[NewHold], actor: Actor) -> list[Hold]:
    """Stop destruction and hand-over of files and matters, closed ones too, until lifted.

    Raises InvalidInput (reason, review day, owner without sight), Forbidden, IllegalState (handed
    over or destroyed already).
    """
    for one in wanted:
        _check(one)
    with transaction.atomic():
        files = lock_case_files([one.case_file.pk for one in wanted])
        # Under the files' lock: the matters may have been narrowed since the form was shown.
        matters = Matter.objects.in_bulk([one.matter.pk for one in wanted if one.matter])
        for one in wanted:
            matter = matters[one.matter.pk] if one.matter else None
            _require_right(files[one.case_file.pk], matter, actor)
            _require_there(files[one.case_file.pk])
        holds = writing.create([_draft(one, actor) for one in wanted], actor)
        record_changes("records.hold.placed", holds, actor, digests=_facts(holds))
    return holds


def lift_holds(
    hold_ids: Sequence[int], actor: Actor, reason: str, *, versions: Mapping[int, int] | None = None
) -> list[Hold]:
    """End holds; destruction may go on where no other stands. They stay as evidence.

    Raises InvalidInput without a reason, Forbidden (neither owner nor Leitung, Registratur),
    LostUpdate, IllegalState (lifted already).
    """
    reason = _reason(reason)
    with transaction.atomic():
        holds = _locked(hold_ids, actor, versions)
        for hold in holds.values():
            hold.lifted_at, hold.lifted_by, hold.lift_reason = clock.now(), actor.user, reason
        writing.update(list(holds.values()), ["lifted_at", "lifted_by", "lift_reason"], actor)
        record_changes("records.hold.lifted", list(holds.values()), actor, digests=_facts(holds))
    return [holds[pk] for pk in hold_ids]


def review_holds(
    hold_ids: Sequence[int],
    actor: Actor,
    review_on: date,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Hold]:
    """The reason still stands: look at it again on another day. Raises as ``lift_holds`` does."""
    _require_later(review_on)
    with transaction.atomic():
        holds = _locked(hold_ids, actor, versions)
        for hold in holds.values():
            hold.review_on = review_on
        writing.update(list(holds.values()), ["review_on"], actor)
        record_changes("records.hold.reviewed", list(holds.values()), actor, fields=["review_on"])
    return [holds[pk] for pk in hold_ids]


def _check(one: NewHold) -> None:
    _reason(one.reason)
    _require_later(one.review_on)
    if not one.owner.is_active or not policies.can_view(one.owner, one.case_file):
        raise InvalidInput(
            _("%(name)s sieht die Akte nicht und kann die Sperre nicht verantworten.")
            % {"name": one.owner},
            field="owner",
        )
    if one.matter is not None and one.matter.case_file_id != one.case_file.pk:
        raise InvalidInput(_("Der Vorgang gehört nicht zu dieser Akte."), field="matter")


def _reason(text: str) -> str:
    reason = clean_line(text)
    if not reason:
        raise InvalidInput(_("Bitte nennen Sie den Grund."), field="reason")
    if len(reason) > REASON_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": REASON_CHARS}, field="reason"
        )
    return reason


def _require_later(review_on: date) -> None:
    if review_on <= clock.today():
        raise InvalidInput(
            _("Der Tag der Überprüfung muss in der Zukunft liegen."), field="review_on"
        )


def _require_right(case_file: CaseFile, matter: Matter | None, actor: Actor) -> None:
    hidden = (
        actor.user is not None
        and matter is not None
        and matter.scope_id not in rights_of(actor.user).scope_ids
    )
    if actor.user is None or hidden or not policies.can_place_holds(actor.user, case_file):
        raise Forbidden(
            _("Für %(number)s dürfen Sie keine Löschsperre setzen.")
            % {"number": case_file.aktenzeichen},
            next_step=_("Bitten Sie die Sachbearbeitung, die Registratur oder den Datenschutz."),
        )


def _require_there(case_file: CaseFile) -> None:
    if case_file.status in GONE:
        raise IllegalState(
            _("Die Akte %(number)s ist %(state)s; es gibt nichts mehr zu sperren.")
            % {"number": case_file.aktenzeichen, "state": case_file.get_status_display()}
        )


def _draft(one: NewHold, actor: Actor) -> Hold:
    return Hold(
        case_file=one.case_file,
        matter=one.matter,
        kind=one.kind,
        reason=_reason(one.reason),
        owner=one.owner,
        review_on=one.review_on,
        placed_at=clock.now(),
        placed_by=actor.user,
    )


def _locked(
    hold_ids: Sequence[int], actor: Actor, versions: Mapping[int, int] | None
) -> dict[int, Hold]:
    """Files first, then holds, in key order; checked for the right to end them."""
    rows = Hold.objects.filter(pk__in=hold_ids).values_list("case_file_id", flat=True)
    files = lock_case_files(list(rows))
    locked = Hold.objects.select_for_update(of=("self",)).filter(pk__in=hold_ids)
    holds = {hold.pk: hold for hold in locked.order_by("id")}
    for hold in holds.values():
        if actor.user is None or not policies.can_lift_hold(
            actor.user, files[hold.case_file_id], hold
        ):
            raise Forbidden(
                _("Diese Löschsperre dürfen Sie nicht ändern oder aufheben."),
                next_step=_("Wenden Sie sich an %(name)s.") % {"name": hold.owner},
            )
        if hold.lifted_at is not None:
            raise IllegalState(_("Diese Löschsperre ist schon aufgehoben."))
        writing.require_version(hold, (versions or {}).get(hold.pk))
    return holds


def _facts(holds: Sequence[Hold] | Mapping[int, Hold]) -> dict[int, dict[str, int | str | None]]:
    rows = holds.values() if isinstance(holds, Mapping) else holds
    return {
        hold.pk: {"case_file": hold.case_file_id, "matter": hold.matter_id, "kind": hold.kind}
        for hold in rows
    }
