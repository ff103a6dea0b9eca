"""A plan as CSV and back (A3, A4): what was exported is read in again unchanged."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import Confidentiality, DispositionType, RetentionStart
from records.file_plan_export import ENCODINGS, plan_csv
from records.file_plan_import import guarded, read_plan, unguarded
from records.models import FilePlan, FilePlanEntry
from records.selectors.plan_versions import compare
from records.services.actor import Actor, person
from records.services.file_plan import PlanTarget, import_file_plan
from records.services.plan_changes import undo_plan_change
from tests import personas
from tests.access import world as w
from tests.records.test_file_plan_import import machine

GERMAN = "abcdefghijklmnopqrstuvwxyzäöüßABCDEFGÄÖÜ0123456789 .,;-+=@'\"\n/()§€–„“"
WINDOWS = st.text(st.sampled_from(GERMAN), max_size=60)
ANYTHING = st.text(st.characters(exclude_categories=["C"]), max_size=60)
YEARS = st.none() | st.integers(0, 1000)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2100, 12, 31))


@st.composite
def entries(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> list[FilePlanEntry]:
    codes = draw(st.lists(st.integers(0, 999).map(str), unique=True, max_size=6))
    made = []
    for code in codes:
        permanent = draw(st.booleans())
        made.append(
            FilePlanEntry(
                code=code,
                title=draw(texts.map(str.strip).filter(bool)),
                description=draw(texts.map(str.strip)),
                retention_permanent=permanent,
                retention_years=None if permanent else draw(YEARS),
                retention_start=draw(st.sampled_from(["", *RetentionStart.values])),
                transfer_years=draw(YEARS),
                disposition=draw(st.sampled_from(["", *DispositionType.values])),
                confidentiality=draw(st.sampled_from(["", *Confidentiality.values])),
                circle=draw(st.sampled_from(list(Circle.values))),
                retired_on=draw(DAYS),
            )
        )
    return made


NAMES = (
    "title", "description", "retention_permanent", "retention_years", "retention_start",
    "transfer_years", "disposition", "confidentiality", "circle", "retired_on",
)  # fmt: skip


def check_round_trip(found: list[FilePlanEntry], encoding: str) -> None:
    plan = FilePlan(code="P", title="=Plan", valid_from=date(2026, 1, 1))
    read = read_plan(plan_csv(plan, found, encoding))
    assert read.problems == []
    assert (read.title, read.valid_from, read.valid_until) == ("=Plan", date(2026, 1, 1), None)
    expected = {e.code: {n: getattr(e, n) for n in NAMES} for e in found}
    assert {c: {n: getattr(r, n) for n in NAMES} for c, r in read.rows.items()} == expected


@given(entries(ANYTHING))
def test_a4_what_was_exported_is_read_again_as_utf8(found: list[FilePlanEntry]) -> None:
    check_round_trip(found, "utf-8")


@given(entries(WINDOWS))
def test_a4_what_was_exported_is_read_again_as_windows_1252(found: list[FilePlanEntry]) -> None:
    check_round_trip(found, "windows-1252")


@given(ANYTHING)
def test_no_formula_leaves_and_the_text_comes_back(text: str) -> None:
    assert guarded(text)[:1] not in ("=", "+", "-", "@")
    assert unguarded(guarded(text)) == text


def test_utf8_has_the_mark_spreadsheets_need() -> None:
    plan = FilePlan(code="P", title="Plan", valid_from=date(2026, 1, 1))
    assert plan_csv(plan, [], "utf-8").startswith(b"\xef\xbb\xbfKennzeichen;")
    assert plan_csv(plan, [], "windows-1252").startswith(b"Kennzeichen;Bezeichnung;Erl\xe4uterung")
    with pytest.raises(InvalidInput, match="→"):
        plan_csv(plan, [FilePlanEntry(code="1", title="a → b")], "windows-1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "name",
    [
        "ordnungssystem_gemeinde.csv",
        "ordnungssystem_minimal.csv",
        "berlin_senfin_aktenplan_sample.csv",
    ],
)
def test_real_plans_come_back(quick_city: None, test_data: Path, name: str, encoding: str) -> None:
    data = (test_data / "fileplan" / name).read_bytes()
    first = import_file_plan(data, PlanTarget("EINS"), machine())
    assert first.created > 0
    one = FilePlan.objects.get(code="EINS")
    exported = plan_csv(one, _of(one), encoding)
    again = import_file_plan(exported, PlanTarget("EINS"), machine())
    assert (again.created, again.changed, again.missing, again.problems) == (0, 0, [], [])
    copied = import_file_plan(exported, PlanTarget("ZWEI"), machine())
    assert copied.created == first.created
    two = FilePlan.objects.get(code="ZWEI")
    assert compare(one, two) == []
    assert _parents(one) == _parents(two)
    assert (one.title, one.valid_from, one.valid_until) == (
        two.title, two.valid_from, two.valid_until,
    )  # fmt: skip


def _of(plan: FilePlan) -> list[FilePlanEntry]:
    return list(plan.entries.select_related("lead_unit").order_by("sort_key", "pk"))


def _parents(plan: FilePlan) -> dict[str, str | None]:
    return dict(plan.entries.values_list("code", "parent__code"))


def city_plan(**changes: Any) -> bytes:
    """The city's plan as a file, with some values of entry 50 typed over."""
    plan = FilePlan.objects.get(code="AP2026")
    found = _of(plan)
    for entry in found:
        if entry.code == "50":
            for name, value in changes.items():
                setattr(entry, name, value)
    return plan_csv(plan, found, "utf-8")


def run(data: bytes, actor: Actor | None = None, *, dry_run: bool = False) -> Any:
    return import_file_plan(data, PlanTarget("AP2026"), actor or machine(), dry_run=dry_run)


def test_the_preview_says_what_is_new_changed_and_missing(quick_city: None) -> None:
    data = city_plan(title="Soziales und Teilhabe", retention_years=30)
    lines = [line for line in data.decode().splitlines() if not line.startswith("63.20;")]
    data = "\r\n".join([*lines, "77;Kultur"]).encode()
    report = run(data, dry_run=True)
    assert [row.code for row in report.new] == ["77"]
    assert [(e.code, texts) for e, texts in report.differing] == [
        ("50", ["Bezeichnung: Soziales → Soziales und Teilhabe",
                "Aufbewahrungsfrist in Jahren: 10 → 30"]),
    ]  # fmt: skip
    assert [entry.code for entry in report.missing] == ["63.20"]
    assert w.entry("50").title == "Soziales"


def test_r2_files_below_follow_an_import_and_its_undoing(quick_city: None) -> None:
    case_file = w.open_file("50.10", "50.1")
    actor = person(personas.person(personas.REGISTRY), "test")
    start = RetentionStart.FINALITY
    report = run(city_plan(retention_years=30, retention_start=start), actor)
    while jobs.run_batch(report.job.pk):
        pass
    case_file.refresh_from_db()
    assert (case_file.retention_years, case_file.retention_start) == (30, start)
    undone = undo_plan_change(
        actor.operation.pk, person(personas.person(personas.REGISTRY), "undo")
    )
    assert undone.job is not None
    assert w.entry("50").retention_years == 10


def test_a_column_the_file_does_not_have_stays(quick_city: None) -> None:
    run(city_plan(description="Alles zum SGB"))
    report = run(b"Kennzeichen;Bezeichnung\n50;Soziales\n")
    assert (report.changed, report.unchanged) == (0, 1)
    assert (w.entry("50").description, w.entry("50").circle) == ("Alles zum SGB", "sozial")


def test_an_ended_version_takes_no_import(quick_city: None) -> None:
    data = city_plan()
    FilePlan.objects.filter(code="AP2026").update(valid_until=date(2026, 1, 2))
    with pytest.raises(IllegalState):
        run(data)
