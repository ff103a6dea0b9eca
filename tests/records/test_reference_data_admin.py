"""Reference data changed in Django admin reaches the rights of existing files."""

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.choices import Circle, Role
from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.accounts.services import give_role
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.models import Job
from records.models import CaseFile
from tests.access import world as w
from tests.personas import ADMINISTRATION, person

pytestmark = pytest.mark.usefixtures("quick_city")


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(person(ADMINISTRATION), backend=BACKEND)
    return client


def run_outbox() -> None:
    while outbox.deliver_batch():
        pass


def sees(username: str, case_file: CaseFile) -> bool:
    return CaseFile.objects.visible_to(person(username)).filter(pk=case_file.pk).exists()


def save(client: Client, address: str, values: dict[str, object]) -> None:
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.content.decode()[:3000]


def unit_form(unit: OrgUnit, **changed: object) -> dict[str, object]:
    values = {"code": unit.code, "name": unit.name, "parent": unit.parent_id or ""}
    return (
        values | {"circles": ",".join(unit.circles), "valid_from": "", "valid_until": ""} | changed
    )


def test_a_unit_taken_out_of_its_circle_loses_the_files(desk: Client) -> None:
    case_file = w.open_file("50.10", "50.1")
    unit = w.unit("50.1")
    assert sees("brandt", case_file)
    address = reverse("admin:accounts_orgunit_change", args=[unit.pk])
    save(desk, address, unit_form(unit, circles=""))
    run_outbox()
    assert not sees("brandt", case_file)
    save(desk, address, unit_form(unit, circles=Circle.SOCIAL.value))
    run_outbox()
    assert sees("brandt", case_file)


def test_another_name_alone_starts_no_work(desk: Client) -> None:
    unit = w.unit("63")
    save(
        desk, reverse("admin:accounts_orgunit_change", args=[unit.pk]), unit_form(unit, name="Bau")
    )
    assert not Job.objects.exists()


def test_a_new_role_reaches_the_files_the_unit_leads_already(desk: Client) -> None:
    case_file = w.open_file("63.10", "63.1")
    unit = w.unit("63.1")
    save(
        desk, reverse("admin:accounts_unitrole_add"), {"unit": unit.pk, "role": Role.REGISTRY.value}
    )
    give_role(person("hartmann"), unit, Role.REGISTRY)
    run_outbox()
    assert sees("hartmann", case_file)


def test_administration_changes_units_but_sees_no_file(desk: Client) -> None:
    case_file = w.open_file("63.10", "63.1")
    assert not sees(ADMINISTRATION, case_file)
    assert desk.get(reverse("case-file", args=[case_file.uuid])).status_code == 404
