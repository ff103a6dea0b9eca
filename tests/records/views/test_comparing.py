"""Two versions compared: words that went and came, pages that look different (W8)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.operations import clock
from records.choices import RenditionState
from records.models import Blob, Document, Rendition
from records.selectors.comparing import ADDED, REMOVED, SAME, compare_texts
from records.selectors.documents import components_of
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def letter(story: Story) -> Document:
    old = filing.pdf("Die Miete beträgt 400 Euro.", "Gleich", "Alt am Ende")
    new = filing.pdf("Die Miete beträgt 450 Euro.", "Gleich", "Neu am Ende", "Dazu gekommen")
    document = filing.file_data(story.matter, "Brief", ("brief.pdf", old))
    return filing.renew(document, ("brief.pdf", new))


def shown(client: Client, document: Document, **query: Any) -> Any:
    answer = client.get(reverse("document-compare", args=[document.uuid]), query)
    assert answer.status_code == 200
    return page(answer.content)


class TestWords:
    def test_w8_words_that_went_and_came(self) -> None:
        passages = compare_texts("Frist bis Montag, 8 Uhr.", "Frist bis Dienstag, 8 Uhr.")
        assert [(one.kind, one.text) for one in passages] == [
            (SAME, "Frist bis "),
            (REMOVED, "Montag"),
            (ADDED, "Dienstag"),
            (SAME, ", 8 Uhr."),
        ]

    def test_nothing_is_lost_when_nothing_is_folded(self) -> None:
        old, new = "a b c d\ne f", "a c d x\ne g"
        passages = compare_texts(old, new)
        assert "".join(p.text for p in passages if p.kind != ADDED) == old
        assert "".join(p.text for p in passages if p.kind != REMOVED) == new

    def test_long_unchanged_parts_are_folded(self) -> None:
        middle = " ".join(f"wort{n}" for n in range(500))
        passages = compare_texts(f"alt {middle} alt", f"neu {middle} neu")
        assert sum(one.folded for one in passages) == 1
        assert "wort250" not in "".join(one.text for one in passages)

    def test_very_long_texts_are_compared_by_lines(self) -> None:
        lines = [f"Zeile {n} mit einigen Wörtern\n" for n in range(9_000)]
        changed = [*lines[:4_000], "Zeile anders\n", *lines[4_001:]]
        kinds = [(p.kind, p.text) for p in compare_texts("".join(lines), "".join(changed))]
        assert (REMOVED, "Zeile 4000 mit einigen Wörtern\n") in kinds
        assert (ADDED, "Zeile anders\n") in kinds


def test_the_page_marks_what_went_and_came(clerk: Client, letter: Document) -> None:
    found = shown(clerk, letter, alt=1, neu=2)
    text = found.xpath('//*[@class="desk-compare__text"]')[0]
    assert "entfallen: 400" in [text_of(one) for one in text.xpath(".//del")]
    assert "neu: 450" in [text_of(one) for one in text.xpath(".//ins")]
    assert "Zeichenerklärung" in text_of(found)


def test_without_choice_the_newest_is_compared_with_the_one_before(
    clerk: Client, letter: Document
) -> None:
    found = shown(clerk, letter)
    assert found.xpath('//select[@name="alt"]/option[@selected]/@value') == ["1"]
    assert found.xpath('//select[@name="neu"]/option[@selected]/@value') == ["2"]


def test_equal_versions_say_so(clerk: Client, letter: Document) -> None:
    assert "sind gleich" in text_of(shown(clerk, letter, alt=2, neu=2))
    assert "Alle Seiten sehen gleich aus" in text_of(
        shown(clerk, letter, alt=2, neu=2, ansicht="seiten")
    )


def test_w8_pages_side_by_side_begin_with_the_first_that_differs(
    clerk: Client, letter: Document
) -> None:
    found = shown(clerk, letter, alt=1, neu=2, ansicht="seiten")
    assert "Seiten mit Unterschieden: 1, 3, 4" in text_of(found)
    assert found.xpath("//figure/img/@src") == [
        reverse("document-page", args=[letter.uuid, number, 0, 1]) for number in (1, 2)
    ]
    next_one = found.xpath('//a[contains(., "Nächster Unterschied")]/@href')[0]
    assert next_one.endswith("seite=3")


def test_a_page_only_one_version_has(clerk: Client, letter: Document) -> None:
    found = shown(clerk, letter, alt=1, neu=2, ansicht="seiten", seite=4)
    assert "Diese Fassung hat keine solche Seite" in text_of(found)
    assert len(found.xpath("//figure/img")) == 1
    beyond = shown(clerk, letter, alt=1, neu=2, ansicht="seiten", seite=99)
    assert "Seite 4 von 4" in text_of(beyond)


def test_text_files_have_words_but_no_pages(clerk: Client, story: Story) -> None:
    filing.renew(story.document, ("bescheid.txt", b"Die Nachzahlung wird abgelehnt."))
    story.document.refresh_from_db()
    assert "abgelehnt" in text_of(shown(clerk, story.document))
    found = shown(clerk, story.document, ansicht="seiten")
    assert "hat eine Seitenansicht" in text_of(found)


@pytest.mark.parametrize("query", [{"alt": 9}, {"neu": 9}, {"alt": 0}])
def test_versions_that_never_were_are_not_there(
    clerk: Client, letter: Document, query: dict[str, int]
) -> None:
    address = reverse("document-compare", args=[letter.uuid])
    assert clerk.get(address, query).status_code == 404


def test_outsiders_see_nothing(outsider: Client, letter: Document) -> None:
    assert outsider.get(reverse("document-compare", args=[letter.uuid])).status_code == 404


class TestOfficeFilesInTheReader:
    @pytest.fixture
    def sheet(self, story: Story) -> Document:
        return filing.file_data(story.matter, "Vermerk", ("vermerk.rtf", rb"{\rtf1 Text}"))

    def test_q3_the_reader_says_what_it_waits_for(self, clerk: Client, sheet: Document) -> None:
        text = text_of(page(clerk.get(reverse("document", args=[sheet.uuid])).content))
        assert "Die Ansicht wird gerade erzeugt" in text or "LibreOffice fehlt" in text
        assert "Original" in text

    def test_q3_without_libreoffice_the_page_says_so(
        self, clerk: Client, sheet: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        answer = clerk.get(reverse("document", args=[sheet.uuid]))
        assert "weil LibreOffice fehlt" in text_of(page(answer.content))
        assert reverse("document-original", args=[sheet.uuid, 1, 0]) in answer.content.decode()

    def test_q3_pages_come_from_the_pdf(self, clerk: Client, sheet: Document) -> None:
        pdf = filing.file_data(sheet.matter, "Brief", ("brief.pdf", filing.pdf("Text", "Zwei")))
        made: Blob = components_of(pdf)[0].blob
        Rendition.objects.update(
            pdf=made, state=RenditionState.DONE, made_at=clock.now(), attempts=1
        )
        found = page(clerk.get(reverse("document", args=[sheet.uuid])).content)
        assert len(found.xpath('//figure[@class="desk-page"]')) == 2
        assert "maßgeblich ist das Original" in text_of(found)
        image = reverse("document-page", args=[sheet.uuid, 1, 0, 2])
        assert clerk.get(image).status_code == 200

    def test_q3_what_cannot_be_made_is_explained(self, clerk: Client, sheet: Document) -> None:
        Rendition.objects.update(state=RenditionState.FAILED, problem="timeout")
        text = text_of(page(clerk.get(reverse("document", args=[sheet.uuid])).content))
        assert "nicht in angemessener Zeit" in text
