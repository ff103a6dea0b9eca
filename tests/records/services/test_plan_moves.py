"""Moving and renumbering entries of a draft (A1-A3, A5, S2), and the way back."""

from typing import Any

import pytest

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.file_plan_import import parent_code
from records.models import FilePlan, FilePlanEntry
from records.plan_tree import Move
from records.selectors.plan_move_effects import effect_of_moves
from records.services import plan_changes, plan_moves, plan_versions
from records.services.actor import Actor, person
from records.services.plan_changes import NewEntry, Retirement
from records.services.plan_rights import grant_plan_entry_access
from records.services.rights import NewGrant
from tests import personas
from tests.access import world as w
from tests.records.services.test_plan_versions import drafted, entry_of, open_in, plan, tomorrow

pytestmark = pytest.mark.usefixtures("quick_city")


def registry() -> Actor:
    return person(personas.person(personas.REGISTRY), "test")


def to(draft: FilePlan, code: str, above: str, new_code: str) -> dict[int, Move]:
    parent = entry_of(draft, above).pk if above else None
    return {entry_of(draft, code).pk: Move(parent, new_code)}


def move(
    draft: FilePlan, code: str, above: str, new_code: str, actor: Actor | None = None, **more: Any
) -> plan_changes.Changed:
    wanted = to(draft, code, above, new_code)
    return plan_moves.move_entries(wanted, actor or registry(), **more)


def planned(draft: FilePlan, code: str, above: str, new_code: str) -> Any:
    entries = plan_moves.draft_entries(draft)
    return plan_moves.planned_moves(entries, to(draft, code, above, new_code))


def grant_on(code: str, unit: str, role: Role = Role.CLERK) -> None:
    wanted = NewGrant(entry_of(plan(), code).pk, "Aufsicht", group_id=w.group_id(unit, role))
    grant_plan_entry_access([wanted], registry())


def consistent(version: FilePlan) -> None:
    entries = {e.pk: e for e in version.entries.all()}
    codes = {e.code for e in entries.values()}
    for entry in entries.values():
        above = entries[entry.parent_id].ancestors if entry.parent_id else []
        assert entry.ancestors == [*above, entry.pk]
        if entry.overflow_of_id is None:
            parent = entries[entry.parent_id].code if entry.parent_id else ""
            assert parent_code(entry.code, codes) == parent


class TestMoving:
    def test_a1_the_branch_goes_with_its_entry(self) -> None:
        draft = drafted()
        before = {e.lineage: e.pk for e in draft.entries.all()}
        [entry] = move(draft, "63", "10", "10.63").entries
        assert (entry.code, str(entry.parent)) == ("10.63", str(entry_of(draft, "10")))
        below = FilePlanEntry.objects.get(plan=draft, code="10.63.10")
        assert below.ancestors == [entry_of(draft, "10").pk, entry.pk, below.pk]
        assert {e.lineage: e.pk for e in draft.entries.all()} == before
        assert entry_of(plan(), "63.10").lineage == below.lineage
        consistent(draft)

    def test_history_and_audit_name_everything_that_moved(self) -> None:
        draft, actor = drafted(), registry()
        move(draft, "63", "10", "10.63", actor)
        rows = FilePlanEntry.history.filter(operation_id=actor.operation.pk)
        assert {row.code for row in rows} == {"10.63", "10.63.10", "10.63.20"}
        said = AuditEntry.objects.filter(action="records.plan_entry.moved")
        assert said.count() == 3

    def test_a2_an_entry_whose_files_wait_in_the_version_before_gets_nothing_below(self) -> None:
        open_in(entry_of(plan(), "63.10"))
        draft = drafted()
        with pytest.raises(IllegalState, match=r"63\.10 enthält Akten"):
            move(draft, "63.20", "63.10", "63.10.20")
        with pytest.raises(IllegalState, match=r"63\.10 enthält Akten"):
            wanted = NewEntry(draft, entry_of(draft, "63.10"), "63.10.1", {"title": "X"})
            plan_changes.add_entries([wanted], registry())

    def test_a3_the_plan_in_force_is_not_moved_about(self) -> None:
        with pytest.raises(IllegalState, match="nur im Entwurf") as refused:
            move(plan(), "63.10", "10", "10.70")
        assert "Fassung" in refused.value.next_step

    def test_a3_a_retired_entry_takes_none_and_says_what_to_do(self) -> None:
        draft = drafted()
        retired = {entry_of(draft, "10").pk: Retirement(plan().valid_from)}
        plan_changes.retire_entries(retired, registry())
        with pytest.raises(IllegalState, match="stillgelegt") as refused:
            move(draft, "63.10", "10", "10.70")
        assert refused.value.next_step

    def test_a7_a_continuation_follows_and_is_not_moved_itself(self) -> None:
        FilePlanEntry.objects.filter(plan=plan(), code="63.10").update(capacity=1)
        open_in(entry_of(plan(), "63.10"))
        assert open_in(entry_of(plan(), "63.10")).entry.code == "63.10.1"
        draft = drafted()
        with pytest.raises(IllegalState, match="setzt einen vollen Eintrag fort"):
            move(draft, "63.10.1", "10", "10.70")
        with pytest.raises(IllegalState, match="setzt einen vollen Eintrag fort"):
            move(draft, "63.20", "63.10.1", "63.10.1.1")
        move(draft, "63.10", "10", "10.70")
        assert entry_of(draft, "10.70.1").overflow_of == entry_of(draft, "10.70")
        consistent(draft)

    def test_a6_a_code_that_had_another_meaning_is_not_given_again(self) -> None:
        draft = drafted()
        move(draft, "63.10", "10", "10.70")
        with pytest.raises(InvalidInput, match="gehört in der Fassung") as refused:
            move(draft, "63.20", "63", "63.10")
        assert refused.value.next_step
        # Its own former code is free for it.
        move(draft, "10.70", "63", "63.10")
        consistent(draft)

    def test_s3_files_do_not_change_their_circle_with_a_move(self) -> None:
        w.open_file("50.10", "50.1")
        draft = drafted()
        with pytest.raises(IllegalState, match="anderer Berechtigungskreis") as refused:
            move(draft, "50.10", "63", "63.50")
        assert "Berechtigungskreis am Eintrag" in refused.value.next_step
        own = {entry_of(draft, "50.10").pk: {"circle": "sozial"}}
        plan_changes.change_entries(own, registry())
        move(draft, "50.10", "63", "63.50")

    def test_who_and_when(self) -> None:
        draft = drafted()
        clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
        with pytest.raises(Forbidden):
            move(draft, "63.10", "10", "10.70", clerk)
        versions = {entry_of(draft, "63.10").pk: 7}
        with pytest.raises(LostUpdate):
            move(draft, "63.10", "10", "10.70", versions=versions)


class TestPreview:
    def test_a4_what_changes_below_is_counted(self) -> None:
        open_in(entry_of(plan(), "63.10"))
        draft = drafted()
        values = {entry_of(draft, "10").pk: {"retention_years": 40, "disposition": "V"}}
        plan_changes.change_entries(values, registry())
        effect = effect_of_moves(
            planned(draft, "63.10", "10", "10.70"), personas.person(personas.REGISTRY)
        )
        assert (effect.files, effect.renewed, effect.renewed_closed) == (1, 1, 0)
        assert any("40 Jahre" in one.change for one in effect.inherited)
        assert effect.sight.loses_total == effect.sight.gains_total == 0

    def test_s2_who_sees_by_the_branch_alone_loses_sight(self) -> None:
        grant_on("63", "50.1")
        open_in(entry_of(plan(), "63.10"))
        draft = drafted()
        clerk = personas.person(personas.CLERK_SOCIAL)
        effect = effect_of_moves(planned(draft, "63.10", "10", "10.70"), clerk)
        assert clerk.pk in {one.person.user_id for one in effect.sight.loses}
        assert effect.sight.lost_by_oneself == 1

    def test_s2_nothing_is_hidden_from_its_mover_without_a_word(self) -> None:
        [unit] = {
            m.unit_role.unit.code
            for m in personas.person(personas.REGISTRY).memberships.select_related(
                "unit_role__unit"
            )
        }
        grant_on("63", unit, Role.REGISTRY)
        open_in(entry_of(plan(), "63.10"))
        draft = drafted()
        with pytest.raises(InvalidInput, match="Sie selbst") as refused:
            move(draft, "63.10", "10", "10.70")
        assert refused.value.field == "loss_confirmed"
        assert entry_of(draft, "63.10").row_version == 1
        move(draft, "63.10", "10", "10.70", loss_confirmed=True)


class TestTakingBack:
    def test_a_move_is_taken_back_with_all_codes(self) -> None:
        draft, actor = drafted(), registry()
        before = {e.pk: (e.code, e.ancestors, e.sort_key) for e in draft.entries.all()}
        move(draft, "63", "10", "10.63", actor)
        plan_changes.undo_plan_change(actor.operation.pk, registry())
        assert {e.pk: (e.code, e.ancestors, e.sort_key) for e in draft.entries.all()} == before
        consistent(draft)

    def test_not_when_something_new_stands_below(self) -> None:
        draft, actor = drafted(), registry()
        move(draft, "63", "10", "10.63", actor)
        wanted = NewEntry(draft, entry_of(draft, "10.63"), "10.63.90", {"title": "X"})
        plan_changes.add_entries([wanted], registry())
        with pytest.raises(IllegalState, match="nichts zurückgenommen") as refused:
            plan_changes.undo_plan_change(actor.operation.pk, registry())
        assert refused.value.next_step
        consistent(draft)

    def test_not_when_the_draft_is_in_force(self) -> None:
        draft, actor = drafted(), registry()
        move(draft, "63", "10", "10.63", actor)
        FilePlan.objects.filter(pk=draft.pk).update(valid_from=plan().valid_from)
        with pytest.raises(IllegalState, match="nur im Entwurf"):
            plan_changes.undo_plan_change(actor.operation.pk, registry())


def test_a_discarded_draft_leaves_no_move() -> None:
    draft = drafted()
    move(draft, "63", "10", "10.63")
    plan_versions.discard_version(draft, registry())
    assert {e.code for e in plan().entries.all()} >= {"63", "63.10"}
    assert plan().valid_until is None
    assert tomorrow() > plan().valid_from
