"""K6: master data of the Akte follow the specialist system, with history and never re-filed silently."""

from collections.abc import Callable

import pytest

from integrations.choices import ClearingReason
from integrations.models import ClearingCase
from integrations.selectors import delivery_sum
from records.models import CaseFile
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder, case_file

pytestmark = pytest.mark.django_db
Builder = Callable[[str], DeliveryBuilder]


def deliver(delivery_in: Builder, **akte: object) -> None:
    """One night with a document, and in it an order that changes the file's master data."""
    night = delivery_in("nacht")
    night.add("D-1")
    changed = case_file("F-1") | akte
    night.add("D-1", action="metadaten", akte=changed)
    night.write()
    run_pipeline()


def test_k6_a_new_name_changes_the_file_with_history(city: None, delivery_in: Builder) -> None:
    deliver(delivery_in, betreff="Bergmann-Ahlers, Hannelore", fachdaten={"Pflegegrad": 2})
    found = CaseFile.objects.get()
    assert found.title == "Bergmann-Ahlers, Hannelore"
    assert found.business_data["Pflegegrad"] == 2
    assert found.history.count() == 2
    assert found.documents.get().indexed_at is not None
    assert delivery_sum(only_delivery()).text == "2 = 2 abgelegt"


def test_k6_another_unit_is_a_question_not_a_move(city: None, delivery_in: Builder) -> None:
    deliver(delivery_in, oe="50.2")
    case = ClearingCase.objects.get()
    assert case.reason == ClearingReason.VERB_NOT_AVAILABLE
    assert "akte.oe" in case.explanation
    assert CaseFile.objects.get().lead_unit.code != "50.2"
    assert delivery_sum(only_delivery()).text == "2 = 1 abgelegt + 1 Klärungsfall"


def test_k6_the_same_master_data_again_is_a_duplicate(city: None, delivery_in: Builder) -> None:
    deliver(delivery_in)
    assert delivery_sum(only_delivery()).text == "2 = 1 abgelegt + 1 Dublette"
