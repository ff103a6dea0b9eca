""" "Warum sieht Frau X diese Akte (nicht)?" in German sentences (requirements S2, U4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person
from goettingen_ecm.accounts.models import Membership, User
from goettingen_ecm.operations import clock
from records import policies
from records.choices import Confidentiality
from records.models import CaseFile
from records.selectors.access_explanation import explain, why


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the person sees the file now, in one sentence, and why, in further ones."""

    person: User
    sees: bool
    verdict: str
    because: tuple[str, ...]


def people_named(text: str, *, limit: int = 6) -> list[User]:
    """Staff whose login is ``text`` or in whose name every word of it occurs, in name order."""
    wanted = text.replace("\0", "").strip()
    if not wanted:
        return []
    rows = User.objects.filter(is_technical=False).order_by("sort_key", "id")
    login = list(rows.filter(username__iexact=wanted))
    return login or list(_with_words(rows, wanted)[:limit])


def _with_words(rows: "QuerySet[User]", text: str) -> "QuerySet[User]":
    for word in text.split()[:6]:
        rows = rows.filter(
            Q(display_name__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return rows


def answer(case_file: CaseFile, person: User, asking: Person) -> Answer:
    """The answer for one person, as far as the asking person may know it.

    Why somebody does not see a file is told only to those in charge: an excluded person must read
    like anybody without a right.
    """
    sees = CaseFile.objects.visible_to(person).filter(pk=case_file.pk).exists()
    if sees:
        verdict = _("{name} sieht diese Akte.").format(name=person)
        return Answer(person, True, verdict, why(person, case_file).reasons)
    verdict = _("{name} sieht diese Akte nicht.").format(name=person)
    if not policies.can_see_exclusions(asking, case_file):
        return Answer(person, False, verdict, (_whom_to_ask(case_file),))
    return Answer(person, False, verdict, tuple(_obstacles(case_file, person)))


def _whom_to_ask(case_file: CaseFile) -> str:
    return _(
        "Den Grund nennt Ihnen die Leitung oder die Registratur von {unit}; dort wird der Zugang"
        " auch gegeben."
    ).format(unit=case_file.lead_unit)


def _obstacles(case_file: CaseFile, person: User) -> Iterator[str]:
    found = why(person, case_file)
    if found.removed_by:
        yield _(
            "Die Person ist von der Akte ausgeschlossen: {reason}. Ein Ausschluss geht jeder"
            " Berechtigung vor."
        ).format(reason=found.removed_by.rstrip("."))
        return
    if not person.is_active:
        yield _("Das Konto ist gesperrt.")
        return
    roles = _roles_today(person)
    if not roles:
        yield _without_role(person)
        return
    if found.reasons:
        yield _("Das Recht ist gegeben; es wird gerade in die Akten übertragen.")
        return
    yield from _taken_away(case_file, person)
    yield _level_sentence(case_file)
    yield _("{name} arbeitet heute als: {roles}.").format(name=person, roles=", ".join(roles))
    yield _("Eine Freigabe, die heute für diese Akte gilt, gibt es für {name} nicht.").format(
        name=person
    )


def _taken_away(case_file: CaseFile, person: User) -> Iterator[str]:
    for claim in explain(case_file).removed:
        if person.pk in claim.user_ids:
            yield _("Eine Berechtigung zählt hier nicht: {label}, {because}; {why}.").format(
                label=claim.label, because=claim.because, why=claim.removed_by
            )


def _level_sentence(case_file: CaseFile) -> str:
    unit = case_file.lead_unit
    if case_file.confidentiality == Confidentiality.CONFIDENTIAL:
        text = _("Die Akte ist vertraulich: Sachbearbeitung und Leitung von {unit} sehen sie.")
    elif case_file.confidentiality == Confidentiality.OPEN and not case_file.circle:
        text = _("Die Akte ist offen: alle Beschäftigten sehen sie.")
    else:
        text = _(
            "Die Akte ist intern: Sachbearbeitung, Leitung, Sekretariat und Registratur von"
            " {unit} sehen sie."
        )
    if case_file.circle:
        text += " " + _("Sie gehört zum Kreis {circle}; wer ihm nicht angehört, sieht sie nie.")
    return text.format(unit=unit, circle=case_file.get_circle_display())


def _roles_today(person: User) -> list[str]:
    held = Membership.objects.current(clock.today()).filter(user=person)
    rows = held.select_related("unit_role__unit").order_by("unit_role__unit__code", "id")
    return [f"{m.unit_role.get_role_display()} {m.unit_role.unit}" for m in rows]


def _without_role(person: User) -> str:
    past = Membership.objects.filter(user=person, valid_until__lt=clock.today())
    last = past.select_related("unit_role__unit").order_by("-valid_until").first()
    if last is None or last.valid_until is None:
        return _("Die Person hat heute keine Rolle in einer Einheit.")
    return _("Die Person hat heute keine Rolle; die letzte, {role}, endete am {day}.").format(
        role=f"{last.unit_role.get_role_display()} {last.unit_role.unit}",
        day=date_format(last.valid_until, "SHORT_DATE_FORMAT"),
    )
