"""File plans as cities have them: real CSV files, wrong rows named, the rest taken (A1-A4)."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records.choices import Confidentiality, DispositionType
from records.file_plan_import import parent_code, read_plan
from records.models import FilePlan, FilePlanEntry
from records.services.actor import Actor
from records.services.case_files import NewCaseFile, open_case_files
from records.services.file_plan import ImportReport, PlanTarget, import_file_plan
from tests.personas import person

TARGET = PlanTarget("AP-CSV", "Aktenplan aus CSV", date(2026, 1, 1))
HEADER = "Kennzeichen;Bezeichnung;Aufbewahrungsfrist;Aussonderungsart;Vertraulichkeit;Federführung"


def machine() -> Actor:
    return Actor(begin("test", Acting()))


def run(text: str, *, encoding: str = "utf-8", dry_run: bool = False) -> ImportReport:
    return import_file_plan(text.encode(encoding), TARGET, machine(), dry_run=dry_run)


@pytest.fixture(scope="session")
def plans(test_data: Path) -> Path:
    return test_data / "fileplan"


class TestRealPlans:
    def test_a_real_plan_with_a_doubled_position(self, quick_city: None, plans: Path) -> None:
        data = (plans / "ordnungssystem_gemeinde.csv").read_bytes()
        report = import_file_plan(data, PlanTarget("OS"), machine())
        # 627 rows: the plan's own name, 625 positions, one position twice.
        assert (report.total, report.created, report.encoding) == (627, 625, "utf-8")
        [doubled] = report.problems
        assert (doubled.line, doubled.field) == (341, "code")
        assert "4.2.2.3" in doubled.reason
        assert "Zeile 340" in doubled.reason
        plan = FilePlan.objects.get(code="OS")
        assert (plan.title, plan.valid_from) == ("Ordnungssystem", date(2000, 1, 1))
        assert plan.valid_until == date(2099, 12, 31)

    def test_the_tree_and_its_defaults_are_as_printed(self, quick_city: None, plans: Path) -> None:
        data = (plans / "ordnungssystem_gemeinde.csv").read_bytes()
        import_file_plan(data, PlanTarget("OS"), machine())
        entry = FilePlanEntry.objects.get(code="0.0.0")
        assert entry.title == "Übergeordnete Erlasse"
        assert entry.description == "Kreisschreiben des Gemeindeamtes, Gemeindegesetz"
        assert (entry.retention_years, entry.disposition) == (5, DispositionType.DESTROY)
        above = [FilePlanEntry.objects.get(pk=pk).code for pk in entry.ancestors]
        assert above == ["0", "0.0", "0.0.0"]
        first = FilePlanEntry.objects.get(code="4.2.2.3")
        assert first.title == "Leistungsvereinbarungen"
        assert first.disposition == DispositionType.APPRAISE
        tops = FilePlanEntry.objects.filter(plan__code="OS", parent=None).order_by("code")
        assert [e.code for e in tops] == list("0123456789")
        assert entry.history.count() == 1

    def test_windows_1252_reads_the_same_as_utf_8(self, plans: Path) -> None:
        utf8 = read_plan((plans / "ordnungssystem_gemeinde.csv").read_bytes())
        windows = read_plan((plans / "ordnungssystem_gemeinde_cp1252.csv").read_bytes())
        assert windows.encoding == "cp1252"
        assert utf8.rows == windows.rows
        assert utf8.problems == windows.problems

    def test_other_headers_and_marks(self, quick_city: None, plans: Path) -> None:
        data = (plans / "berlin_senfin_aktenplan_sample.csv").read_bytes()
        report = import_file_plan(data, PlanTarget("BE"), machine())
        assert report.created == 2
        assert FilePlanEntry.objects.get(code="BT 0").parent == FilePlanEntry.objects.get(code="BT")
        assert FilePlanEntry.objects.get(code="BT 0").retention_years == 10
        # The first row has its columns shifted: a sentence stands where the mark should.
        [shifted] = report.problems
        assert (shifted.line, shifted.field) == (2, "code")

    def test_a_list_of_retention_periods_is_no_plan(self, plans: Path) -> None:
        for name in ("jaktav_fristen.csv", "vwv_ausschul_fristen.csv"):
            with pytest.raises(InvalidInput, match="Kennzeichen"):
                read_plan((plans / name).read_bytes())


def test_a_dry_run_counts_and_writes_nothing(quick_city: None) -> None:
    report = run(f"{HEADER}\n1;Allgemeines;10;B;intern;\n1.1;Rat;;;;", dry_run=True)
    assert (report.dry_run, report.created) == (True, 2)
    assert not FilePlan.objects.filter(code=TARGET.code).exists()
    assert not AuditEntry.objects.filter(action="records.file_plan.imported").exists()


def test_a_second_run_changes_only_what_differs(quick_city: None) -> None:
    run(f"{HEADER}\n1;Allgemeines;10;B;intern;\n1.1;Rat;;;;")
    report = run(
        f"{HEADER}\n1;Allgemeines;10;B;intern;\n1.1;Rat und Ausschüsse;unbefristet;A;;\n1.2;Neu;;;;"
    )
    assert (report.created, report.changed, report.unchanged) == (1, 1, 1)
    entry = FilePlanEntry.objects.get(code="1.1")
    assert (entry.title, entry.retention_permanent, entry.row_version) == (
        "Rat und Ausschüsse", True, 2,
    )  # fmt: skip
    assert entry.sort_key.endswith("rat und ausschusse")
    assert FilePlanEntry.objects.get(code="1").row_version == 1
    assert entry.history.count() == 2


def test_every_wrong_value_is_named_and_the_rest_goes_on(quick_city: None) -> None:
    report = run(
        f"{HEADER}\n"
        "1;Allgemeines;zehn;B;;\n"
        "2;Bauen;10;X;;\n"
        "3;;10;B;;\n"
        "4;Soziales;3 Monate;B;;\n"
        "5;Finanzen;10 Jahre;V;streng geheim;\n"
        "6;Kultur;10;B;;99.9\n"
        "6.1;Museum;10;B;;\n"
        "7;Recht;dauernd;A;Vertraulich;30\n"
        ";ohne;1;;;\n"
        ";auch ohne;1;;;\n"
    )
    assert [(p.line, p.field) for p in report.problems] == [
        (2, "retention"),
        (3, "disposition"),
        (4, "title"),
        (5, "retention"),
        (6, "confidentiality"),
        (7, "lead_unit"),
        (8, "code"),
        (11, "code"),
    ]
    [entry] = FilePlanEntry.objects.filter(plan__code=TARGET.code)
    assert (entry.code, entry.retention_permanent) == ("7", True)
    assert entry.confidentiality == Confidentiality.CONFIDENTIAL
    assert entry.lead_unit == OrgUnit.objects.get(code="30")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_are_recognised(delimiter: str, encoding: str) -> None:
    text = '"Kennzeichen"|"Bezeichnung"|"Erläuterung"\r\n1|"Straßen; Wege, Plätze\tund"|"zwei\r\nZeilen"\r\n2|Bäder|\r\n'
    read = read_plan(text.replace("|", delimiter).encode(encoding))
    assert read.delimiter == delimiter
    assert read.encoding == encoding.removesuffix("-sig")
    assert read.rows["1"].title == "Straßen; Wege, Plätze\tund"
    assert read.rows["1"].description.split() == ["zwei", "Zeilen"]
    assert (read.rows["2"].title, read.rows["2"].line) == ("Bäder", 4)


def test_what_is_no_text_or_no_table_is_refused_as_a_whole() -> None:
    for data in (b"\x81\x8d\x8f", b"", b"\x00\x01", b"a;b\n1;2", b"%PDF-1.7\n%\xe2\xe3\n"):
        with pytest.raises(InvalidInput):
            read_plan(data)


def test_a2_an_entry_that_holds_files_gets_no_children(quick_city: None) -> None:
    plan = FilePlan.objects.get(code="AP2026")
    entry = FilePlanEntry.objects.get(plan=plan, code="63.10")
    unit = OrgUnit.objects.get(code="63.1")
    open_case_files([NewCaseFile(entry, unit, "Garage")], machine())
    data = f"{HEADER}\n63.10.1;Garagen;;;;\n63.20.1;Abriss;;;;".encode()
    report = import_file_plan(data, PlanTarget(plan.code), machine())
    assert [(p.line, p.field) for p in report.problems] == [(2, "code")]
    assert FilePlanEntry.objects.get(code="63.20.1").ancestors[-2:] == [
        FilePlanEntry.objects.get(code="63.20").pk,
        FilePlanEntry.objects.get(code="63.20.1").pk,
    ]


@pytest.mark.parametrize(
    ("code", "known", "above"),
    [
        ("4.2.2.3", {"4", "4.2", "4.2.2"}, "4.2.2"),
        ("4.2.2.3", {"4", "4.2"}, "4.2"),
        ("10.2", {"1", "10"}, "10"),
        ("11.2", {"1"}, ""),
        ("BT 0", {"BT", "B"}, "BT"),
        ("100", {"1", "10"}, "10"),
        ("1", {"1"}, ""),
        ("A1 01 02", {"A1", "A1 01"}, "A1 01"),
        ("020-3", {"02", "020"}, "020"),
    ],
)
def test_the_nearest_position_above(code: str, known: set[str], above: str) -> None:
    assert parent_code(code, known | {code}) == above


def test_who_may_import(quick_city: None) -> None:
    data = f"{HEADER}\n1;Allgemeines;;;;".encode()
    brandt = person("brandt")
    with pytest.raises(Forbidden):
        import_file_plan(data, TARGET, Actor(begin("t", Acting(brandt.pk)), user=brandt))
    registry = person("lindner")
    import_file_plan(data, TARGET, Actor(begin("t", Acting(registry.pk)), user=registry))
    entry = AuditEntry.objects.get(action="records.file_plan.imported")
    assert (entry.actor_id, entry.digests["created"]) == (registry.pk, 1)


def test_the_command_reports_in_german(quick_city: None, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_bytes(f"{HEADER}\n1;Straßen;10;B;;\n1;doppelt;;;;\n".encode("cp1252"))
    out = StringIO()
    call_command("import_file_plan", file, plan="K", dry_run=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "Zeile 3, Kennzeichen: Das Kennzeichen 1 steht schon in Zeile 2 (Straßen).",
        "Prüfung ohne Änderung: 2 Zeilen (cp1252, Trennzeichen ';'): "
        "1 neu, 0 geändert, 0 unverändert, 1 nicht übernommen",
    ]
    call_command("import_file_plan", file, plan="K", stdout=out)
    assert FilePlanEntry.objects.get(plan__code="K").title == "Straßen"
    with pytest.raises(CommandError, match="lässt sich nicht lesen"):
        call_command("import_file_plan", tmp_path / "fehlt.csv", plan="K")
