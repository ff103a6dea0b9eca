"""„Meinten Sie“: slips are mended, names and what is not the reader's are never offered (Q1, D3)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.analysis.folding import fold
from records.analysis.lexemes import stem
from records.analysis.vocabulary import Noun, read_nouns
from records.models import DocumentText, SearchWord
from records.selectors import search as selector
from records.selectors.did_you_mean import Dictionary, better_words, dictionary, mended_words
from records.services import search_words
from records.services.parties import Involvement, involve
from records.services.search_words import Seen, count_words
from records.tasks import count_search_words
from tests import personas, stories
from tests.access.world import machine
from tests.personas import ARCHIVE, CLERK_BUILDING, CLERK_SOCIAL
from tests.records.found_rows import copies
from tests.stories import Story

# What is typed and what is meant: letters swapped, left out, doubled, hit beside, umlauts lost.
_SLIPS = """
Gewerbesteur:Gewerbesteuer Gewebesteuer:Gewerbesteuer Bauantarg:Bauantrag Bauantragg:Bauantrag
Gebürenbescheid:Gebührenbescheid Widersprch:Widerspruch
Wiederspruch:Widerspruch Widerruff:Widerruf Grundsicherrung:Grundsicherung
Grundscherung:Grundsicherung Wohngld:Wohngeld Einwohnermeldamt:Einwohnermeldeamt
Satzugn:Satzung Strassenbeleuchtng:Straßenbeleuchtung Strase:Straße Bebauungspaln:Bebauungsplan
Bebaungsplan:Bebauungsplan Meldebescheinigng:Meldebescheinigung Reisepas:Reisepass
Ordnungswiedrigkeit:Ordnungswidrigkeit Sondernuzung:Sondernutzung Verwaltngsakt:Verwaltungsakt
Kindertagestätte:Kindertagesstätte Anhöhrung:Anhörung Zustelung:Zustellung
Abfallgebür:Abfallgebühr Vollstrekung:Vollstreckung Antragsteler:Antragsteller
"""
SLIPS = _SLIPS.split()
MEANT = sorted({pair.partition(":")[2] for pair in SLIPS})
DAYS = [date(2026, 3, day) for day in range(1, 6)]


def of_words(words: Sequence[str]) -> Dictionary:
    by_length = defaultdict(list)
    for word in words:
        by_length[len(fold(word))].append(fold(word))
    return Dictionary(
        None,
        dict(by_length),
        {fold(word): word for word in words},
        {fold(word): 10 for word in words},
        frozenset(stem(fold(word)) for word in words),
    )


class TestMending:
    @pytest.mark.parametrize("pair", SLIPS)
    def test_q1_a_slip_leads_to_the_word_meant(self, pair: str) -> None:
        typed, meant = pair.split(":")
        assert mended_words(typed, of_words(MEANT))[0] == meant

    @pytest.mark.parametrize(
        "typed",
        [
            "Satzungen",  # another form of a known word
            "Gebuehrenbescheid",  # another spelling of it
            "Gebuhrenbescheid",  # found by its stem
            "und",
            "Bau",
            "50.10-4711",
            "-Satzugn",
            "Satzugn*",
            "typ:Satzugn",
            "Zitronenfalter",
        ],
    )
    def test_what_is_no_slip_is_left_alone(self, typed: str) -> None:
        assert mended_words(typed, of_words(MEANT)) == []

    def test_only_the_wrong_word_of_a_line_changes(self) -> None:
        mended = mended_words("Satzugn Friedhof -alt 2024", of_words([*MEANT, "Friedhof"]))
        assert mended[0] == "Satzung Friedhof -alt 2024"

    def test_only_two_words_are_looked_up(self) -> None:
        """The cost is bounded: 20,000 words are compared with two typed ones at most."""
        mended = mended_words("Satzugn Bauantarg Widersprch", of_words(MEANT))
        assert mended[0] == "Satzung Bauantrag Widersprch"


@pytest.fixture
def files(quick_city: None) -> tuple[Story, Story]:
    return stories.social_file(), stories.building_file()


def write(story: Story, text: str, times: int = 5) -> None:
    """So many further documents with this text in the story's file."""
    filed = stories.file_text(story.matter, "Vermerk", text, machine())
    rows = copies(filed, DAYS[: times - 1])
    DocumentText.objects.bulk_create(
        DocumentText(document=row, version_number=1, text=text, offsets=b"", analyser_version=0)
        for row in rows
    )


def offered() -> set[str]:
    count_words()
    return set(SearchWord.objects.values_list("word", flat=True))


def suggestion(username: str, words: str) -> str:
    user = personas.person(username)
    return better_words(user, words, selector.search(user, words), selector.PLAIN)


@pytest.fixture(scope="module")
def nouns() -> Sequence[Noun]:
    return read_nouns()


@pytest.fixture
def read_once(nouns: Sequence[Noun], monkeypatch: pytest.MonkeyPatch) -> None:
    """The real dictionary; reading it takes seconds, and each count reads it anew."""
    monkeypatch.setattr(search_words, "read_nouns", lambda: nouns)


@pytest.mark.usefixtures("read_once")
class TestWordsOffered:
    def test_words_of_many_documents_of_several_units(self, files: tuple[Story, Story]) -> None:
        for story in files:
            write(story, "Der Gebührenbescheid wurde schriftlich angefochten.")
        assert {"Gebührenbescheid", "schriftlich", "angefochten"} <= offered()

    def test_d3_no_rare_word_and_none_of_one_unit(self, files: tuple[Story, Story]) -> None:
        write(files[0], "Sondernutzung und Bebauungsplan")
        write(files[1], "Sondernutzung", times=2)
        write(files[1], "Straßenbeleuchtung", times=1)
        words = offered()
        assert "Sondernutzung" in words
        assert not {"Bebauungsplan", "Straßenbeleuchtung"} & words

    def test_d3_no_name_however_frequent(self, files: tuple[Story, Story]) -> None:
        for story in files:
            write(story, "Satzung Hannelore Müller Qwerzmann Brandschutz Lindenhof lindenhof")
        involve(
            [Involvement(files[0].case_file, "Antrag", "Brandschutz", first_name="Lindenhof")],
            machine(),
        )
        assert {"Satzung"} == offered() & {
            "Satzung", "Hannelore", "Müller", "Qwerzmann", "Brandschutz", "Lindenhof", "lindenhof",
        }  # fmt: skip

    def test_d3_no_name_of_a_colleague(self, files: tuple[Story, Story]) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        clerk.last_name = "Bauantrag"
        clerk.save()
        for story in files:
            write(story, "Bauantrag Satzung")
        assert {"Satzung"} == offered() & {"Bauantrag", "Satzung"}

    def test_a_count_replaces_the_one_before(self, files: tuple[Story, Story]) -> None:
        for story in files:
            write(story, "Satzung")
        assert count_words() == count_search_words() > 0
        DocumentText.objects.all().delete()
        call_command("count_search_words")
        assert not SearchWord.objects.exists()
        assert dictionary().written == {}

    def test_capitals_are_not_the_usual_way_of_writing(self) -> None:
        seen = Seen()
        for text in ("SATZUNG", "SATZUNG", "Satzung"):
            seen.add(text, 1)
        assert seen.usual("satzung") == "Satzung"


class TestSuggestion:
    @pytest.fixture
    def words(self, files: tuple[Story, Story]) -> tuple[Story, Story]:
        """A word that stands in social and building files, and is offered."""
        for story in files:
            write(story, "Gebührenbescheid")
        SearchWord.objects.all().delete()
        count_words()
        return files

    def test_q1_a_link_runs_the_mended_search(
        self, words: tuple[Story, Story], client_of: Callable[[str], Client]
    ) -> None:
        client = client_of(CLERK_SOCIAL)
        page = client.get(
            reverse("search"), {"q": "Gebürenbescheid", "ordnung": "datum"}
        ).content.decode()
        assert "Meinten Sie" in page
        assert '?q=Geb%C3%BChrenbescheid&amp;ordnung=datum"' in page
        after = client.get(reverse("search"), {"q": "Gebührenbescheid"}).content.decode()
        assert "5 Treffer" in after
        assert "Meinten Sie" not in after

    def test_d3_only_with_hits_of_ones_own(self, words: tuple[Story, Story]) -> None:
        assert suggestion(CLERK_BUILDING, "Gebürenbescheid") == "Gebührenbescheid"
        assert suggestion(ARCHIVE, "Gebürenbescheid") == ""

    def test_d3_nothing_from_files_of_others(self, files: tuple[Story, Story]) -> None:
        """Offered or not: a word without a document of the reader's own is not shown."""
        write(files[0], "Gebührenbescheid")
        SearchWord.objects.create(
            folded="gebuehrenbescheid", word="Gebührenbescheid",
            documents=900, units=9, counted_at=timezone.now(),
        )  # fmt: skip
        assert suggestion(CLERK_SOCIAL, "Gebürenbescheid") == "Gebührenbescheid"
        assert suggestion(CLERK_BUILDING, "Gebürenbescheid") == ""

    @pytest.mark.parametrize(
        "typed",
        [
            "Gebürenbescheid " * 9,
            "Gebürenbescheid " + "x" * 120,
            '"Gebürenbescheid"',
            "Gebürenbescheid\x00 \u202e(((",
            "'; DROP TABLE records_searchword; --",
            "-Gebürenbescheid",
        ],
    )
    def test_long_or_odd_queries_get_none(self, words: tuple[Story, Story], typed: str) -> None:
        assert suggestion(CLERK_SOCIAL, typed) == ""

    def test_a_search_with_hits_enough_gets_none(self, words: tuple[Story, Story]) -> None:
        write(words[0], "Gebürenbescheid", times=3)
        assert suggestion(CLERK_SOCIAL, "Gebürenbescheid") == ""
