"""Signatures are checked on receipt, once for each content, and told in German."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from records.choices import SignatureState
from records.content.signature_results import Chain, Finding
from records.models import Document, SignatureReport
from records.services import blobs, signatures
from records.signature_desk import verdict
from tests import personas, stories
from tests.records.content import signing
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def anchor(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "stadt.pem").write_bytes(signing.authority().pem)
    (tmp_path / "liesmich.txt").write_text("keine Zertifikate")
    settings.SIGNATURE_ANCHOR_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def signed(story: Story) -> Document:
    data = signing.signed_pdf(filing.pdf("Unterschriebener Antrag"))
    return filing.file_data(
        story.matter, "Antrag", ("antrag.pdf", data), ("anlage.pdf", filing.pdf("Anlage"))
    )


def page_of(document: Document, tail: str = "") -> str:
    client = Client()
    client.force_login(personas.person(personas.CLERK_SOCIAL))
    return client.get(f"/dokument/{document.uuid}/{tail}").content.decode()


def test_s6_a_received_signature_is_checked_and_told(signed: Document, anchor: Path) -> None:
    assert "elektronische Signatur wird geprüft" in page_of(signed)
    assert signatures.check_next()
    assert not signatures.check_next()
    assert "elektronisch signiert: gültig" in page_of(signed)
    told = page_of(signed, "signaturen/")
    assert "Erika Muster" in told
    assert "Vertrauensstelle der Stadt" in told
    assert "ersetzt keinen Prüfbericht" in told


def test_without_trusted_certificates_nobody_is_known(signed: Document, settings: Settings) -> None:
    settings.SIGNATURE_ANCHOR_DIR = ""
    signatures.check_next()
    assert "unverändert, Aussteller unbekannt" in page_of(signed)


def test_only_what_looks_signed_is_looked_at(signed: Document) -> None:
    assert SignatureReport.objects.count() == 1


def test_a_word_alone_is_no_signature(story: Story) -> None:
    head = b"From: a@example.org\nTo: b@example.org\nMessage-ID: <2@example.org>\nSubject: x\n"
    mail = head + b"\nWas ist pkcs7-signature?"
    document = filing.file_data(story.matter, "Frage", ("frage.eml", mail))
    signatures.check_next()
    assert SignatureReport.objects.get().state == SignatureState.NONE
    assert "elektronisch" not in page_of(document)
    assert "keine elektronische Signatur" in page_of(document, "signaturen/")


def test_s6_a_signed_mail_is_checked_as_well(story: Story, anchor: Path) -> None:
    mail = signing.signed_mail("Ich widerspreche.")
    document = filing.file_data(story.matter, "Widerspruch", ("widerspruch.eml", mail))
    signatures.check_next()
    assert "elektronisch signiert: gültig" in page_of(document)


def test_a_damaged_one_is_told_and_kept(story: Story) -> None:
    bad = filing.pdf("Rest")[:-40] + b"\n/ByteRange [0 1 2 3]\n%%EOF"
    document = filing.file_data(story.matter, "Rest", ("rest.pdf", bad))
    signatures.check_next()
    assert SignatureReport.objects.get().state in (SignatureState.FAILED, SignatureState.NONE)
    assert document.versions.count() == 1


def test_the_report_goes_with_its_content(signed: Document, story: Story) -> None:
    signatures.check_next()
    blob = SignatureReport.objects.get().blob
    signed.versions.get().components.all().delete()
    blobs.remove_at_once([blob.pk])
    assert not SignatureReport.objects.exists()


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({}, "ungültig"),
        ({"problem": "md5"}, "nicht prüfbar"),
        ({"intact": True, "changed": True}, "nachträglich verändert"),
        ({"intact": True, "changed": True, "harmless": True, "chain": Chain.TRUSTED}, "gültig"),
        ({"intact": True, "chain": Chain.EXPIRED}, "unverändert, Zertifikat abgelaufen"),
        ({"intact": True, "chain": Chain.UNKNOWN}, "unverändert, Aussteller unbekannt"),
        (
            {"intact": True, "chain": Chain.TRUSTED, "sender_matches": False},
            "unverändert, anderer Absender",
        ),
    ],
)
def test_the_verdict_names_the_worst(facts: dict[str, object], label: str) -> None:
    assert verdict(Finding(**facts)).label == label  # type: ignore[arg-type]
