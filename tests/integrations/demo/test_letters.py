"""Letters: complete wordings, believable sums, PDFs that any machine makes the same."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from random import Random

import pypdfium2
import pytest
from pypdf import PdfReader

from integrations.demo import tables
from integrations.demo.cases import Case, make_case
from integrations.demo.chance import seeded
from integrations.demo.composing import compose
from integrations.demo.course import (
    EPISODES,
    OBJECTION,
    OPENING,
    REFUSAL,
    RENEWAL,
    WITHHELD,
    Step,
    make_course,
)
from integrations.demo.facts import remedy_until
from integrations.demo.rendering import render
from integrations.demo.vocabulary import BENEFITS, Benefit, letters

UNTIL = date(2026, 11, 20)
FONTS = ("LibertinusSerif", "DejaVuSansMono")


def a_case(seed: int = 1, benefit: Benefit = BENEFITS[0]) -> Case:
    return replace(make_case(seeded(seed), f"0001-{seed:06d}", date(2024, 1, 2)), benefit=benefit)


def a_step(kind: str, seed: int = 1) -> Step:
    case = a_case(seed)
    return replace(make_course(Random(seed), case, 3, UNTIL)[-1], kind=kind)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_every_kind_of_a_course_has_a_wording_and_the_other_way_round() -> None:
    used = {
        k
        for episode in (*EPISODES, OPENING, OBJECTION, RENEWAL, REFUSAL, WITHHELD)
        for k in episode
    }
    assert used == set(letters())


@pytest.mark.parametrize("benefit", BENEFITS, ids=lambda benefit: benefit.code)
@pytest.mark.parametrize("kind", sorted(letters()))
def test_every_wording_is_filled_in(kind: str, benefit: Benefit) -> None:
    for seed in range(25):
        letter = compose(a_case(seed, benefit), a_step(kind, seed), f"OP-{seed}")
        page = json.loads(letter.source)
        for text in _texts(page):
            assert "{" not in text
            assert "None" not in text
        assert letter.day == a_step(kind, seed).day
        assert len(letter.title) <= 500


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []


@pytest.mark.parametrize("layout", ["authority", "citizen", "form", "note"])
def test_a_pdf_is_the_same_everywhere_and_carries_its_fonts(layout: str) -> None:
    kind = next(name for name, kind in sorted(letters().items()) if kind["layout"] == layout)
    letter = compose(a_case(), a_step(kind), "OP-0001-1")
    content = render(letter.source, letter.day)
    assert content == render(letter.source, letter.day)
    reader = PdfReader(BytesIO(content))
    names = {font for page in reader.pages for font in _embedded_fonts(page)}
    assert names
    assert all(any(known in name for known in FONTS) for name in names), names
    assert reader.metadata is not None
    assert reader.metadata.title == letter.title
    assert reader.xmp_metadata is not None
    assert reader.xmp_metadata.pdfaid_part == "2"


def _embedded_fonts(page: object) -> list[str]:
    fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
    found = []
    for font in fonts:
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        found.append(str(inner["/BaseFont"]))
    return found


def test_two_documents_never_share_bytes_or_text() -> None:
    case, step = a_case(), a_step("mitwirkungsaufforderung")
    one, other = (compose(case, step, f"OP-0001-{n}") for n in (1, 2))
    pdfs = [render(letter.source, letter.day) for letter in (one, other)]
    assert pdfs[0] != pdfs[1]
    assert text_of(pdfs[0]) != text_of(pdfs[1])


def test_long_german_words_are_hyphenated() -> None:
    letter = compose(a_case(), a_step("mitwirkungsaufforderung"), "OP-0001-1")
    page = json.loads(letter.source)
    page["blocks"] = [{"kind": "text", "text": "Grundsicherungsleistungsberechtigte " * 40}]
    # pdfium writes U+FFFE where a word was divided at the end of a line.
    assert "\ufffe" in text_of(render(json.dumps(page), letter.day))


@pytest.mark.parametrize("benefit", BENEFITS, ids=lambda benefit: benefit.code)
def test_sums_add_up(benefit: Benefit) -> None:
    for seed in range(60):
        case = a_case(seed, benefit)
        sums = tables.calculation(case, UNTIL)
        assert sums.benefit >= tables.SMALLEST_BENEFIT
        if benefit.code in ("grundsicherung", "hlu"):
            assert sums.need - sums.pension == sums.benefit
        assert 20_000 < sums.rent < 80_000


def test_the_landlords_table_adds_up_to_the_claim() -> None:
    block = tables.utility_table(a_case(), a_step("heizkostenabrechnung"))
    amounts = [_cents(row[1]) for row in block["rows"]]
    assert sum(amounts) == _cents(block["total"][1])


def _cents(text: str) -> int:
    return int(text.removesuffix(" €").replace(".", "").replace(",", ""))


@pytest.mark.parametrize(
    ("cents", "text"), [(5, "0,05 €"), (123_456_789, "1.234.567,89 €"), (-100, "-1,00 €")]
)
def test_money_is_written_german(cents: int, text: str) -> None:
    assert tables.money(cents) == text


@pytest.mark.parametrize(
    ("posted", "until"),
    [
        (date(2026, 9, 30), date(2026, 11, 4)),
        (date(2026, 1, 27), date(2026, 3, 2)),
        (date(2026, 12, 1), date(2027, 1, 5)),
        (date(2026, 11, 2), date(2026, 12, 7)),
    ],
)
def test_the_month_of_remedy_begins_on_the_fourth_day_after_posting(
    posted: date, until: date
) -> None:
    assert remedy_until(posted) == until


@pytest.mark.parametrize("documents", [1, 2, 7, 12, 66, 500])
def test_a_course_has_the_wanted_length_and_runs_forward(documents: int) -> None:
    for seed in range(8):
        steps = make_course(Random(seed), a_case(seed), documents, UNTIL)
        assert len(steps) == documents
        days = [step.day for step in steps]
        assert days == sorted(days)
        assert days[-1] <= UNTIL
        assert steps[0].kind == "antrag"
        for step in steps:
            assert step.applied_on <= step.day
            assert step.period_from < step.period_until
