"""Deliveries into what was cancelled wait in the clearing; once the Storno is lifted they are filed."""

from collections.abc import Callable

import pytest

from integrations.choices import ClearingState
from integrations.models import ClearingCase
from integrations.services import clearing
from records.models import CaseFile, Document, Matter
from records.services.actor import Actor, person
from records.services.cancelling_parents import cancel_case_files, cancel_matters
from records.services.lifting_cancellations import restore_case_files, restore_matters
from tests import personas
from tests.integrations.pipeline.conftest import run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder

Builder = Callable[[str], DeliveryBuilder]


def acting(username: str = personas.CLERK_SOCIAL, reason: str = "") -> Actor:
    return person(personas.person(username), "test.cancel", reason=reason)


def cancel(part: str) -> None:
    if part == "file":
        cancel_case_files([CaseFile.objects.get().pk], acting(reason="Doppelt angelegt"))
    else:
        cancel_matters([Matter.objects.get().pk], acting(reason="Doppelt angelegt"))


def restore(part: str) -> None:
    if part == "file":
        restore_case_files([CaseFile.objects.get().pk], acting())
    else:
        restore_matters([Matter.objects.get().pk], acting())


@pytest.mark.parametrize("part", ["file", "matter"])
def test_w10_k1_a_cancelled_parent_takes_no_delivery_and_loses_none(
    quick_city: None, delivery_in: Builder, part: str
) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.write()
    run_pipeline()
    Document.objects.update(is_final=False)
    cancel(part)
    later = delivery_in("danach")
    later.add("D-2", "Ein Nachtrag")
    later.write()
    run_pipeline()
    case = ClearingCase.objects.get()
    assert "storniert" in case.explanation
    assert Document.objects.count() == 1
    restore(part)
    clearing.retry_cases([case], acting(personas.ADMINISTRATION))
    run_pipeline()
    assert ClearingCase.objects.exclude(state=ClearingState.OPEN).count() == 1
    assert Document.objects.count() == 2
