"""What stands in the way of merging matters, all of it at once: for the preview and the merge."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.choices import DocumentStatus, MatterStatus
from records.models import (
    CaseFile,
    CheckOut,
    Document,
    ExternalKey,
    Hold,
    Matter,
    RegisterSection,
)
from records.selectors.holds import held_matter_ids
from records.services import locks, move_checks
from records.services.actor import Actor
from records.services.documents import filing_refusal
from records.services.move_checks import Place, circle_refusal
from records.services.registers import MOST_SECTIONS

STAYING = (DocumentStatus.CANCELLED, DocumentStatus.MISFILED)
"""Documents that keep their place: the Storno and the Fehlablage are decided where they lie."""


@dataclass(frozen=True, slots=True)
class MergeWish:
    """Matters (of one file or of several) that become a new one in ``case_file``."""

    case_file: CaseFile
    sources: Sequence[Matter]
    title: str

    @property
    def ids(self) -> list[int]:
        return [one.pk for one in self.sources]

    @property
    def foreign(self) -> list[Matter]:
        """The matters of other files."""
        return [one for one in self.sources if one.case_file_id != self.case_file.pk]

    @property
    def parent_id(self) -> int | None:
        """The matter all of them stand below, which the new one then stands below, too."""
        above = {one.parent_id for one in self.sources}
        [only] = above if len(above) == 1 and not self.foreign else {None}
        return only


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why it is refused, and what it is about: a matter or a document of it."""

    subject: str
    refusal: Refusal


def obstacles(wish: MergeWish, actor: Actor) -> list[Obstacle]:
    """Everything in the way, in the order of the matters; empty when it can be done.

    Documents are looked at once nothing is in the way of their matter. The number of queries does
    not depend on the number of matters of a file, nor on the number of documents.
    """
    if actor.user is None:
        return [Obstacle("", Forbidden(_("Vorgänge führen nur Personen zusammen.")))]
    if len(set(wish.ids)) < 2:
        few = InvalidInput(_("Bitte wählen Sie mindestens zwei Vorgänge."), field="vorgang")
        return [Obstacle("", few)]
    if (refusal := filing_refusal(wish.case_file, actor)) is not None:
        return [Obstacle(wish.case_file.aktenzeichen, refusal)]
    why = _of_matters(wish, actor)
    found = [Obstacle(one.title, why[one.pk]) for one in wish.sources if one.pk in why]
    free = [pk for pk in wish.ids if pk not in why]
    return [*found, *_of_documents(wish, free, actor), *_of_the_new_one(wish)]


def _of_matters(wish: MergeWish, actor: Actor) -> dict[int, Refusal]:
    files = {one.case_file_id: one.case_file for one in wish.sources}
    refusals = {pk: filing_refusal(case_file, actor) for pk, case_file in files.items()}
    held, below = _held(wish), _below(wish, actor)
    keys = _keys_outside(wish)
    found = {
        one.pk: (
            refusals[one.case_file_id]
            or _sight(one, actor)
            or _closed(one)
            or circle_refusal(one.case_file, wish.case_file)
            or (_hold() if one.pk in held else None)
            or below.get(one.pk)
            or keys.get(one.pk)
        )
        for one in wish.sources
    }
    return {pk: why for pk, why in found.items() if why is not None}


def _sight(matter: Matter, actor: Actor) -> Refusal | None:
    if actor.user is not None and matter.scope_id in rights_of(actor.user).scope_ids:
        return None
    return Forbidden(_("Diesen Teil der Akte dürfen Sie nicht bearbeiten."))


def _closed(matter: Matter) -> Refusal | None:
    if matter.status == MatterStatus.ACTIVE:
        return None
    return IllegalState(
        _("Der Vorgang ist %(state)s.") % {"state": matter.get_status_display()},
        next_step=_("Die Registratur kann einen Abschluss aufheben."),
    )


def _held(wish: MergeWish) -> set[int]:
    """Nothing leaves what is held: another file's matter, or a matter that is held itself."""
    leaving = held_matter_ids([one.pk for one in wish.foreign])
    near = {pk for one in wish.sources for pk in (one.pk, one.parent_id) if pk is not None}
    standing = Hold.objects.filter(lifted_at=None).filter(
        Q(matter__in=near) | Q(matter__parent__in=wish.ids)
    )
    rows = standing.values_list("matter_id", "matter__parent_id")
    held = set(chain.from_iterable(rows))
    return leaving | {one.pk for one in wish.sources if {one.pk, one.parent_id} & (held - {None})}


def _hold() -> IllegalState:
    return IllegalState(
        _("Auf der Akte oder dem Vorgang liegt eine Löschsperre; nichts verlässt sie."),
        next_step=_("Fragen Sie, wer die Löschsperre verantwortet."),
    )


def sub_matters(wish: MergeWish) -> list[Matter]:
    """Those below the sources that are no sources themselves and not cancelled."""
    rows = Matter.objects.filter(parent__in=wish.ids).exclude(pk__in=wish.ids)
    return list(rows.exclude(status=MatterStatus.CANCELLED).order_by("pk"))


def _below(wish: MergeWish, actor: Actor) -> dict[int, Refusal]:
    """Sub-matters come along inside their file, in work and seen."""
    foreign = {one.pk for one in wish.foreign}
    found: dict[int, Refusal] = {}
    for one in sub_matters(wish):
        above = one.parent_id or 0
        if above in foreign:
            found[above] = IllegalState(
                _("Zum Vorgang gehören Teilvorgänge; die Akte verlässt er nur ohne sie."),
                next_step=_("Führen Sie ihn zuerst in seiner Akte mit ihnen zusammen."),
            )
        elif (why := _sight(one, actor) or _closed(one)) is not None:
            found[above] = type(why)(
                _("Ein Teilvorgang lässt sich nicht mitnehmen: %(why)s") % {"why": why.reason},
                next_step=why.next_step,
            )
    return found


def _keys_outside(wish: MergeWish) -> dict[int, Refusal]:
    """Outside its branch the specialist system could deliver nothing more (requirements K8)."""
    rows = ExternalKey.objects.filter(
        matter__in=[one.pk for one in wish.foreign], document=None, system__branch__isnull=False
    )
    entry = wish.case_file.entry
    return {
        key.matter_id or 0: IllegalState(
            _("%(system)s liefert in diesen Vorgang und darf in %(entry)s nicht ablegen.")
            % {"system": key.system.name, "entry": entry.code},
            next_step=_("Wählen Sie eine Akte im Zweig des Fachverfahrens."),
        )
        for key in rows.select_related("system__branch")
        if not policies.connector_may_file(key.system, entry)
    }


def _of_documents(wish: MergeWish, free: Collection[int], actor: Actor) -> list[Obstacle]:
    rows = Document.objects.filter(matter__in=free).exclude(status__in=STAYING)
    leaving = rows.exclude(case_file=wish.case_file)
    joined = leaving.select_related("case_file__entry", "matter", "document_type")
    documents = list(joined.order_by("pk"))
    places = dict.fromkeys((one.pk for one in documents), Place(wish.case_file))
    why = move_checks.obstacles(documents, places, actor)
    found = [Obstacle(d.title, why[d.pk]) for d in documents if d.pk in why]
    return found + _in_work(rows, actor)


def _in_work(rows: QuerySet[Document], actor: Actor) -> list[Obstacle]:
    """Locks of other people, absent ones included: the next step is to ask or to take over."""
    held = CheckOut.objects.filter(document__in=rows, until__gt=clock.now())
    others = held.exclude(holder=actor.user).select_related("holder", "document")
    return [
        Obstacle(one.document.title, locks.locked_by_another(one.document, one))
        for one in others.order_by("document_id")
    ]


def _of_the_new_one(wish: MergeWish) -> list[Obstacle]:
    found = []
    if narrowing(wish) == []:
        found.append(
            IllegalState(
                _("Die Vorgänge sind so beschränkt, dass den neuen niemand sähe."),
                next_step=_("Bitten Sie die Leitung, die Beschränkungen anzugleichen."),
            )
        )
    if len(section_titles(wish)) > MOST_SECTIONS:
        found.append(
            IllegalState(
                _("Das gemeinsame Register hätte mehr als %(n)s Blätter.") % {"n": MOST_SECTIONS},
                next_step=_("Fassen Sie zuerst Registerblätter zusammen."),
            )
        )
    return [Obstacle(wish.title, one) for one in found]


def narrowing(wish: MergeWish) -> list[int] | None:
    """The groups that saw every one of them: the new matter is as narrow as the narrowest.

    None: none of them was narrowed.
    """
    above = [one.parent for one in wish.sources if one.parent and one.parent_id != wish.parent_id]
    every = [set(one.narrow_to) for one in [*wish.sources, *above] if one.narrow_to is not None]
    return sorted(set.intersection(*every)) if every else None


def sections_of(wish: MergeWish) -> list[RegisterSection]:
    """The sections of all registers: by matter as chosen, then by position."""
    order = {pk: number for number, pk in enumerate(wish.ids)}
    rows = RegisterSection.objects.filter(matter__in=wish.ids)
    return sorted(rows, key=lambda s: (order[s.matter_id], s.position, s.pk))


def section_titles(wish: MergeWish) -> list[str]:
    """The sections of the common register: equal titles become one."""
    return list(dict.fromkeys(one.title for one in sections_of(wish)))
