"""Opening case files, matters and parties (A2-A4, A8, D3, K8)."""

from dataclasses import replace
from datetime import date

import pytest

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileKind, CaseFileStatus, Confidentiality, DispositionType
from records.models import (
    CaseFile,
    ExternalKey,
    FilePlanEntry,
    Matter,
    Participation,
    Party,
    SpecialistSystem,
)
from records.services.actor import Actor, connector
from records.services.case_files import NewCaseFile, open_case_files
from records.services.matters import NewMatter, open_matters
from records.services.parties import Involvement, involve
from tests.access import world as w
from tests.personas import person


def wish(code: str = "63.10", unit: str = "63.1", title: str = "Garage") -> NewCaseFile:
    return NewCaseFile(w.entry(code), w.unit(unit), title)


def prosoz() -> Actor:
    return connector(SpecialistSystem.objects.get(code="openprosoz"), "test")


@pytest.mark.usefixtures("quick_city")
class TestOpening:
    def test_a4_defaults_come_from_the_nearest_entry_that_sets_them(self) -> None:
        FilePlanEntry.objects.filter(code="50").update(retention_years=10)
        FilePlanEntry.objects.filter(code="50.10").update(
            disposition=DispositionType.DESTROY, confidentiality=Confidentiality.CONFIDENTIAL
        )
        [file] = open_case_files([wish("50.10", "50.1")], w.machine())
        assert (file.circle, file.retention_years) == (Circle.SOCIAL, 10)
        assert file.disposition == DispositionType.DESTROY
        assert file.confidentiality == Confidentiality.CONFIDENTIAL

    def test_a8_a_foreign_key_makes_it_a_fallakte(self) -> None:
        one = replace(wish("50.10", "50.1"), foreign_key=("1", "4711"))
        subject, case = open_case_files([wish("50.10", "50.1"), one], prosoz())
        assert (subject.kind, case.kind) == (CaseFileKind.SUBJECT, CaseFileKind.CASE)
        key = ExternalKey.objects.get(value="4711")
        assert (key.case_file, key.mandant) == (case, "1")

    def test_a2_files_lie_in_the_lowest_level_only(self) -> None:
        with pytest.raises(IllegalState, match="untersten Ebene"):
            open_case_files([wish("63")], w.machine())

    def test_a3_locked_and_retired_entries_take_none(self) -> None:
        FilePlanEntry.objects.filter(code="63.10").update(locked=True)
        FilePlanEntry.objects.filter(code="63.20").update(retired_on=date(2026, 1, 1))
        for code, state in (("63.10", "gesperrt"), ("63.20", "stillgelegt")):
            with pytest.raises(IllegalState, match=state):
                open_case_files([wish(code)], w.machine())

    def test_a_title_is_needed(self) -> None:
        with pytest.raises(InvalidInput):
            open_case_files([wish(title="  ")], w.machine())

    def test_k8_a_connector_opens_only_in_its_branch(self) -> None:
        with pytest.raises(Forbidden):
            open_case_files([wish("63.10")], prosoz())

    def test_a_unit_outside_the_circle_cannot_lead_the_file(self) -> None:
        with pytest.raises(IllegalState, match="Berechtigungskreis"):
            open_case_files([wish("50.10", "63.1")], w.machine())

    @pytest.mark.parametrize(
        ("username", "allowed"),
        [("kruse", True), ("brandt", False), ("lindner", False), ("yilmaz", False)],
    )
    def test_people_open_files_of_their_unit(self, username: str, allowed: bool) -> None:
        actor = w.acting(person(username))
        if allowed:
            [file] = open_case_files([wish()], actor)
            assert CaseFile.objects.visible_to(person(username)).filter(pk=file.pk).exists()
        else:
            with pytest.raises(Forbidden):
                open_case_files([wish()], actor)

    def test_one_refused_file_leaves_none_of_its_batch(self) -> None:
        with pytest.raises(IllegalState):
            open_case_files([wish(), wish("63")], w.machine())
        assert not CaseFile.objects.exists()

    def test_history_and_audit_carry_the_operation(self) -> None:
        actor = w.acting(person("kruse"))
        files = open_case_files([wish(), wish()], actor)
        assert [f.history.get().operation_id for f in files] == [actor.operation.pk] * 2
        entries = AuditEntry.objects.filter(operation_id=actor.operation.pk)
        assert {e.object_uuid for e in entries} == {f.uuid for f in files}


class TestMatters:
    def test_a_matter_has_the_rights_its_file_has_now(self, social_file: CaseFile) -> None:
        shown = CaseFile.objects.get(pk=social_file.pk)
        CaseFile.objects.filter(pk=social_file.pk).update(
            scope_id=w.open_file("50.20", "50.2").scope_id
        )
        [matter] = open_matters([NewMatter(shown, "Vorgang")], w.machine())
        assert matter.scope_id != shown.scope_id
        assert matter.opened_on == clock.today()

    def test_who_may_and_when(self, social_file: CaseFile) -> None:
        one = NewMatter(social_file, "Vorgang")
        assert open_matters([one], w.acting(person("brandt")))
        with pytest.raises(Forbidden):
            open_matters([one], w.acting(person("kruse")))
        with pytest.raises(InvalidInput):
            open_matters([replace(one, title=" ")], w.machine())
        CaseFile.objects.filter(pk=social_file.pk).update(status=CaseFileStatus.CLOSED)
        # The file in the caller's hands still looks open.
        with pytest.raises(IllegalState):
            open_matters([one], w.machine())

    def test_k8_a_connector_opens_matters_only_in_its_branch(self, quick_city: None) -> None:
        with pytest.raises(Forbidden):
            open_matters([NewMatter(w.open_file("63.10", "63.1"), "Bau")], prosoz())

    def test_the_connectors_key_leads_to_the_matter(self, social_file: CaseFile) -> None:
        one = NewMatter(social_file, "Vorgang", foreign_key=("1", "V-1"))
        [matter] = open_matters([one], prosoz())
        assert ExternalKey.objects.get(value="V-1").matter == matter
        assert Matter.objects.get(pk=matter.pk).history.count() == 1


BORN = date(1950, 4, 1)


class TestParties:
    def involvement(self, case_file: CaseFile, **facts: object) -> Involvement:
        values: dict[str, object] = {"name": "Müller", "first_name": "Erika", "birth_date": BORN}
        return Involvement(case_file, "Antragsteller", **(values | facts))  # type: ignore[arg-type]

    def test_the_same_person_is_one_party_inside_a_circle(self, quick_city: None) -> None:
        files = [w.open_file("50.10", "50.1"), w.open_file("50.20", "50.1")]
        involve([self.involvement(f) for f in files], w.machine())
        involve([self.involvement(files[0], name="MÜLLER")], w.machine())
        [party] = Party.objects.all()
        assert party.participations.count() == 2
        assert party.history.count() == 1

    def test_d3_nobody_is_matched_across_circles(self, quick_city: None) -> None:
        social, tax, building = (
            w.open_file("50.10", "50.1"),
            w.open_file("20.30", "20.3"),
            w.open_file("63.10", "63.1"),
        )
        involve([self.involvement(f) for f in (social, tax, building)], w.machine())
        assert set(Party.objects.values_list("circle", flat=True)) == {"sozial", "steuer", ""}

    def test_a_name_alone_identifies_nobody_beyond_its_file(self, quick_city: None) -> None:
        files = [w.open_file("50.10", "50.1"), w.open_file("50.20", "50.1")]
        for _time in range(2):
            involve([self.involvement(f, birth_date=None) for f in files], w.machine())
        assert Party.objects.count() == 2
        assert Participation.objects.count() == 2

    def test_another_birth_date_is_another_person(self, social_file: CaseFile) -> None:
        involve([self.involvement(social_file)], w.machine())
        involve([self.involvement(social_file, birth_date=date(1980, 1, 1))], w.machine())
        assert Party.objects.count() == 2

    def test_one_person_may_have_two_roles(self, social_file: CaseFile) -> None:
        one = self.involvement(social_file)
        involve([one, replace(one, role="Vollmacht"), one], w.machine())
        assert Party.objects.count() == 1
        assert Participation.objects.count() == 2

    def test_s4_the_audit_never_holds_the_name(self, social_file: CaseFile) -> None:
        actor = w.machine()
        involve([self.involvement(social_file)], actor)
        entries = AuditEntry.objects.filter(operation_id=actor.operation.pk)
        actions = {e.action for e in entries}
        assert actions == {"records.party.created", "records.participation.added"}
        assert "Müller" not in str([e.__dict__ for e in entries])
