"""The demo's night: 214 entries, of which 211 can be filed, 2 are duplicates, 1 needs a person."""

from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from integrations.demo.story import (
    CLEARING_CASE_NUMBER,
    RARE_WORD,
    STORY_CASE_NUMBER,
    UNKNOWN_UNIT,
    write_story_delivery,
)
from integrations.formats.filing import Filing
from integrations.formats.reader import iter_entries, read_header, to_record
from integrations.open_prosoz.mapping import filing_of

KNOWN_UNITS = {"50.1", "50.2", "50.3"}
KNOWN_ENTRIES = {"50.10", "50.20", "50.30", "50.40"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_story_delivery(tmp_path_factory.mktemp("drop"))


@pytest.fixture(scope="module")
def filings(story: Path) -> list[Filing]:
    found = []
    for _, entry, faults in iter_entries(story / "index.json"):
        assert faults == []
        found.append(filing_of(to_record(entry), "01"))
    return found


def text_of(path: Path) -> str:
    pages = pypdfium2.PdfDocument(path)
    return " ".join(page.get_textpage().get_text_range() for page in pages)


def test_the_sum_of_the_night(story: Path, filings: list[Filing]) -> None:
    assert read_header(story / "index.json").entry_count == len(filings) == 214
    repeats = Counter((f.document_key, f.version, f.files[0].sha256) for f in filings)
    assert sorted(repeats.values())[-3:] == [1, 2, 2]
    strange = [f for f in filings if f.case_file and f.case_file.unit_code not in KNOWN_UNITS]
    assert [f.case_file.key[1] for f in strange if f.case_file] == [CLEARING_CASE_NUMBER]
    assert [f.case_file.unit_code for f in strange if f.case_file] == [UNKNOWN_UNIT]
    assert {f.case_file.entry_code for f in filings if f.case_file} <= KNOWN_ENTRIES


def test_the_clearing_case_stands_alone_in_its_file(filings: list[Filing]) -> None:
    mine = [f for f in filings if f.case_file and f.case_file.key[1] == CLEARING_CASE_NUMBER]
    assert len(mine) == 1


def test_the_file_tells_its_story_in_order(filings: list[Filing]) -> None:
    told = [
        f.document
        for f in filings
        if f.case_file and f.case_file.key[1] == STORY_CASE_NUMBER and f.document
    ]
    kinds = [document.type_code for document in told]
    wanted = ["antrag", "mitwirkungsaufforderung", "bewilligungsbescheid", "widerspruch"]
    assert [kind for kind in kinds if kind in wanted] == wanted
    assert "widerspruchsbescheid" not in kinds
    days = [document.letter_date for document in told if document.letter_date]
    assert days == sorted(days)


def test_one_document_has_an_attachment(filings: list[Filing]) -> None:
    assert Counter(len(f.files) for f in filings) == {1: 213, 2: 1}


def test_the_rare_word_stands_in_the_notice_and_in_no_other_file(
    story: Path, filings: list[Filing]
) -> None:
    holders = set()
    for filing in filings:
        for file in filing.files:
            if RARE_WORD.casefold() in text_of(story / "dateien" / file.name).casefold():
                assert filing.case_file is not None
                holders.add(
                    (filing.case_file.key[1], filing.document and filing.document.type_code)
                )
    assert {number for number, _ in holders} == {STORY_CASE_NUMBER}
    assert (STORY_CASE_NUMBER, "bewilligungsbescheid") in holders


def test_a_finished_story_is_not_written_twice(story: Path) -> None:
    with pytest.raises(FileExistsError):
        write_story_delivery(story.parent)
