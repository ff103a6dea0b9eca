"""What the check of signatures finds, on signatures made here and on real ones."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from records.content import signatures
from records.content.results import ContentUnreadable
from records.content.sandbox import Sandbox
from records.content.signature_results import Chain, Finding
from tests.records.content import signing
from tests.records.views import filing

PDF, MAIL = "application/pdf", "message/rfc822"


def only(data: bytes, mime: str = PDF, *, trusted: bool = True) -> Finding:
    anchors = [signing.authority().pem] if trusted else []
    [found] = signatures.check(data, mime, anchors)
    return found


@pytest.fixture(scope="module")
def letter() -> bytes:
    return signing.signed_pdf(filing.pdf("Bescheid"), stamped=True)


def test_s6_a_signed_pdf_says_who_when_and_that_it_is_whole(letter: bytes) -> None:
    found = only(letter)
    assert (found.signer, found.issuer) == ("Erika Muster", "Vertrauensstelle der Stadt")
    assert (found.intact, found.whole, found.changed) == (True, True, False)
    assert (found.chain, found.stamp_trusted) == (Chain.TRUSTED, True)
    assert found.claimed_at
    assert found.stamped_at


def test_s6_one_flipped_byte_makes_it_invalid(letter: bytes) -> None:
    place = letter.index(b"/Contents") - 300
    damaged = bytearray(letter)
    damaged[place] ^= 1
    assert not only(bytes(damaged)).intact


def test_an_unknown_authority_is_not_trusted(letter: bytes) -> None:
    found = only(letter, trusted=False)
    assert (found.intact, found.chain, found.stamp_trusted) == (True, Chain.UNKNOWN, False)


def test_an_expired_certificate_is_told() -> None:
    old = signing.identity("Alt", signing.authority(), until=signing.NOW - dt.timedelta(days=1))
    assert only(signing.signed_pdf(filing.pdf("Alt"), old)).chain == Chain.EXPIRED


def test_a_second_signature_leaves_the_first_one_whole(letter: bytes) -> None:
    first, second = signatures.check(signing.signed_pdf(letter), PDF, [signing.authority().der])
    assert (first.intact, first.whole, second.intact, second.changed) == (True, True, True, False)
    assert first.harmless or not first.changed


def test_what_was_written_behind_a_signature_is_told(letter: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(letter), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Zusatz")] = TextStringObject("10.000 Euro")
    writer.update_container(page)
    target = BytesIO()
    writer.write(target)  # type: ignore[no-untyped-call]
    found = only(target.getvalue())
    assert (found.intact, found.changed, found.harmless) == (True, True, False)


@pytest.mark.parametrize("opaque", [False, True])
def test_s6_a_signed_mail_is_checked(opaque: bool) -> None:
    found = only(signing.signed_mail("Ich beantrage Wohngeld.", opaque=opaque), MAIL)
    assert (found.signer, found.intact, found.chain) == ("Erika Muster", True, Chain.TRUSTED)
    assert found.sender_matches is True


def test_a_changed_word_makes_a_mail_invalid() -> None:
    mail = signing.signed_mail("Ich beantrage Wohngeld.").replace(b"Wohngeld", b"Kindgeld")
    assert not only(mail, MAIL).intact


def test_another_sender_than_the_certificate_names_is_told() -> None:
    assert only(signing.signed_mail("Hallo", "eva@example.org"), MAIL).sender_matches is False


def test_a_plain_mail_has_none() -> None:
    assert signatures.check(b"From: a@example.org\n\nHallo", MAIL, []) == []


def test_garbage_is_unreadable_and_the_child_lives(tmp_path: Path, letter: bytes) -> None:
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(b"%PDF-1.7\n/ByteRange [0 1 2 3]" + b"\xff" * 400)
    good.write_bytes(letter)
    with Sandbox() as sandbox:
        with pytest.raises(ContentUnreadable):
            sandbox.check_signatures(bad, PDF, [])
        [found] = sandbox.check_signatures(good, PDF, [signing.authority().pem])
    assert (found.intact, found.chain) == (True, Chain.TRUSTED)


@pytest.mark.parametrize(
    ("name", "signer", "intact"),
    [
        ("pdf/pdfjs__issue16553.pdf", "ONDŘEJ MACHULDA", True),
        ("mail/opengever__signed_nested_with_attachments.eml", "Schihin Oliver BLN44G", False),
    ],
)
def test_real_signed_files(test_data: Path, name: str, signer: str, intact: bool) -> None:
    found = only((test_data / name).read_bytes(), PDF if name.endswith(".pdf") else MAIL)
    assert signer in found.signer
    assert (found.intact, found.chain) == (intact, Chain.EXPIRED)
