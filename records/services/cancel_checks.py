"""What stands in the way of the Storno of files and matters (requirements W10), all of it at once.

What lies below is cancelled along, so whatever there must not be cancelled, or still needs somebody's
hand, holds the whole thing up. Each line is counted once for the whole set.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.operations.refusals import IllegalState
from records import closing_checks
from records.choices import MatterStatus
from records.closing_checks import CASE_FILE, MATTER
from records.models import CaseFile, DeletionProposal, Document, Matter, PaperLoan
from records.selectors.case_files import STATES_IN_USE

Counting = Callable[[str, Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why something stays: what, how many of them, and what can be done about it."""

    label: str | Promise
    count: int
    advice: str | Promise

    def __str__(self) -> str:
        return f"{self.label}: {self.count}"


def matters_below(part: str, ids: Sequence[int]) -> "QuerySet[Matter]":
    """The matters of the files, or below the matters, that are not cancelled."""
    column = "case_file_id" if part == CASE_FILE else "parent_id"
    rows = Matter.objects.filter(**{f"{column}__in": ids})
    return rows.exclude(status=MatterStatus.CANCELLED)


def documents_below(part: str, ids: Sequence[int]) -> "QuerySet[Document]":
    """The documents in use that a Storno of these files, or of exactly these matters, takes along."""
    return Document.objects.filter(**{f"{part}__in": ids}, status__in=STATES_IN_USE)


def obstacles(part: str, ids: Sequence[int]) -> dict[int, list[Obstacle]]:
    """By file or matter; an empty list means nothing is in the way. Sub-matters count along."""
    above = {pk: pk for pk in ids}
    if part == MATTER:
        above |= dict(matters_below(MATTER, ids).values_list("pk", "parent_id"))
    found: dict[int, list[Obstacle]] = {pk: [] for pk in ids}
    for label, advice, count in CHECKS:
        sums: Counter[int] = Counter()
        for pk, number in count(part, list(above)).items():
            sums[above[pk]] += number
        for pk, number in sums.items():
            found[pk].append(Obstacle(label, number, advice))
    return found


def refusal_of(name: str, waiting: Iterable[Obstacle]) -> IllegalState | None:
    """The obstacles of one object as an answer to whoever wants to cancel it."""
    lines = list(waiting)
    if not lines:
        return None
    return IllegalState(
        _("„%(name)s“ lässt sich nicht stornieren. %(left)s.")
        % {"name": name, "left": "; ".join(str(one) for one in lines)},
        next_step=" ".join(str(one.advice) for one in lines),
    )


def _closed_matters(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    column = "case_file_id" if part == CASE_FILE else "parent_id"
    rows = matters_below(part, ids).exclude(status=MatterStatus.ACTIVE)
    return _by_id(rows, column)


def _final_documents(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    return _by_id(documents_below(part, ids).filter(is_final=True), f"{part}_id")


def _proposed_for_deletion(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    column = f"document__{part}_id"
    rows = DeletionProposal.objects.filter(**{f"{column}__in": ids}, decided_at=None)
    return _by_id(rows, column)


def _paper_on_loan(part: str, ids: Sequence[int]) -> Mapping[int, int]:
    if part == MATTER:
        return {}
    return _by_id(PaperLoan.objects.filter(case_file__in=ids, ended_at=None), "case_file_id")


def _by_id(
    rows: "QuerySet[Matter] | QuerySet[Document] | QuerySet[DeletionProposal] | QuerySet[PaperLoan]",
    column: str,
) -> dict[int, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))


CHECKS: tuple[tuple[str | Promise, str | Promise, Counting], ...] = (
    (
        gettext_lazy("Abgeschlossene Vorgänge"),
        gettext_lazy("Heben Sie zuerst deren Abschluss auf."),
        _closed_matters,
    ),
    (
        gettext_lazy("Endgültige Dokumente"),
        gettext_lazy("Verschieben Sie endgültige Dokumente zuerst an ihren richtigen Ort."),
        _final_documents,
    ),
    (
        gettext_lazy("Dokumente in Bearbeitung"),
        gettext_lazy("Geben Sie die Dokumente zurück oder bitten Sie um Freigabe."),
        closing_checks.checked_out,
    ),
    (
        gettext_lazy("Offene Löschvorschläge"),
        gettext_lazy("Ziehen Sie die Löschvorschläge zurück oder lassen Sie sie entscheiden."),
        _proposed_for_deletion,
    ),
    (
        gettext_lazy("Offene Wiedervorlagen"),
        gettext_lazy("Erledigen Sie die Wiedervorlagen oder bitten Sie die zuständige Person."),
        closing_checks.open_follow_ups,
    ),
    (
        gettext_lazy("Angeforderter oder ausgeliehener Papierteil"),
        gettext_lazy("Nehmen Sie zuerst den Papierteil zurück."),
        _paper_on_loan,
    ),
)


def name_of(one: CaseFile | Matter) -> str:
    """What a refusal calls it."""
    return one.aktenzeichen if isinstance(one, CaseFile) else one.title
