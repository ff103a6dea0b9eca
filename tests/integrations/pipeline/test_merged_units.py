"""A specialist system that still names a unit which was merged into another one (S7)."""

from collections.abc import Callable
from datetime import timedelta

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from integrations.models import ClearingCase
from records.models import CaseFile
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
