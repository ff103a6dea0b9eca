"""Reference data changed in Django admin reaches the rights of existing files."""

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.choices import Circle, Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import ensure_unit_role, give_role
from goettingen_ecm.audit.models import AuditEntry
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


def person_form(one: User, **membership: object) -> dict[str, object]:
    """The form of a person with one more role."""
    names = ("first_name", "last_name", "display_name", "job_title", "email")
    values: dict[str, object] = {name: getattr(one, name) for name in names}
    rows = list(one.memberships.order_by("id"))
    values |= {"username": one.username, "is_active": "on"}
    values |= {"memberships-TOTAL_FORMS": len(rows) + 1, "memberships-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        values |= {
            f"memberships-{number}-id": row.pk,
            f"memberships-{number}-user": one.pk,
            f"memberships-{number}-unit_role": row.unit_role_id,
        }
    new = f"memberships-{len(rows)}"
    return values | {f"{new}-user": one.pk} | {f"{new}-{k}": v for k, v in membership.items()}


class TestRoles:
    def test_a_role_given_is_in_the_audit_by_ids(self, desk: Client) -> None:
        one, role = person("kruse"), w.unit("50.1").unit_roles.get(role=Role.CLERK)
        address = reverse("admin:accounts_user_change", args=[one.pk])
        save(desk, address, person_form(one, unit_role=role.pk, valid_until="31.12.2030"))
        assert one.memberships.filter(unit_role=role).exists()
        entry = AuditEntry.objects.get(action="accounts.membership.changed")
        assert (entry.actor_id, entry.object_id) == (person(ADMINISTRATION).pk, one.pk)
        assert entry.digests == {"unit_role_id": role.pk, "valid_until": "2030-12-31"}

    def test_s3_nobody_gives_a_role_or_permission_to_themselves(self, desk: Client) -> None:
        me, role = person(ADMINISTRATION), w.unit("50.1").unit_roles.get(role=Role.CLERK)
        before = set(me.user_permissions.values_list("pk", flat=True))
        address = reverse("admin:accounts_user_change", args=[me.pk])
        desk.post(address, person_form(me, unit_role=role.pk) | {"user_permissions": []})
        assert not me.memberships.filter(unit_role=role).exists()
        assert set(me.user_permissions.values_list("pk", flat=True)) == before
        assert not AuditEntry.objects.filter(action="accounts.membership.changed").exists()

    def test_revision_is_dated_here_too(self, desk: Client) -> None:
        one = person("hartmann")
        role = ensure_unit_role(w.unit("14"), Role.AUDITOR)
        address = reverse("admin:accounts_user_change", args=[one.pk])
        answer = desk.post(address, person_form(one, unit_role=role.pk))
        assert answer.status_code == 200
        assert "nur je Prüfung und befristet" in answer.content.decode()
        assert not one.memberships.filter(unit_role=role).exists()

    def test_nobody_is_made_a_superuser_here(self, desk: Client) -> None:
        one = person("kruse")
        address = reverse("admin:accounts_user_change", args=[one.pk])
        desk.post(address, person_form(one) | {"is_superuser": "on"})
        assert not User.objects.filter(is_superuser=True).exists()
