"""A moved entry in CSV: exported with its predecessor, moved again when it is read in (A3)."""

import pytest

from goettingen_ecm.operations.refusals import InvalidInput
from records.file_plan_export import plan_csv
from records.models import FilePlan
from records.selectors.plan_lineage import earlier_codes
from records.selectors.plan_versions import compare
from records.services import plan_changes, plan_versions
from records.services.file_plan import ImportReport, PlanTarget, import_file_plan
from records.services.plan_changes import NewEntry
from tests.records.services.test_plan_moves import consistent, move, registry
from tests.records.services.test_plan_versions import drafted, entry_of, plan

pytestmark = pytest.mark.usefixtures("quick_city")


def exported(version: FilePlan) -> bytes:
    entries = list(version.entries.select_related("lead_unit").order_by("sort_key", "pk"))
    earlier = earlier_codes(version, [entry.lineage for entry in entries])
    return plan_csv(version, entries, "utf-8", earlier)


def read_in(version: FilePlan, data: bytes) -> ImportReport:
    return import_file_plan(data, PlanTarget(version.code), registry())


def test_a3_what_was_moved_is_moved_again_in_another_draft() -> None:
    first = drafted()
    move(first, "63", "10", "10.63")
    data = exported(first)
    assert "10.63.10;Baugenehmigungen" in data.decode()
    assert "63.10;" in data.decode().split("10.63.10;")[1].splitlines()[0]
    plan_versions.discard_version(first, registry())
    second = drafted("AP-M")
    report = read_in(second, data)
    assert (report.moved, report.created, report.changed) == (1, 0, 0)
    assert report.problems == []
    assert entry_of(second, "10.63.10").lineage == entry_of(plan(), "63.10").lineage
    consistent(second)
    assert {d.kind for d in compare(plan(), second)} == {"verschoben"}
    # Read in again it changes nothing.
    again = read_in(second, data)
    assert (again.moved, again.created, again.changed) == (0, 0, 0)


def test_the_import_is_taken_back_with_its_moves() -> None:
    draft, actor = drafted(), registry()
    data = b"Kennzeichen;Bezeichnung;Vorg\xc3\xa4nger\n10.63;Bau;63\n"
    import_file_plan(data, PlanTarget(draft.code), actor)
    assert entry_of(draft, "10.63").title == "Bau"
    plan_changes.undo_plan_change(actor.operation.pk, registry())
    assert compare(plan(), draft) == []
    consistent(draft)


def test_what_cannot_be_moved_is_reported_and_not_made_anew() -> None:
    draft = drafted()
    report = read_in(draft, b"Kennzeichen;Bezeichnung;Vorg\xc3\xa4nger\n63.10.5;Bau;63\n")
    [problem] = report.problems
    assert (problem.line, problem.field) == (2, "predecessor")
    assert "unter sich selbst" in problem.reason
    assert report.created == 0
    assert not draft.entries.filter(code="63.10.5").exists()


def test_the_plan_in_force_is_not_moved_about_by_a_file() -> None:
    report = read_in(plan(), b"Kennzeichen;Bezeichnung;Vorg\xc3\xa4nger\n10.63;Bau;63\n")
    assert "nur im Entwurf" in report.problems[0].reason
    assert entry_of(plan(), "63").title != "Bau"


def test_a6_the_code_of_a_moved_entry_is_not_given_to_a_new_one() -> None:
    draft = drafted()
    move(draft, "63.10", "10", "10.70")
    wanted = NewEntry(draft, entry_of(draft, "63"), "63.10", {"title": "Neu"})
    with pytest.raises(InvalidInput, match=r"gehörte zu „Baugenehmigungen“, jetzt 10\.70"):
        plan_changes.add_entries([wanted], registry())
    report = read_in(draft, b"Kennzeichen;Bezeichnung\n63.10;Neu\n")
    assert "jetzt 10.70" in report.problems[0].reason
    assert report.created == 0


def test_a3_the_same_code_added_to_both_versions_is_the_same_position() -> None:
    draft = drafted()
    for version in (plan(), draft):
        wanted = NewEntry(version, entry_of(version, "63"), "63.70", {"title": "Abbruch"})
        plan_changes.add_entries([wanted], registry())
    assert entry_of(plan(), "63.70").lineage == entry_of(draft, "63.70").lineage
