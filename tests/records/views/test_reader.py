"""The reader: pages, selectable words, hits, versions, neighbours, and what cannot be shown."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement

from goettingen_ecm.access.everyone import group_id as everyone
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from records.choices import DocumentStatus
from records.models import Document
from records.services.actor import person
from records.services.matters import NewMatter, open_matters
from records.services.rights import narrow_matters
from records.views import documents as reader
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.stories import Story

HOSTILE = 'Bescheid <script>alert("1")</script> & Kosten <img src=x onerror=alert(2)>'


def opened(client: Client, document: Document, **query: str | int) -> HtmlElement:
    answer = client.get(reverse("document", args=[document.uuid]), query)
    assert answer.status_code == 200
    return page(answer.content)


def figures(shown: HtmlElement) -> list[HtmlElement]:
    return list(shown.xpath('//figure[contains(@class, "desk-page")]'))


def words(shown: HtmlElement) -> str:
    return " ".join(text_of(one) for one in shown.xpath("//figure/div//svg"))


def hits(shown: HtmlElement) -> int:
    return len(shown.xpath('//figure//rect[@class="desk-hit"]'))


@pytest.fixture
def letter(story: Story) -> Document:
    data = filing.pdf(HOSTILE, "Die Nachzahlung der Heizkosten wird übernommen.")
    return filing.file_data(story.matter, "Bescheid", ("bescheid.pdf", data))


class TestWords:
    def test_a_pdf_shows_its_words_over_the_pages(self, clerk: Client, letter: Document) -> None:
        shown = opened(clerk, letter)
        assert len(figures(shown)) == 2
        assert "Nachzahlung der Heizkosten" in words(shown)
        assert hits(shown) == 0

    def test_words_searched_for_are_marked(self, clerk: Client, letter: Document) -> None:
        assert hits(opened(clerk, letter, q="Heizkosten")) == 1
        assert hits(opened(clerk, letter, q="heizkosten nachzahlungen")) == 2
        assert hits(opened(clerk, letter, q="Zuckerrübe")) == 0

    def test_markup_in_a_file_stays_text(self, clerk: Client, letter: Document) -> None:
        answer = clerk.get(reverse("document", args=[letter.uuid]), {"q": HOSTILE})
        body = answer.content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert '<script>alert("1")</script>' in words(page(answer.content))

    def test_a_hostile_query_stays_in_its_links(
        self, clerk: Client, letter: Document, story: Story
    ) -> None:
        query = 'a&b "<x>"=1+2'
        shown = opened(clerk, letter, q=query)
        for link in shown.xpath('//a[@rel="prev" or @rel="next"]/@href'):
            assert parse_qs(urlsplit(link).query)["q"] == [query]

    def test_later_pages_bring_their_text_when_they_are_seen(
        self, clerk: Client, story: Story
    ) -> None:
        data = filing.pdf(*[f"Seite {n} hat Heizkosten" for n in range(1, 6)])
        document = filing.file_data(story.matter, "Lang", ("lang.pdf", data))
        shown = opened(clerk, document, q="Heizkosten")
        assert len(figures(shown)) == 5
        assert hits(shown) == reader.TEXT_AT_ONCE
        later = shown.xpath("//figure//*[@hx-get]")
        assert len(later) == 5 - reader.TEXT_AT_ONCE
        for one in later:
            # Without JavaScript the same address stands in a link.
            assert one.xpath("./a/@href") == [one.get("hx-get")]
            part = clerk.get(one.get("hx-get")).content.decode()
            assert part.startswith("<svg")
            assert part.count("desk-hit") == 1


class TestPages:
    def test_a_page_comes_as_a_picture(self, clerk: Client, letter: Document) -> None:
        (first, _second) = [f.xpath("./img")[0] for f in figures(opened(clerk, letter))]
        assert (first.get("loading"), _second.get("loading")) == ("eager", "lazy")
        assert int(first.get("width")) < int(first.get("height"))
        answer = clerk.get(first.get("src"))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert answer.content[8:12] == b"WEBP"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert clerk.get(first.get("src")).content == answer.content

    @pytest.mark.parametrize("width", ["0", "1201", "-1", "1200.0", "x", "99999999999999999999"])
    def test_only_known_widths(self, clerk: Client, letter: Document, width: str) -> None:
        address = reverse("document-page", args=[letter.uuid, 1, 0, 1])
        assert clerk.get(address, {"breite": "400"}).status_code == 200
        assert clerk.get(address, {"breite": width}).status_code == 404

    @pytest.mark.parametrize(
        ("version", "position", "number"),
        [(1, 0, 0), (1, 0, 3), (1, 1, 1), (2, 0, 1), (0, 0, 1), (10**30, 10**30, 10**30)],
    )
    def test_pages_that_are_not_there(
        self, clerk: Client, letter: Document, version: int, position: int, number: int
    ) -> None:
        address = [letter.uuid, version, position, number]
        assert clerk.get(reverse("document-page", args=address)).status_code == 404
        assert clerk.get(reverse("document-page-text", args=address)).status_code == 404

    def test_a_scan_is_shown(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(story.matter, "Foto", ("foto.png", filing.scan(kind="PNG")))
        shown = opened(clerk, document, q="Wort")
        assert len(figures(shown)) == 1
        assert words(shown) == ""
        assert clerk.get(figures(shown)[0].xpath("./img/@src")[0]).content[8:12] == b"WEBP"

    def test_a_tiff_shows_all_its_pages(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(story.matter, "Fax", ("fax.tif", filing.scan(pages=3)))
        sources = [f.xpath("./img/@src")[0] for f in figures(opened(clerk, document))]
        pictures = {clerk.get(source).content for source in sources}
        assert len(sources) == len(pictures) == 3

    def test_attachments_follow_the_main_file(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(
            story.matter,
            "Antrag",
            ("antrag.pdf", filing.pdf("Antrag")),
            ("miete.pdf", filing.pdf("Mietvertrag")),
            ("liste.xlsx", b"PK\x03\x04 keine Tabelle"),
        )
        shown = opened(clerk, document)
        labels = [f.get("aria-label") for f in figures(shown)]
        assert labels == ["antrag.pdf, Seite 1", "miete.pdf, Seite 1"]
        assert words(shown) == "Antrag Mietvertrag"
        originals = shown.xpath("//a[@download]/@href")
        assert [clerk.get(one).status_code for one in originals] == [200, 200, 200]

    def test_a_type_without_view_says_so(self, clerk: Client, story: Story) -> None:
        shown = opened(clerk, story.document)
        assert figures(shown) == []
        assert "noch keine Ansicht im Browser" in text_of(shown.xpath("//main")[0])

    def test_a_wrong_name_is_said(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(story.matter, "Foto", ("foto.pdf", filing.scan(kind="PNG")))
        shown = opened(clerk, document)
        assert len(figures(shown)) == 1
        expected = "Der Dateiname passt nicht zum Inhalt: angegeben PDF, in Wahrheit PNG."
        assert expected in text_of(shown.xpath("//main")[0])


@pytest.mark.parametrize(
    "query",
    [
        {"ab": "x"},
        {"ab": "-1"},
        {"ab": "0"},
        {"ab": "999"},
        {"ab": "9" * 5000},
        {"ab": "²"},
        {"teil": "x", "ab": "1"},
        {"fassung": ""},
        {"fassung": "x"},
        {"fassung": "-1"},
        {"fassung": "0"},
        {"fassung": "9" * 5000},
        {"fassung": "٣"},
        {"q": "\x00"},
        {"q": "*" * 600},
    ],
)
def test_nonsense_in_the_address_shows_the_document(
    clerk: Client, letter: Document, query: dict[str, str]
) -> None:
    assert figures(opened(clerk, letter, **query))


class TestPortions:
    """A long document is read in portions that lose nothing."""

    @pytest.fixture(autouse=True)
    def short_portions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "PAGES_SHOWN", 2)

    def test_each_page_is_in_exactly_one(self, clerk: Client, story: Story) -> None:
        pages = [f"Seite {n}" for n in range(1, 6)]
        document = filing.file_data(
            story.matter, "Lang", ("a.pdf", filing.pdf("Anfang")), ("b.pdf", filing.pdf(*pages))
        )
        shown = list(self.walk(clerk, document))
        attached = [one for one in shown if one.startswith("b.pdf")]
        assert attached == [f"b.pdf, Seite {n}" for n in range(1, 6)]

    def walk(self, client: Client, document: Document) -> Iterator[str]:
        address = f"{reverse('document', args=[document.uuid])}?q=Seite"
        while address:
            shown = page(client.get(address).content)
            yield from (f.get("aria-label") for f in figures(shown))
            further = shown.xpath('//a[text()="Weitere Seiten"]/@href')
            assert all("q=Seite" in one for one in further)
            address = further[0] if further else ""

    def test_an_old_version_stays_the_old_one(self, clerk: Client, story: Story) -> None:
        old = filing.pdf("Alt 1", "Alt 2", "Alt 3")
        document = filing.file_data(story.matter, "Brief", ("brief.pdf", old))
        filing.renew(document, ("brief.pdf", filing.pdf("Neu")))
        shown = opened(clerk, document, fassung=1)
        (further,) = shown.xpath('//a[text()="Weitere Seiten"]/@href')
        assert words(page(clerk.get(further).content)) == "Alt 3"


class TestVersions:
    @pytest.fixture
    def renewed(self, story: Story) -> Document:
        document = filing.file_data(story.matter, "Brief", ("brief.pdf", filing.pdf("Erste")))
        return filing.renew(document, ("brief.pdf", filing.pdf("Zweite")), comment="berichtigt")

    def test_the_newest_is_shown_and_the_old_one_stays_readable(
        self, clerk: Client, renewed: Document
    ) -> None:
        newest = opened(clerk, renewed)
        assert words(newest) == "Zweite"
        assert "Fassung 2" in text_of(newest.xpath('//*[@aria-current="true"]')[0])
        (old,) = newest.xpath('//aside//a[contains(@href, "fassung=1")]/@href')
        shown = opened(clerk, renewed, **{"fassung": old.partition("=")[2]})
        assert words(shown) == "Erste"
        assert "berichtigt" in text_of(shown.xpath("//aside")[0])
        picture = figures(shown)[0].xpath("./img/@src")[0]
        assert clerk.get(picture).status_code == 200

    def test_each_has_its_own_original(self, clerk: Client, renewed: Document) -> None:
        for number, text in ((1, "Erste"), (2, "Zweite")):
            address = reverse("document-original", args=[renewed.uuid, number, 0])
            data = b"".join(clerk.get(address).streaming_content)  # type: ignore[attr-defined]
            assert data == filing.pdf(text)

    def test_one_that_never_was_is_not_there(self, clerk: Client, renewed: Document) -> None:
        address = reverse("document", args=[renewed.uuid])
        assert clerk.get(address, {"fassung": "3"}).status_code == 404


def hidden_matter(story: Story) -> Document:
    """A document in a matter that only the head of the office sees."""
    actor = person(personas.person(personas.CLERK_SOCIAL), "test.open")
    matter = open_matters([NewMatter(story.case_file, "Vertraulicher Vorgang")], actor)[0]
    document = filing.file_data(matter, "Verdeckt", ("v.pdf", filing.pdf("Verdeckter Text")))
    head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
    registry = person(personas.person(personas.HEAD_SOCIAL), "test.narrow")
    narrow_matters({matter.pk: [head.group_id]}, registry)
    document.refresh_from_db()
    return document


def addresses_of(document: Document) -> list[str]:
    return [
        reverse("document", args=[document.uuid]),
        reverse("document-original", args=[document.uuid, 1, 0]),
        reverse("document-page", args=[document.uuid, 1, 0, 1]),
        reverse("document-page-text", args=[document.uuid, 1, 0, 1]),
    ]


class TestSight:
    def test_insiders_open_everything(self, clerk: Client, letter: Document) -> None:
        assert [clerk.get(one).status_code for one in addresses_of(letter)] == [200] * 4

    def test_outsiders_get_nothing(self, outsider: Client, letter: Document) -> None:
        assert [outsider.get(one).status_code for one in addresses_of(letter)] == [404] * 4

    def test_a_narrowed_matter_hides_its_documents(self, clerk: Client, story: Story) -> None:
        hidden = hidden_matter(story)
        assert [clerk.get(one).status_code for one in addresses_of(hidden)] == [404] * 4
        listed = clerk.get(reverse("case-file", args=[story.case_file.uuid])).content.decode()
        assert "Verdeckt" not in listed
        assert "Vertraulicher Vorgang" not in listed

    def test_a_misfiled_document_vanishes(
        self, clerk: Client, letter: Document, story: Story
    ) -> None:
        Document.objects.filter(pk=letter.pk).update(status=DocumentStatus.MISFILED)
        assert [clerk.get(one).status_code for one in addresses_of(letter)] == [404] * 4

    def test_a_file_closed_to_the_reader_closes_its_documents(
        self, clerk: Client, letter: Document
    ) -> None:
        """Also when the document's own scope was not narrowed yet: both must allow."""
        other = stories.building_file()
        type(letter.case_file).objects.filter(pk=letter.case_file_id).update(
            scope=other.case_file.scope_id
        )
        assert [clerk.get(one).status_code for one in addresses_of(letter)] == [404] * 4


class TestNeighbours:
    def neighbours(self, client: Client, document: Document) -> tuple[str, str]:
        """Addresses of the older and the newer document; empty at the ends."""
        shown = opened(client, document)
        older = shown.xpath('//a[@data-key="k"]/@href')
        newer = shown.xpath('//a[@data-key="j"]/@href')
        return ("".join(older), "".join(newer))

    def test_order_is_date_then_number_and_skips_what_is_hidden(
        self, clerk: Client, story: Story
    ) -> None:
        day = date(2026, 11, 20)
        late = filing.fill(story.matter, 1, day=date(2026, 12, 1))
        same_day = filing.fill(story.matter, 4, day=day)
        early = filing.fill(story.matter, 1, day=date(2025, 1, 1))
        hidden_matter(story)
        Document.objects.filter(pk=same_day[1].pk).update(status=DocumentStatus.MISFILED)
        stories.social_file("4712")
        expected = [*early, story.document, same_day[0], *same_day[2:], *late]
        addresses = [reverse("document", args=[one.uuid]) for one in expected]
        found = [self.neighbours(clerk, one) for one in expected]
        assert found == list(zip(["", *addresses], [*addresses[1:], ""], strict=False))


def test_beside_the_table_only_the_reader_is_sent(clerk: Client, letter: Document) -> None:
    address = reverse("document", args=[letter.uuid])
    answer = clerk.get(address, headers={"HX-Request": "true", "HX-Target": "lesen"})
    body = answer.content.decode()
    assert "<html" not in body
    assert "Nachzahlung" in body
    assert "HX-Request" in answer.headers.get("Vary", "")


def test_everyone_is_no_shortcut(outsider: Client, letter: Document) -> None:
    """The group of all employees is a principal like any other, not a way in."""
    assert everyone() not in letter.scope.allow
    assert outsider.get(reverse("document", args=[letter.uuid])).status_code == 404
