"""Aktenzeichen: schemes, years, overflow of full entries (A6, A7)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from records.models import CaseFile, FilePlan, FilePlanEntry, SpecialistSystem
from records.services import numbering
from records.services.actor import Actor, connector
from records.services.case_files import NewCaseFile, open_case_files


def machine() -> Actor:
    return Actor(begin("test", Acting()))


def entry(code: str) -> FilePlanEntry:
    return FilePlanEntry.objects.get(code=code)


def wish(code: str, unit: str, key: str = "") -> NewCaseFile:
    return NewCaseFile(
        entry(code),
        OrgUnit.objects.get(code=unit),
        "Akte",
        foreign_key=("1", key) if key else None,
    )


def test_a6_a_number_is_not_reused_after_its_file_is_gone(quick_city: None) -> None:
    [first] = open_case_files([wish("63.10", "63.1")], machine())
    CaseFile.objects.filter(pk=first.pk).delete()
    [second] = open_case_files([wish("63.10", "63.1")], machine())
    assert second.aktenzeichen != first.aktenzeichen
    assert second.aktenzeichen.startswith("63.10-0002/")


def test_numbers_begin_anew_each_year_and_in_each_entry(quick_city: None) -> None:
    key = entry("63.10").pk, entry("63.20").pk
    assert numbering.reserve([(key[0], 2026), (key[1], 2026), (key[0], 2026)]) == [1, 1, 2]
    assert numbering.reserve([(key[0], 2027), (key[0], 2026)]) == [1, 3]


class TestScheme:
    def test_a6_the_scheme_of_the_plan_decides(self, quick_city: None) -> None:
        FilePlan.objects.update(
            number_scheme="{unit} {year}.{number:06d} - {entry}", case_scheme="{entry}/F {key}"
        )
        [subject] = open_case_files([wish("63.10", "63.1")], machine())
        assert subject.aktenzeichen == f"63.1 {clock.today().year}.000001 - 63.10"
        [case] = open_case_files([wish("63.10", "63.1", key="4711")], machine())
        assert case.aktenzeichen == "63.10/F 4711"

    @pytest.mark.parametrize(
        "scheme",
        ["{entry}-{number}", "{number}/{year}", "{entry}/{year}", "fest", "{entry}{number}{year}{x}",
         "{entry}-{number:04x}/{year", "{entry}-{number}/{year}{}", "{entry.code}{number}{year}"],
    )  # fmt: skip
    def test_a6_a_scheme_that_could_repeat_a_number_is_refused(
        self, quick_city: None, scheme: str
    ) -> None:
        plan = FilePlan(code="X", title="X", valid_from=clock.today(), number_scheme=scheme)
        with pytest.raises(ValidationError) as refused:
            plan.full_clean()
        assert set(refused.value.message_dict) == {"number_scheme"}

    def test_the_defaults_are_valid(self, quick_city: None) -> None:
        FilePlan(code="X", title="X", valid_from=clock.today()).full_clean()

    def test_the_same_case_number_of_two_mandants_gets_both_a_file(self, quick_city: None) -> None:
        system = SpecialistSystem.objects.get(code="openprosoz")
        wanted = [
            NewCaseFile(
                entry("50.10"),
                OrgUnit.objects.get(code="50.1"),
                "Fall",
                foreign_key=(mandant, "4711"),
            )
            for mandant in ("A", "B")
        ]
        files = open_case_files(wanted, connector(system, "test"))
        assert {f.aktenzeichen for f in files} == {"50.10-4711/A", "50.10-4711/B"}

    def test_the_same_key_twice_is_refused_by_the_database(self, quick_city: None) -> None:
        system = SpecialistSystem.objects.get(code="openprosoz")
        one = NewCaseFile(
            entry("50.10"), OrgUnit.objects.get(code="50.1"), "Fall", foreign_key=("A", "4711")
        )
        open_case_files([one], connector(system, "test"))
        with pytest.raises(IntegrityError), transaction.atomic():
            open_case_files([one], connector(system, "test"))


class TestOverflow:
    """A7: a full entry continues as "Kennzeichen.lfd", by itself."""

    def fill(self, code: str, capacity: int, files: int) -> list[str]:
        FilePlanEntry.objects.filter(code=code).update(capacity=capacity)
        opened = open_case_files([wish(code, "63.1") for _ in range(files)], machine())
        return [f.entry.code for f in opened]

    def test_a7_a_batch_flows_over_into_as_many_entries_as_needed(self, quick_city: None) -> None:
        assert self.fill("63.10", 2, 5) == ["63.10", "63.10", "63.10.1", "63.10.1", "63.10.2"]
        assert self.fill("63.10", 2, 2) == ["63.10.2", "63.10.3"]

    def test_a7_the_continuation_is_a_full_entry_of_its_own(self, quick_city: None) -> None:
        self.fill("63.10", 1, 2)
        base, next_one = entry("63.10"), entry("63.10.1")
        assert next_one.overflow_of == base
        assert next_one.ancestors == [*base.ancestors[:-1], next_one.pk]
        for name in ("title", "lead_unit", "circle", "disposition", "capacity", "parent"):
            assert getattr(next_one, name) == getattr(base, name), name
        [file] = next_one.case_files.all()
        assert file.aktenzeichen == f"63.10.1-0001/{clock.today().year}"

    def test_a7_opening_in_the_continuation_itself_counts_on(self, quick_city: None) -> None:
        self.fill("63.10", 1, 2)
        [file] = open_case_files([wish("63.10.1", "63.1")], machine())
        assert file.entry.code == "63.10.2"

    def test_a7_an_entry_of_that_name_is_skipped(self, quick_city: None) -> None:
        base = entry("63.10")
        FilePlanEntry(plan=base.plan, parent=base.parent, code="63.10.1", title="anderes").save()
        assert self.fill("63.10", 1, 2) == ["63.10", "63.10.2"]

    def test_a7_case_files_of_connectors_flow_over_too(self, quick_city: None) -> None:
        FilePlanEntry.objects.filter(code="63.10").update(capacity=2)
        opened = open_case_files([wish("63.10", "63.1", key=str(n)) for n in range(3)], machine())
        assert [f.entry.code for f in opened] == ["63.10", "63.10", "63.10.1"]
        assert [f.aktenzeichen for f in opened] == ["63.10-0", "63.10-1", "63.10-2"]
