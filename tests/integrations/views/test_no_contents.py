"""The Fachadministration works with technical facts: no name, title or birth date anywhere (S3)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import ClearingCase, Delivery
from records.choices import CaseFileStatus
from records.models import CaseFile
from tests import personas
from tests.integrations.pipeline.conftest import delivery_in, drop, run_pipeline
from tests.integrations.pipeline.deliveries import DeliveryBuilder, case_file, document

__all__ = ["delivery_in", "drop"]

pytestmark = pytest.mark.django_db

Builder = Callable[[str], DeliveryBuilder]
ClientOf = Callable[[str], Client]

SECRETS = (
    "Tannengrün",
    "Hiltrud",
    "Pflegegutachten",
    "12.03.1950",
    "1950-03-12",
    "Kiefernweg",
    "Suchthilfe",
    "Notiz der Pflegekasse",
)
PERSON = {
    "rolle": "Leistungsberechtigte",
    "name": "Tannengrün",
    "vorname": "Hiltrud",
    "geburtsdatum": "1950-03-12",
    "anschrift": "Kiefernweg 3",
}


def entry_with(night: DeliveryBuilder, object_id: str, **changes: Any) -> None:
    """A social document full of personal values; ``changes`` replace parts of it."""
    night.add(
        object_id,
        "Notiz der Pflegekasse",
        **{
            "akte": case_file(
                "F-1", betreff="Tannengrün, Hiltrud", fachdaten={"diagnose": "Suchthilfe"}
            ),
            "dokument": document("Pflegegutachten Tannengrün", personen=[PERSON]),
        }
        | changes,
    )


def spoiled(**changes: Any) -> dict[str, Any]:
    return document("Pflegegutachten Tannengrün", personen=[PERSON]) | changes


@pytest.fixture
def night(city: None, delivery_in: Builder) -> Iterator[Delivery]:
    """Filed, duplicate and every kind of clearing case whose text could tell too much."""
    first = delivery_in("abend")
    entry_with(first, "D-0")
    first.write()
    run_pipeline()
    builder = delivery_in("nacht")
    entry_with(builder, "D-0")
    entry_with(builder, "D-1")
    entry_with(
        builder,
        "D-2",
        dokument=spoiled(personen=[PERSON | {"geburtsdatum": "12.03.1950"}]),
    )
    entry_with(builder, "D-3", dokument=spoiled(personen="Tannengrün, Hiltrud"))
    entry_with(builder, "D-4", dokument="Pflegegutachten Tannengrün")
    entry_with(builder, "D-5", dokument=spoiled(betreff={"x": "Pflegegutachten"}))
    entry_with(builder, "D-6", akte=case_file("F-9", betreff="Tannengrün, Hiltrud", oe="99"))
    entry_with(
        builder,
        "D-7",
        akte=case_file("F-8", betreff="Tannengrün, Hiltrud", aktenplanKennzeichen="63.10"),
    )
    entry_with(builder, "D-8")
    del builder.files["D-8_1.txt"]
    entry_with(builder, "D-9", akte=case_file("F-7", betreff="Tannengrün", fachdaten="Suchthilfe"))
    entry_with(builder, "D-10", akte=case_file("F-6", betreff="Tannengrün", name="Tannengrün"))
    entry_with(builder, "D-0", version="9", action="version", akte=case_file("F-1"))
    builder.files["D-0_9.txt"] = b"anders"
    builder.write()
    run_pipeline()
    CaseFile.objects.update(status=CaseFileStatus.CLOSED)
    later = delivery_in("danach")
    entry_with(later, "D-20")
    later.write()
    run_pipeline()
    yield Delivery.objects.get(name="nacht")


def addresses() -> list[str]:
    found = ["/", reverse("deliveries"), reverse("case-files"), reverse("admin:index")]
    found += [f"{reverse('clearing-cases')}?stand={s}" for s in ("open", "solved", "dismissed")]
    for delivery in Delivery.objects.all():
        found += [reverse(name, args=[delivery.uuid]) for name in ("delivery", "delivery-progress")]
    found += [reverse("clearing-case", args=[case.uuid]) for case in ClearingCase.objects.all()]
    found += [f"{reverse('search')}?q=Pflegegutachten", f"{reverse('search')}?q=F-1"]
    return found


def test_s3_no_page_of_an_operator_tells_contents(night: Delivery, client_of: ClientOf) -> None:
    reasons = set(ClearingCase.objects.values_list("reason", flat=True))
    assert {
        "invalid_entry",
        "unknown_unit",
        "not_permitted",
        "file_missing",
        "case_file_closed",
    } <= reasons
    for username in (personas.ADMINISTRATION, personas.REGISTRY):
        client = client_of(username)
        for address in addresses():
            answer = client.get(address, follow=True)
            shown = answer.content.decode()
            if "/suche/" in address:
                # The words typed stand in the box; hits and titles must not.
                assert "0 Treffer in dem, was Sie sehen dürfen." in shown
                shown = shown.replace("Pflegegutachten", "")
            for secret in SECRETS:
                assert secret not in shown, (username, address, secret)


def test_the_clerk_reads_the_same_entries(night: Delivery, client_of: ClientOf) -> None:
    """The secrets are real: whoever works in the office sees them."""
    client = client_of(personas.CLERK_SOCIAL)
    shown = client.get(reverse("case-file", args=[CaseFile.objects.get().uuid])).content.decode()
    assert "Tannengrün" in shown
    assert "Pflegegutachten" in shown


def test_the_texts_still_name_field_and_reason(night: Delivery, client_of: ClientOf) -> None:
    texts = " ".join(ClearingCase.objects.values_list("explanation", flat=True))
    assert "dokument.personen[1].geburtsdatum: Der gelieferte Wert ist kein Datum" in texts
    assert "dokument: Der gelieferte Wert ist von falscher Art" in texts
    assert "„99“" in texts
