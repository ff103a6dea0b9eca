"""A specialist system that still names a unit which was merged into another one (S7)."""

from collections.abc import Callable
from datetime import timedelta

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from integrations.models import ClearingCase, Mailbox
from records.choices import UnitChangeKind
from records.models import CaseFile
from records.selectors.unit_changes import Going, inventory
from records.services.actor import person
from records.services.unit_changes import NewChange, plan_change
from tests import personas
from tests.integrations.pipeline.conftest import run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder

Builder = Callable[[str], DeliveryBuilder]


def test_s7_new_files_of_a_merged_unit_are_led_by_its_successor(
    quick_city: None, delivery_in: Builder
) -> None:
    merged = OrgUnit.objects.get(code="50.1")
    merged.valid_until = clock.today() - timedelta(days=1)
    merged.successor = OrgUnit.objects.get(code="50.2")
    merged.save()
    night = delivery_in("nacht")
    night.add("D-1", "Bewilligung der Grundsicherung")
    night.write()
    run_pipeline()
    assert not ClearingCase.objects.exists()
    assert CaseFile.objects.get().lead_unit.code == "50.2"


def test_s7_mailboxes_of_a_merged_unit_fill_the_basket_of_its_successor(quick_city: None) -> None:
    merged, target = (OrgUnit.objects.get(code=code) for code in ("50.1", "50.2"))
    mailbox = Mailbox.objects.create(
        code="sozial", name="Sozialamt", host="mail.example.org", user_name="sozial", unit=merged
    )
    clerk = personas.person(personas.CLERK_SOCIAL)
    going = Going(merged, UnitChangeKind.MERGE, [clerk.pk])
    assert inventory(going, clock.today()).further == [("Postfächer", 1)]
    admin = personas.person(personas.ADMINISTRATION)
    plan_change(NewChange(going, target, clock.today()), person(admin, "test"))
    mailbox.refresh_from_db()
    assert mailbox.unit == target
    assert AuditEntry.objects.filter(action="integrations.mailbox.followed_unit").exists()
