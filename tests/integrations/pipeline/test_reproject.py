"""A corrected mapping reaches documents that were filed long ago."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from integrations.formats.filing import Filing
from integrations.formats.record import NeutralRecord
from integrations.open_prosoz.mapping import filing_of
from integrations.open_prosoz.schema import DOCUMENT_TYPES
from integrations.pipeline.connectors import Connector, connectors
from integrations.services.reproject import reproject_delivery, reproject_documents
from records.choices import CaseFileStatus
from records.models import CaseFile, Document
from tests.integrations.pipeline.conftest import only_delivery, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder, document

Builder = Callable[[str], DeliveryBuilder]


def upper_case(record: NeutralRecord, mandant: str) -> Filing:
    filing = filing_of(record, mandant)
    if filing.document is None:
        return filing
    return replace(filing, document=replace(filing.document, title=filing.document.title.upper()))


@pytest.fixture
def corrected_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (100, Connector(upper_case, DOCUMENT_TYPES))
    monkeypatch.setitem(connectors._entries, "openprosoz", entry)


def deliver(delivery_in: Builder) -> None:
    night = delivery_in("nacht")
    night.add("D-1")
    night.add("D-1", action="metadaten", dokument=document("Berichtigter Betreff"))
    night.add("D-2", case="F-2")
    night.write()
    run_pipeline()


def test_unchanged_mapping_changes_nothing(quick_city: None, delivery_in: Builder) -> None:
    deliver(delivery_in)
    result = reproject_delivery(only_delivery())
    assert (result.changed, result.refused) == (0, [])
    assert Document.objects.get(external_keys__value="D-1").title == "Berichtigter Betreff"


def test_later_metadata_win_over_the_first_entry(
    quick_city: None, delivery_in: Builder, request: pytest.FixtureRequest
) -> None:
    deliver(delivery_in)
    request.getfixturevalue("corrected_mapping")
    result = reproject_documents(Document.objects.values_list("pk", flat=True))
    assert result.changed == 2
    titles = set(Document.objects.values_list("title", flat=True))
    assert titles == {"BERICHTIGTER BETREFF", "BESCHEID D-2"}
    assert not Document.objects.filter(indexed_at__isnull=False).exists()


def test_closed_file_is_named_and_the_rest_goes_on(
    quick_city: None, delivery_in: Builder, request: pytest.FixtureRequest
) -> None:
    deliver(delivery_in)
    request.getfixturevalue("corrected_mapping")
    CaseFile.objects.filter(aktenzeichen__endswith="F-1").update(status=CaseFileStatus.CLOSED)
    out, err = StringIO(), StringIO()
    delivery = str(only_delivery().uuid)
    call_command("reproject", "--delivery", delivery, stdout=out, stderr=err)
    assert out.getvalue() == "1 geändert, 0 unverändert, 1 abgelehnt\n"
    assert "abgeschlossen" in err.getvalue()
