"""What is taken as text from plain files, markup, mails and PDFs."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from records.content.mails import text_of_mail
from records.content.pdf_words import page_text
from records.content.plain_text import text_of_markup, text_of_plain
from records.content.text_quality import is_garbage

GERMAN = (
    "Sehr geehrte Frau Müller, auf Ihren Antrag vom 3. Mai bewilligen wir Ihnen Leistungen der "
    "Grundsicherung. Bitte legen Sie uns die fehlenden Unterlagen innerhalb von vier Wochen vor. "
)


def shifted(text: str, by: int) -> str:
    """As a font without a character map shows it."""
    return "".join(c if c.isspace() else chr(max(1, ord(c) + by)) for c in text)


@pytest.mark.parametrize("by", [-29, 1, 3, 29, 0xE000])
def test_shifted_fonts_are_garbage(by: int) -> None:
    assert is_garbage(shifted(GERMAN, by))


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        GERMAN.upper(),
        "The applicant shall provide the documents within four weeks of this letter. " * 3,
        "Merci de nous fournir les documents manquants dans un délai de quatre semaines. " * 3,
        "Prosimy o dostarczenie brakujących dokumentów w ciągu czterech tygodni. " * 3,
        "Lütfen eksik belgeleri dört hafta içinde bize ulaştırın, teşekkür ederiz. " * 3,
        "Пожалуйста, предоставьте недостающие документы в течение четырёх недель. " * 3,
        "يرجى تقديم المستندات الناقصة خلال أربعة أسابيع من تاريخ هذا الكتاب. " * 3,
        "DE89 3704 0044 0532 0130 00 COBADEFFXXX 1.234,56 EUR 01.02.2024 " * 5,
        "XK 7 QW",
        "",
    ],
)
def test_other_languages_and_short_texts_are_not(text: str) -> None:
    assert not is_garbage(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Anga\ufffeben\r\nzur Person", "Angaben\nzur Person"),
        ("Haupt\ufffeund Nebenwohnung", "Haupt- und Nebenwohnung"),
        ("E-Mail\ufffeAdresse", "E-Mail-Adresse"),
        ("Paragraf\ufffe12", "Paragraf-12"),
        ("a\x00b\x0cc\ud800d", "a b c d"),
    ],
)
def test_words_are_joined_over_line_ends(raw: str, text: str) -> None:
    assert page_text(raw) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_encodings_of_text_files(encoding: str) -> None:
    assert text_of_plain("Grüße\r\nÖl".encode(encoding)) == "Grüße\nÖl"


def test_markup_is_what_a_reader_sees() -> None:
    html = (
        b'<html><head><meta charset="iso-8859-1"><title>Bescheid</title><style>p{}</style></head>'
        b"<body><p>Gr\xfc\xdfe &amp; mehr</p><script>alert(1)</script>"
        b"<p>Fett <b>gedruckt</b>es</p></body></html>"
    )
    assert text_of_markup(html) == "Bescheid\nGrüße & mehr\nFett gedrucktes"


def test_entities_of_xml_are_not_expanded() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert (text_of_markup(laughs) or "").strip().endswith("&b;")


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Jörg <a@example.org>", "b@example.org"
    message["Subject"] = "Anhörung – Größe"
    message.set_content("Guten Tag,\nanbei der Plan.")
    message.add_alternative("<p>Guten Tag, <i>HTML</i></p>", subtype="html")
    message.add_attachment("Anlage als Text", filename="a.txt")
    return message


def test_mails_show_head_and_body_without_attachments() -> None:
    text = text_of_mail(mail().as_bytes())
    assert "Subject: Anhörung – Größe" in text
    assert "anbei der Plan." in text
    assert "HTML" not in text
    assert "Anlage" not in text


def test_mails_with_html_only_are_read() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("<p>Nur <i>HTML</i></p>", subtype="html")
    assert text_of_mail(message.as_bytes()).strip().endswith("Nur HTML")


def test_deeply_nested_mails_end(tmp_path: Path) -> None:
    data = b""
    for _ in range(400):
        data += b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
    assert text_of_mail(b"From: a\n" + data).startswith("From: a")
