"""Versions of the file plan: a draft copies the plan in force and holds from its day on (A3).

Files stay in the version they were opened in and keep showing the entry as it was named then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import (
    CaseFile,
    FilePlan,
    FilePlanEntry,
    PlanEntryGroupGrant,
    PlanEntryUserGrant,
)
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.plan_changes import CHANGEABLE, CLOSING, require_editor
from records.typed_text import clean_line

ONE_DAY = timedelta(days=1)
COPIED = ("code", "sort_key", "lineage", *(n for n in (*CHANGEABLE, *CLOSING) if n != "successor"))
KEYS = "SELECT nextval(pg_get_serial_sequence('records_fileplanentry', 'id')) FROM generate_series(1, %s)"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to draft; ``valid_from`` is the first day on which it holds."""

    code: str
    title: str
    valid_from: date


def draft_version(source: FilePlan, wanted: NewVersion, actor: Actor) -> FilePlan:
    """Copy a plan with entries and access definitions; the source holds until the day before.

    Raises Forbidden, InvalidInput (code taken, a day that is not in the future), IllegalState when
    a version is drafted already or the source ends before that day.
    """
    require_editor(actor)
    code, title = clean_line(wanted.code), clean_line(wanted.title)
    with transaction.atomic():
        source = FilePlan.objects.select_for_update().get(pk=source.pk)
        _require_draftable(source, code, wanted.valid_from)
        plan = FilePlan.objects.create(
            code=code,
            title=title or source.title,
            valid_from=wanted.valid_from,
            number_scheme=source.number_scheme,
            case_scheme=source.case_scheme,
        )
        copies = _copy_entries(source, plan, actor)
        _copy_grants(copies)
        source.valid_until = wanted.valid_from - ONE_DAY
        source.save(update_fields=["valid_until"])
        record_changes("records.file_plan.drafted", [plan], actor)
    return plan


def _require_draftable(source: FilePlan, code: str, valid_from: date) -> None:
    if valid_from <= max(clock.today(), source.valid_from):
        raise InvalidInput(_("Eine neue Fassung gilt frühestens ab morgen."), field="valid_from")
    if not code or FilePlan.objects.filter(code=code).exists():
        raise InvalidInput(_("Diese Kurzbezeichnung gibt es schon."), field="code")
    pending = FilePlan.objects.filter(valid_from__gt=clock.today()).first()
    if pending is not None:
        raise IllegalState(
            _("Es gibt schon einen Entwurf: %(plan)s.") % {"plan": pending},
            next_step=_("Ändern Sie ihn, oder verwerfen Sie ihn zuerst."),
        )
    if source.valid_until is not None and source.valid_until < clock.today():
        raise IllegalState(_("Die Fassung %(plan)s gilt nicht mehr.") % {"plan": source})


def _copy_entries(source: FilePlan, plan: FilePlan, actor: Actor) -> dict[int, int]:
    """Copies with their own keys, so that one statement brings parents and children; old -> new."""
    rows = list(source.entries.order_by("id"))
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [len(rows)])
        keys = [key for (key,) in cursor.fetchall()]
    new = {row.pk: key for row, key in zip(rows, keys, strict=True)}
    writing.create([_copy(row, plan, new) for row in rows], actor)
    return new


def _copy(row: FilePlanEntry, plan: FilePlan, new: Mapping[int, int]) -> FilePlanEntry:
    values: dict[str, Any] = {name: getattr(row, _column(name)) for name in COPIED}
    return FilePlanEntry(
        pk=new[row.pk],
        plan=plan,
        parent_id=new.get(row.parent_id or 0),
        ancestors=[new[pk] for pk in row.ancestors],
        overflow_of_id=new.get(row.overflow_of_id or 0),
        successor_id=new.get(row.successor_id or 0),
        **{_column(name): value for name, value in values.items()},
    )


def _column(name: str) -> str:
    field: Any = FilePlanEntry._meta.get_field(name)
    return str(field.attname)


def _copy_grants(new: Mapping[int, int]) -> None:
    """Who may see files of an entry may see those of its later version."""
    _copy_rows(PlanEntryGroupGrant, new)
    _copy_rows(PlanEntryUserGrant, new)


def _copy_rows(model: type[Any], new: Mapping[int, int]) -> None:
    rows: Sequence[Any] = list(model.objects.filter(content_object_id__in=new))
    for row in rows:
        row.pk, row.content_object_id = None, new[row.content_object_id]
    model.objects.bulk_create(rows)


def discard_version(plan: FilePlan, actor: Actor) -> None:
    """Remove a draft; the version before it holds on. Raises Forbidden, IllegalState."""
    require_editor(actor)
    with transaction.atomic():
        plan = FilePlan.objects.select_for_update().get(pk=plan.pk)
        used = CaseFile.objects.filter(entry__plan=plan).exists()
        if plan.valid_from <= clock.today() or used:
            raise IllegalState(
                _("Nur ein Entwurf ohne Akten lässt sich verwerfen."),
                next_step=_("Stattdessen können Sie eine neue Fassung vorbereiten."),
            )
        before = FilePlan.objects.filter(valid_until=plan.valid_from - ONE_DAY)
        before.update(valid_until=None)
        record_changes("records.file_plan.discarded", [plan], actor)
        entries = list(plan.entries.all())
        for grants in (PlanEntryGroupGrant, PlanEntryUserGrant):
            grants.objects.filter(content_object__plan=plan).delete()
        writing.remove(entries, actor)
        plan.delete()
