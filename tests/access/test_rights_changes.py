"""Changing one file's rights in the browser: the preview against plain SQL, refusals, way back."""

from datetime import timedelta

import pytest

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import Confidentiality
from records.grants import GrantKind
from records.models import CaseFile, CaseFileExclusion
from records.selectors import person_access
from records.services import rights_changes
from records.services.matters import NewMatter, open_matters
from records.services.rights import NewGrant, grant_case_file_access, narrow_matters
from records.services.rights_changes import (
    Change,
    Excluding,
    Granting,
    Levelling,
    Readmitting,
    Withdrawing,
    preview_change,
    save_change,
)
from tests.access import oracle
from tests.access import substitution_oracle as lent
from tests.access import world as w
from tests.access.test_substitutions import substitute


def seeing(case_file: CaseFile) -> set[int]:
    """Who sees the file, by plain SQL."""
    return {user for user, file in oracle.files_seen(clock.today()) if file == case_file.pk}


def promised(case_file: CaseFile, change: Change, username: str, world: w.World) -> None:
    """The preview leaves nothing behind; saving does what it has said, by plain SQL."""
    before = seeing(case_file)
    said = preview_change(case_file.pk, change, world.people[username])
    assert seeing(case_file) == before
    done = save_change(case_file.pk, change, w.acting(world.people[username]))
    after = seeing(case_file)
    for one in (said, done):
        assert {p.user_id for p in one.gains} == after - before
        assert {p.user_id for p in one.loses} == before - after
        assert one.total_after == len(after)
    stored = {p.pk for p in world.people.values()} & after
    shown = {
        p.pk
        for p in world.people.values()
        if CaseFile.objects.visible_to(p).filter(pk=case_file.pk).exists()
    }
    assert shown == stored


def changes(world: w.World) -> dict[str, tuple[str, Change]]:
    """Every kind of change with the file it is made to."""
    clerks = w.group_id("20.3", Role.CLERK)
    until = (clock.today() + timedelta(days=9)).isoformat()
    return {
        "person": ("bauen intern", Granting("Prüfung", user_id=world.people["lindner"].pk)),
        "dated": (
            "bauen intern",
            Granting("Prüfung", user_id=world.people["seidel"].pk, valid_until=until),
        ),
        "group": ("bauen intern", Granting("Beteiligung", group_id=clerks)),
        "protect": ("bauen offen", Levelling(Confidentiality.CONFIDENTIAL)),
        "open": ("bauen vertraulich", Levelling(Confidentiality.OPEN)),
        "exclude": ("bauen offen", Excluding(world.people["kruse"].pk, "befangen")),
    }


@pytest.mark.parametrize("name", ["person", "dated", "group", "protect", "open", "exclude"])
def test_s2_the_preview_names_who_gains_and_who_loses_sight(world: w.World, name: str) -> None:
    file, change = changes(world)[name]
    promised(world.files[file], change, "leitung_63", world)


def test_u4_withdrawing_and_readmitting_are_previewed_too(world: w.World) -> None:
    case_file = world.files["bauen intern"]
    wish = NewGrant(case_file.pk, "Prüfung", user_id=world.people["lindner"].pk)
    [grant] = grant_case_file_access([wish], w.machine())
    promised(case_file, Withdrawing(int(grant.kind), grant.pk), "leitung_63", world)
    head = world.people["leitung_63"]
    save_change(case_file.pk, Excluding(world.people["kruse"].pk, "befangen"), w.acting(head))
    promised(case_file, Readmitting(world.people["kruse"].pk), "leitung_63", world)


@pytest.mark.parametrize("name", ["person", "dated", "group", "protect", "open", "exclude"])
def test_the_way_back_restores_sight(world: w.World, name: str) -> None:
    file, change = changes(world)[name]
    case_file, actor = world.files[file], w.acting(world.people["leitung_63"])
    before = seeing(case_file)
    done = save_change(case_file.pk, change, actor)
    assert seeing(case_file) != before
    assert done.inverse is not None
    kept = rights_changes.to_session(done.inverse)
    save_change(case_file.pk, rights_changes.from_session(kept), actor)
    assert seeing(case_file) == before


def test_the_way_back_of_a_renewed_release_is_the_old_one(world: w.World) -> None:
    case_file, actor = world.files["bauen intern"], w.acting(world.people["leitung_63"])
    until = (clock.today() + timedelta(days=3)).isoformat()
    lindner = world.people["lindner"].pk
    save_change(case_file.pk, Granting("erst", user_id=lindner, valid_until=until), actor)
    renewed = save_change(case_file.pk, Granting("dann", user_id=lindner), actor)
    assert renewed.inverse == Granting("erst", user_id=lindner, valid_until=until)
    changed = save_change(case_file.pk, Excluding(world.people["kruse"].pk, "eins"), actor)
    assert changed.inverse == Readmitting(world.people["kruse"].pk)
    again = save_change(case_file.pk, Excluding(world.people["kruse"].pk, "zwei"), actor)
    assert again.inverse == Excluding(world.people["kruse"].pk, "eins")


def test_u4_whoever_would_lose_sight_is_told_before_and_refused(world: w.World) -> None:
    case_file, head = world.files["bauen intern"], world.people["leitung_63"]
    change = Excluding(head.pk, "eigene Sache")
    said = preview_change(case_file.pk, change, head)
    assert said.refusal is not None
    assert said.refusal.reason.startswith("Sie selbst sähen")
    with pytest.raises(IllegalState, match="Sie selbst sähen"):
        save_change(case_file.pk, change, w.acting(head))
    assert not CaseFileExclusion.objects.exists()


def test_a_registry_cannot_lock_itself_out_by_protecting(world: w.World) -> None:
    case_file = world.files["sozialamt intern"]
    change = Levelling(Confidentiality.CONFIDENTIAL)
    registry = world.people["registratur_50"]
    with pytest.raises(IllegalState, match="Sie selbst sähen"):
        save_change(case_file.pk, change, w.acting(registry))
    promised(case_file, change, "leitung_50", world)


def test_u4_a_file_nobody_would_see_is_not_made(world: w.World) -> None:
    """A machine may change rights too: with nobody to lose sight the last one still counts."""
    case_file = world.files["bauen vertraulich"]
    last = sorted(seeing(case_file))
    for pk in last[:-1]:
        save_change(case_file.pk, Excluding(pk, "befangen"), w.machine())
    with pytest.raises(IllegalState, match="niemand mehr"):
        save_change(case_file.pk, Excluding(last[-1], "befangen"), w.machine())
    assert seeing(case_file) == {last[-1]}


def test_a_narrowed_matter_nobody_would_see_stops_the_change(world: w.World) -> None:
    case_file = world.files["bauen intern"]
    [matter] = open_matters([NewMatter(case_file, "Vorgang")], w.machine())
    narrow_matters({matter.pk: [w.group_id("63.1", Role.SECRETARIAT)]}, w.machine())
    protect = Levelling(Confidentiality.CONFIDENTIAL)
    with pytest.raises(IllegalState, match="beschränkten Vorgang"):
        save_change(case_file.pk, protect, w.acting(world.people["leitung_63"]))


def test_only_those_in_charge_may_even_preview(world: w.World) -> None:
    case_file = world.files["bauen offen"]
    for username in ("kruse", "lindner", "seidel", "yilmaz"):
        with pytest.raises(Forbidden):
            preview_change(
                case_file.pk, Levelling(Confidentiality.INTERNAL), world.people[username]
            )


def test_a_release_across_circles_or_clearance_is_refused_in_the_preview(world: w.World) -> None:
    head = world.people["leitung_50"]
    with pytest.raises(InvalidInput, match="Berechtigungskreis"):
        kruse = world.people["kruse"].pk
        preview_change(world.files["soziales intern"].pk, Granting("Hilfe", user_id=kruse), head)
    with pytest.raises(InvalidInput, match="Vertrauliches"):
        preview_change(
            world.files["soziales vertraulich"].pk,
            Granting("Hilfe", group_id=w.group_id("50", Role.REGISTRY)),
            head,
        )


def test_a_level_changed_meanwhile_is_not_overwritten(world: w.World) -> None:
    case_file, head = world.files["bauen intern"], world.people["leitung_63"]
    stale = case_file.row_version
    save_change(case_file.pk, Levelling(Confidentiality.OPEN, stale), w.acting(head))
    with pytest.raises(LostUpdate):
        save_change(case_file.pk, Levelling(Confidentiality.CONFIDENTIAL, stale), w.acting(head))


def test_what_is_gone_already_is_said(world: w.World) -> None:
    case_file, head = world.files["bauen intern"], world.people["leitung_63"]
    with pytest.raises(IllegalState, match="gibt es nicht mehr"):
        preview_change(case_file.pk, Withdrawing(int(GrantKind.FILE_USER), 4711), head)
    with pytest.raises(IllegalState, match="aufgehoben"):
        preview_change(case_file.pk, Readmitting(world.people["kruse"].pk), head)


def test_a_grant_of_another_file_is_out_of_reach(world: w.World) -> None:
    other = world.files["bauen offen"]
    wish = NewGrant(other.pk, "Prüfung", user_id=world.people["lindner"].pk)
    [grant] = grant_case_file_access([wish], w.machine())
    with pytest.raises(IllegalState, match="gibt es nicht mehr"):
        save_change(
            world.files["bauen intern"].pk,
            Withdrawing(int(grant.kind), grant.pk),
            w.acting(world.people["leitung_63"]),
        )


def test_a_preview_leaves_no_trace_in_the_audit(world: w.World) -> None:
    before = AuditEntry.objects.count()
    head = world.people["leitung_63"]
    preview_change(world.files["bauen intern"].pk, Levelling(Confidentiality.OPEN), head)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("confidential", [False, True])
def test_s2_deputies_are_counted_in_the_preview(world: w.World, confidential: bool) -> None:
    """Protecting takes a file from the deputy too, unless the substitution reaches that far."""
    case_file, deputy = world.files["bauen intern"], world.people["lindner"]
    substitute(world.people["kruse"], deputy, includes_confidential=confidential)
    deputised = {u for u, f in lent.files_seen(clock.today()) if f == case_file.pk}
    assert deputy.pk in deputised
    said = preview_change(
        case_file.pk, Levelling(Confidentiality.CONFIDENTIAL), world.people["leitung_63"]
    )
    assert (deputy.pk in {p.user_id for p in said.loses}) is not confidential
    shut = preview_change(
        case_file.pk, Excluding(world.people["kruse"].pk, "befangen"), world.people["leitung_63"]
    )
    assert {p.user_id for p in shut.loses} == {world.people["kruse"].pk, deputy.pk}


def test_s2_the_answer_about_a_deputy_names_whom_the_person_represents(world: w.World) -> None:
    case_file, deputy = world.files["bauen intern"], world.people["lindner"]
    substitute(world.people["kruse"], deputy)
    said = person_access.answer(
        CaseFile.objects.get(pk=case_file.pk), deputy, world.people["kruse"]
    )
    assert said.sees
    assert any(reason.startswith("In Vertretung für Tobias Kruse") for reason in said.because)
