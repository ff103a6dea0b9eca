"""Where an Eingang may belong: printed numbers, the mail it answers, the sender (E3, E4).

Always a suggestion with its reason, only files the person may file into, never a filing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person
from records.choices import CaseFileStatus, IncomingState
from records.models import (
    CaseFile,
    Document,
    ExternalKey,
    FormerNumber,
    IncomingItem,
    Matter,
    SentMail,
)
from records.policies import units_to_file_in
from records.selectors.filing_targets import matters_to_file_in

SHOWN = 3
# A page holds a few hundred words; more numbers than this are a table, not references.
MOST_NUMBERS = 600
WORDS_OF_A_NUMBER = 3
FEWEST_CHARS = 4
_EDGES = " \t.,;:!?()[]{}<>\"'„“”‚‘’»«"


class Confidence(StrEnum):
    """How sure a suggestion is, in words."""

    SURE = "sicher"
    LIKELY = "wahrscheinlich"
    POSSIBLE = "möglich"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A file (and matter, None: a new one), how sure, and why in plain German."""

    case_file: CaseFile
    matter: Matter | None
    confidence: Confidence
    reason: str


@dataclass(frozen=True, slots=True)
class _Clue:
    """What points at a file: the weaker the higher ``rank``."""

    case_file_id: int
    matter_id: int | None
    rank: int
    reason: str


def suggestions_for(user: Person, item: IncomingItem) -> list[Suggestion]:
    """The best three, the surest first. Two different files by number are never sure."""
    numbers = numbers_in(f"{item.subject}\n{item.first_page}")
    clues = [*_by_number(numbers), *_by_former_number(numbers), *_by_foreign_key(numbers)]
    clues += [*_by_thread(item), *_by_sender(item)]
    files = _fileable(user, {one.case_file_id for one in clues})
    best: dict[int, _Clue] = {}
    for clue in sorted(clues, key=lambda one: one.rank):
        if clue.case_file_id in files:
            known = best.setdefault(clue.case_file_id, clue)
            # The number names the file, the message that is answered its matter.
            if known.matter_id is None and clue.rank < _SENDER:
                best[clue.case_file_id] = replace(known, matter_id=clue.matter_id)
    by_number = [one for one in best.values() if one.rank < _SENDER]
    return [
        _suggestion(user, files[one.case_file_id], one, alone=len(by_number) == 1)
        for one in list(best.values())[:SHOWN]
    ]


def numbers_in(text: str) -> list[str]:
    """Everything on the page that could be a number: words with a digit, joined to neighbours.

    Which of them are numbers of ours the database knows; no pattern can, for each entry of the
    plan and each specialist system forms its own.
    """
    words = [word.strip(_EDGES) for word in text.replace("\0", " ").replace(":", " ").split()]
    found: dict[str, None] = {}
    for start in range(len(words)):
        for length in range(1, WORDS_OF_A_NUMBER + 1):
            whole = " ".join(words[start : start + length])
            if FEWEST_CHARS <= len(whole) <= 120 and re.search(r"\d", whole):
                found[whole] = None
                found[whole.replace(" ", "")] = None
        if len(found) >= MOST_NUMBERS:
            break
    return list(found)[:MOST_NUMBERS]


_NUMBER, _FORMER, _THREAD, _FOREIGN, _SENDER = range(5)
_CONFIDENCE = {
    _NUMBER: Confidence.SURE,
    _FORMER: Confidence.SURE,
    _THREAD: Confidence.SURE,
    _FOREIGN: Confidence.LIKELY,
    _SENDER: Confidence.POSSIBLE,
}


def _by_number(numbers: Sequence[str]) -> list[_Clue]:
    rows = CaseFile.objects.filter(aktenzeichen__in=numbers).values_list("pk", "aktenzeichen")
    reason = _("Aktenzeichen %(number)s steht auf der ersten Seite oder im Betreff.")
    return [_Clue(pk, None, _NUMBER, reason % {"number": number}) for pk, number in rows]


def _by_former_number(numbers: Sequence[str]) -> list[_Clue]:
    rows = FormerNumber.objects.filter(number__in=numbers).values_list("case_file", "number")
    reason = _("Früheres Aktenzeichen %(number)s steht auf der ersten Seite oder im Betreff.")
    return [_Clue(pk, None, _FORMER, reason % {"number": number}) for pk, number in rows]


def _by_foreign_key(numbers: Sequence[str]) -> list[_Clue]:
    rows = ExternalKey.objects.filter(value__in=numbers).select_related("system")
    reason = _("Nummer %(number)s aus %(system)s steht auf der ersten Seite oder im Betreff.")
    return [
        _Clue(
            one.case_file_id,
            one.matter_id,
            _FOREIGN,
            reason % {"number": one.value, "system": one.system.name},
        )
        for one in rows[: SHOWN * 10]
    ]


def _by_thread(item: IncomingItem) -> list[_Clue]:
    """Where the message it answers was filed, or another answer to the same one (E3)."""
    if not item.refers_to:
        return []
    same = Q(channel_key__in=item.refers_to) | Q(refers_to__overlap=item.refers_to)
    rows = IncomingItem.objects.filter(same, state=IncomingState.FILED).order_by("-pk")
    reason = _("Gehört zu einem E-Mail-Verlauf, der hier abgelegt ist.")
    places = ("document__case_file", "document__matter")
    sent = SentMail.objects.filter(message_id__in=item.refers_to).order_by("-pk")
    found = [*sent.values_list(*places)[:SHOWN], *rows.values_list(*places)[: SHOWN * 3]]
    return [_Clue(case_file, matter, _THREAD, reason) for case_file, matter in found]


def _by_sender(item: IncomingItem) -> list[_Clue]:
    """Where the sender's last letters were filed."""
    if not item.sender:
        return []
    filed = Document.objects.filter(incoming_item__sender=item.sender).order_by("-pk")
    rows = filed.values_list("case_file", "matter", "filed_at")[: SHOWN * 3]
    reason = _("Vom selben Absender liegt hier schon ein Eingang.")
    return [_Clue(case_file, matter, _SENDER, reason) for case_file, matter, _at in rows]


def _fileable(user: Person, ids: set[int]) -> dict[int, CaseFile]:
    """Visible files in work in which the person may file."""
    if not ids:
        return {}
    rows = CaseFile.objects.visible_to(user).filter(
        pk__in=ids, status=CaseFileStatus.ACTIVE, lead_unit__in=units_to_file_in(user)
    )
    return {one.pk: one for one in rows.select_related("entry")}


def _suggestion(user: Person, case_file: CaseFile, clue: _Clue, *, alone: bool) -> Suggestion:
    matters = list(matters_to_file_in(user, case_file))
    named = [one for one in matters if one.pk == clue.matter_id]
    meant = named or (matters if len(matters) == 1 else [])
    sure = _CONFIDENCE[clue.rank]
    if not alone and clue.rank < _SENDER:
        sure = Confidence.POSSIBLE
    return Suggestion(case_file, meant[0] if meant else None, sure, clue.reason)
