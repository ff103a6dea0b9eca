"""Changing the file plan: entries added, changed, locked, retired, and the way back.

Every change knows what it does below (``selectors.plan_effects``): files whose retention follows
are reckoned anew by a job that a person can watch and abort.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job, Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.file_plan_import import CODE_LENGTH, TITLE_LENGTH, parent_code
from records.models import CaseFile, FilePlan, FilePlanEntry
from records.models.file_plan import plan_sort_key
from records.selectors.plan_effects import effect_of, files_to_renew
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.entry_defaults import is_retired
from records.services.history_values import values_before
from records.services.plan_places import (
    PLACE,
    adopt_lineages,
    changed_since,
    require_places_free,
    with_paths,
    write_entries,
)
from records.typed_text import clean_line, clean_paragraphs

RETENTION_JOB = "records.retention"
DEFAULTS = (
    "retention_years", "retention_permanent", "transfer_years", "retention_start", "disposition",
    "confidentiality", "circle", "lead_unit", "required_data", "allowed_types",
    "allowed_file_types", "capacity",
)  # fmt: skip
CHANGEABLE = ("title", "description", *DEFAULTS)
CLOSING = ("locked", "retired_on", "successor")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry below ``parent``, or at the top of the plan."""

    plan: FilePlan
    parent: FilePlanEntry | None
    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """The entries as they are now, and the job that brings files up to date, if one is needed."""

    entries: Sequence[FilePlanEntry]
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Retirement:
    """From ``day`` on the entry takes no new files; ``successor`` is where they go instead."""

    day: date
    successor: FilePlanEntry | None = None


def require_editor(actor: Actor) -> None:
    """Raises Forbidden for a person who is neither Fachadministration nor Registratur."""
    if actor.user is not None and not policies.can_define_access(actor.user):
        raise Forbidden(_("Den Aktenplan pflegen Fachadministration und Registratur."))


def add_entries(wanted: Sequence[NewEntry], actor: Actor) -> list[FilePlanEntry]:
    """Add entries; all of them or none.

    Raises Forbidden, InvalidInput (code taken, or not continuing the one above; no title),
    IllegalState when the entry above holds files (requirements A2) or is locked or retired.
    """
    require_editor(actor)
    for one in wanted:
        require_open_version(one.plan)
    with transaction.atomic():
        parents = _locked([one.parent.pk for one in wanted if one.parent is not None])
        require_takes_entries(parents)
        entries = [_draft(one) for one in wanted]
        _require_codes(entries)
        adopt_lineages(entries)
        writing.create(entries, actor)
        for entry in entries:
            above = parents[entry.parent_id].ancestors if entry.parent_id else []
            entry.ancestors = [*above, entry.pk]
        FilePlanEntry.objects.bulk_update(entries, ["ancestors"])
        record_changes("records.plan_entry.added", entries, actor)
    return entries


def require_open_version(plan: FilePlan) -> None:
    """Raises IllegalState for a version that has ended."""
    if plan.valid_until is not None and plan.valid_until < clock.today():
        raise IllegalState(
            _("Die Fassung %(plan)s gilt nicht mehr; sie bekommt keine neuen Einträge.")
            % {"plan": plan},
            next_step=_("Legen Sie den Eintrag in der geltenden Fassung an."),
        )


def _draft(one: NewEntry) -> FilePlanEntry:
    code, values = clean_line(one.code), _cleaned(one.values)
    if not code or len(code) > CODE_LENGTH:
        raise InvalidInput(
            _("Bitte geben Sie ein Kennzeichen mit höchstens %(n)s Zeichen an.")
            % {"n": CODE_LENGTH},
            field="code",
        )
    key = plan_sort_key(code, values["title"])
    return FilePlanEntry(plan=one.plan, parent=one.parent, code=code, sort_key=key, **values)


def _require_codes(entries: Sequence[FilePlanEntry]) -> None:
    """A code must be free and lead to its entry above, as it does when a plan is read in."""
    plans = {entry.plan_id for entry in entries}
    rows = FilePlanEntry.objects.filter(plan__in=plans).values_list("plan_id", "code")
    taken = set(rows)
    for entry in entries:
        if (entry.plan_id, entry.code) in taken:
            raise InvalidInput(
                _("Das Kennzeichen %(code)s gibt es schon.") % {"code": entry.code}, field="code"
            )
        codes = {code for plan, code in taken if plan == entry.plan_id}
        wanted = entry.parent.code if entry.parent else ""
        if parent_code(entry.code, codes) != wanted:
            raise InvalidInput(_misplaced(entry), field="code")
        taken.add((entry.plan_id, entry.code))


def _misplaced(entry: FilePlanEntry) -> str:
    if entry.parent is None:
        return _("Das Kennzeichen %(code)s gehört unter einen vorhandenen Eintrag.") % {
            "code": entry.code
        }
    example = f"{entry.parent.code}.10"
    return _("Das Kennzeichen muss den Eintrag %(above)s fortsetzen, etwa %(example)s.") % {
        "above": entry.parent.code,
        "example": example,
    }


def require_takes_entries(parents: Mapping[int, FilePlanEntry]) -> None:
    """Raises IllegalState for an entry that gets none below it: closed, full, or holding files.

    Files of an earlier version will lie in the entry when its own version is in force (A2).
    """
    for parent in parents.values():
        if parent.locked or is_retired(parent):
            raise IllegalState(
                _("Der Eintrag %(code)s ist gesperrt oder stillgelegt.") % {"code": parent.code},
                next_step=_("Entsperren Sie ihn oder wählen Sie einen anderen Eintrag."),
            )
        if parent.overflow_of_id is not None:
            raise IllegalState(
                _("%(code)s setzt einen vollen Eintrag fort und bekommt keine Untereinträge.")
                % {"code": parent.code}
            )
    codes = {parent.lineage: parent.code for parent in parents.values()}
    rows = CaseFile.objects.filter(entry__lineage__in=codes).order_by()
    holding = rows.values_list("entry__lineage", flat=True).first()
    if holding is not None:
        raise IllegalState(
            _("%(code)s enthält Akten und kann keine Untereinträge bekommen.")
            % {"code": codes[holding]},
            next_step=_("Legen Sie den neuen Eintrag daneben an."),
        )


def change_entries(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> Changed:
    """Set title and defaults of entries by id; entries that continue one of them follow (A7).

    Raises Forbidden, InvalidInput for other fields or an empty title, LostUpdate. Values of
    ``required_data`` and the allowed types are lists; an empty value is inherited from above.
    """
    require_editor(actor)
    for values in wanted.values():
        if unknown := set(values) - set(CHANGEABLE):
            raise InvalidInput(_("Diese Angabe lässt sich nicht ändern."), field=sorted(unknown)[0])
    cleaned = {pk: _cleaned(values) for pk, values in wanted.items()}
    return _write(cleaned, actor, "records.plan_entry.changed", versions)


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(values)
    if "title" in cleaned:
        cleaned["title"] = clean_line(cleaned["title"])
        if not 0 < len(cleaned["title"]) <= TITLE_LENGTH:
            raise InvalidInput(
                _("Bitte geben Sie eine Bezeichnung mit höchstens %(n)s Zeichen an.")
                % {"n": TITLE_LENGTH},
                field="title",
            )
    if "description" in cleaned:
        cleaned["description"] = clean_paragraphs(cleaned["description"])
    if cleaned.get("retention_permanent"):
        cleaned["retention_years"] = None
    return cleaned


def lock_entries(
    entry_ids: Sequence[int],
    actor: Actor,
    *,
    locked: bool,
    versions: Mapping[int, int] | None = None,
) -> Changed:
    """Lock entries, or open them again; nothing can be opened in a locked one or below it."""
    require_editor(actor)
    action = "records.plan_entry.locked" if locked else "records.plan_entry.unlocked"
    return _write({pk: {"locked": locked} for pk in entry_ids}, actor, action, versions)


def retire_entries(
    wanted: Mapping[int, Retirement],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> Changed:
    """Take entries out of use from a day on; their files stay and stay readable (A3).

    Raises Forbidden, LostUpdate, InvalidInput when the successor is the entry itself, lies below
    it, belongs to another plan, or takes no files.
    """
    require_editor(actor)
    for pk, one in wanted.items():
        _require_successor(pk, one)
    values = {pk: {"retired_on": w.day, "successor": w.successor} for pk, w in wanted.items()}
    return _write(values, actor, "records.plan_entry.retired", versions)


def _require_successor(entry_id: int, wanted: Retirement) -> None:
    successor = wanted.successor
    if successor is None:
        return
    closed = successor.locked or successor.retired_on is not None
    own_plan = FilePlanEntry.objects.filter(pk=entry_id, plan=successor.plan_id).exists()
    if closed or not own_plan or entry_id in successor.ancestors:
        raise InvalidInput(
            _("Nachfolger kann nur ein anderer, offener Eintrag desselben Plans sein."),
            field="successor",
        )


def _locked(entry_ids: Sequence[int]) -> dict[int, FilePlanEntry]:
    rows = FilePlanEntry.objects.select_for_update(of=("self",), no_key=True)
    return {e.pk: e for e in rows.filter(pk__in=set(entry_ids)).order_by("id")}


def _write(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    action: str,
    versions: Mapping[int, int] | None = None,
    *,
    taking_back: int = 0,
) -> Changed:
    with transaction.atomic():
        continued = FilePlanEntry.objects.filter(overflow_of__in=wanted)
        base_of = dict(continued.values_list("pk", "overflow_of_id"))
        entries = _locked([*wanted, *base_of])
        for pk in wanted:
            writing.require_version(entries[pk], (versions or {}).get(pk))
        _require_names_kept(entries, wanted)
        values = {pk: _differing(e, wanted[base_of.get(pk, pk)]) for pk, e in entries.items()}
        values = {pk: found for pk, found in values.items() if found}
        # Moves happen in drafts, where nothing lies that would follow.
        effect = effect_of({pk: _without_place(found) for pk, found in values.items()})
        changed = [_set(entries[pk], found) for pk, found in values.items()]
        names = sorted({name for found in values.values() for name in found})
        write_entries(changed, [*names, "sort_key"], actor)
        record_changes(action, changed, actor, fields=names)
        following = files_to_renew(effect) | _reached_by(taking_back)
        job = renew_retention(changed, following, actor, taking_back=taking_back)
    return Changed([entries[pk] for pk in wanted], job)


def _require_names_kept(
    entries: Mapping[int, FilePlanEntry], wanted: Mapping[int, Mapping[str, Any]]
) -> None:
    """In a version that has ended an entry is named as it was; its rules may still change (A3)."""
    plans = FilePlan.objects.in_bulk({entries[pk].plan_id for pk in wanted})
    for pk, values in wanted.items():
        until = plans[entries[pk].plan_id].valid_until
        renamed = values.get("title", entries[pk].title) != entries[pk].title
        if renamed and until is not None and until < clock.today():
            raise InvalidInput(
                _("Diese Fassung gilt nicht mehr; ihre Bezeichnungen bleiben, wie sie waren."),
                field="title",
            )


def _differing(entry: FilePlanEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(entry, name) != value}


def _without_place(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in PLACE}


def _set(entry: FilePlanEntry, values: Mapping[str, Any]) -> FilePlanEntry:
    for name, value in values.items():
        setattr(entry, name, value)
    entry.sort_key = plan_sort_key(entry.code, entry.title)
    return entry


def _reached_by(operation_id: int) -> Q:
    """The files that followed an operation's change of the plan."""
    rows = CaseFile.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
    return Q(pk__in=rows.values("id"))


def renew_retention(
    changed: Sequence[FilePlanEntry], following: Q, actor: Actor, *, taking_back: int = 0
) -> Job | None:
    """Start a job over the files that follow; it reads the plan when it comes to them."""
    rows = CaseFile.objects.filter(following).order_by("pk") if changed else CaseFile.objects.none()
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return None
    codes = ", ".join(entry.code for entry in changed)
    title = _("Fristen neu berechnen: %(codes)s") % {"codes": codes}
    wanted = jobs.Wanted(RETENTION_JOB, title, ids, {"taking_back": taking_back})
    return jobs.start(wanted, actor.operation)


def undo_plan_change(operation_id: int, actor: Actor) -> Changed:
    """Take back one's own change of entries; files follow again, by a job of their own.

    An entry that was added is removed while nothing stands in it or below it. Raises Forbidden for
    somebody else's change, IllegalState when an entry was changed again since.
    """
    require_editor(actor)
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
    rows = FilePlanEntry.history.filter(operation_id=operation_id)
    with transaction.atomic():
        added = list(rows.filter(history_type=writing.CREATED).values_list("id", flat=True))
        _remove(_locked(added), actor)
        changed = list(rows.filter(history_type=writing.CHANGED).values_list("id", flat=True))
        if not changed:
            return Changed([])
        entries = _locked(changed)
        wanted = _former(entries, operation_id)
        require_places_free(entries, wanted)
        _abort_renewal(operation_id)
        return _write(wanted, actor, "records.plan_entry.taken_back", taking_back=operation_id)


def _remove(entries: Mapping[int, FilePlanEntry], actor: Actor) -> None:
    if not entries:
        return
    parents = FilePlanEntry.objects.filter(parent__in=entries).exclude(pk__in=entries)
    used = {*parents.values_list("parent_id", flat=True)}
    used |= {*CaseFile.objects.filter(entry__in=entries).values_list("entry_id", flat=True)}
    for pk, entry in entries.items():
        if pk in used or entry.row_version != 1:
            raise changed_since(entry)
    record_changes("records.plan_entry.removed", list(entries.values()), actor)
    writing.remove(list(entries.values()), actor)


def _former(entries: Mapping[int, FilePlanEntry], operation_id: int) -> dict[int, dict[str, Any]]:
    before = values_before(FilePlanEntry, list(entries), operation_id)
    for pk, entry in entries.items():
        if pk not in before or before[pk].left_version != entry.row_version:
            raise changed_since(entry)
    names = (*CHANGEABLE, *CLOSING, "code", "parent_id")
    values = {pk: {name: getattr(one.row, name) for name in names} for pk, one in before.items()}
    return with_paths(values)


def _abort_renewal(operation_id: int) -> None:
    for job in Job.objects.filter(operation=operation_id, kind=RETENTION_JOB):
        jobs.request_abort(job)
