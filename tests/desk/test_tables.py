"""The list component: headings, rows, keyset links, selection, empty state."""

from dataclasses import dataclass

import pytest
from django.http import QueryDict

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.tables import Column, Empty, Table
from tests.desk.markup import render, text_of


@dataclass
class Row:
    number: str
    title: str
    pages: int | None = None


ROWS = [Row("50.21-2026/0413", "<b>Grundsicherung</b>", 2314), Row("50.21-2026/0397", "Wohngeld")]


def table_of(query: str = "", **changes: object) -> Table[Row]:
    settings: dict[str, object] = {
        "caption": "Akten",
        "columns": [
            Column("Aktenzeichen", lambda row: row.number, sort="zeichen"),
            Column("Akte", lambda row: row.title, sort="akte"),
            Column("Seiten", lambda row: row.pages, align="end"),
        ],
        "rows": ROWS,
        "empty": Empty("Keine Akten", "Neu anlegen?", "/neu/", "Anlegen"),
        "query": QueryDict(query),
        "row_url": lambda row: f"/akte/{row.number[-4:]}/?a=1&b=2",
        "row_key": lambda row: row.number,
    }
    return Table(**(settings | changes))  # type: ignore[arg-type]


def test_values_are_escaped_and_markup_of_cells_is_kept() -> None:
    body = str(table_of().body())
    assert "&lt;b&gt;Grundsicherung&lt;/b&gt;" in body
    marked = table_of(columns=[Column("Stand", lambda row: cells.badge("neu & offen", "info"))])
    assert 'class="desk-badge desk-tone-info"' in marked.body()
    assert "neu &amp; offen" in marked.body()


def test_numbers_get_separators_and_none_stays_empty() -> None:
    cells_of = render("{% data_table table %}", table=table_of()).xpath(
        '//td[@data-label="Seiten"]'
    )
    assert [text_of(cell) for cell in cells_of] == ["2.314", ""]


def test_the_first_column_is_the_rows_heading_and_link() -> None:
    root = render("{% data_table table %}", table=table_of())
    links = root.xpath('//tbody//th[@scope="row"]/a[@data-row-link]')
    assert [link.get("href") for link in links] == ["/akte/0413/?a=1&b=2", "/akte/0397/?a=1&b=2"]


@pytest.mark.parametrize(
    ("sort", "direction", "next_word"),
    [("akte", "ascending", "-akte"), ("-akte", "descending", "akte"), ("zeichen", None, "akte")],
)
def test_sort_headers_are_links_that_turn_round(
    sort: str, direction: str | None, next_word: str
) -> None:
    heads = list(table_of(sort=sort).headings())
    head = heads[1]
    assert (head.direction or None) == direction
    assert QueryDict(head.url[1:])["sortierung"] == next_word
    root = render("{% data_table table %}", table=table_of(sort=sort))
    assert root.xpath("string(//th[2]/@aria-sort)") == (direction or "")


def test_links_keep_filters_and_drop_the_old_place() -> None:
    table = table_of("stand=offen&nach=xyz&sortierung=akte", next_query={"nach": "neu 1"})
    sort_query = QueryDict(next(iter(table.headings())).url[1:])
    assert sort_query["stand"] == "offen"
    assert "nach" not in sort_query
    next_query = QueryDict(table.next_url[1:])
    assert (next_query["nach"], next_query["stand"], next_query["sortierung"]) == (
        "neu 1",
        "offen",
        "akte",
    )
    assert table.previous_url == ""


def test_columns_without_sort_have_no_link() -> None:
    assert list(table_of().headings())[2].url == ""


def test_selection_names_every_box_and_carries_the_key() -> None:
    root = render("{% data_table table %}", table=table_of(selection="akte"))
    boxes = root.xpath('//tbody//input[@type="checkbox"]')
    assert [box.get("value") for box in boxes] == [row.number for row in ROWS]
    assert {box.get("name") for box in boxes} == {"akte"}
    assert text_of(boxes[0].getparent()) == "50.21-2026/0413 auswählen"


def test_the_current_row_is_marked() -> None:
    root = render("{% data_table table %}", table=table_of(current_key=ROWS[1].number))
    assert len(root.xpath('//tr[@aria-current="true"]')) == 1
    assert "0397" in text_of(root.xpath('//tr[@aria-current="true"]')[0])


def test_detail_loads_beside_the_list_and_still_has_an_address() -> None:
    root = render("{% data_table table %}", table=table_of(detail="#detail"))
    link = root.xpath("//a[@data-row-link]")[0]
    assert link.get("hx-get") == link.get("href")
    assert link.get("hx-target") == "#detail"


def test_an_empty_list_says_what_to_do_next() -> None:
    root = render("{% data_table table %}", table=table_of(rows=[]))
    assert not root.xpath("//table")
    assert "Keine Akten" in text_of(root)
    assert root.xpath("string(//a/@href)") == "/neu/"


def test_own_rows_stand_in_the_tables_frame() -> None:
    source = "{% table_frame table %}<tr><th>selbst</th></tr>{% endtable_frame %}"
    root = render(source, table=table_of())
    assert [text_of(row) for row in root.xpath("//tbody/tr")] == ["selbst"]
    assert len(root.xpath("//thead//th")) == 3


def test_a_badge_refuses_an_unknown_tone() -> None:
    with pytest.raises(ValueError, match="pink"):
        cells.badge("neu", "pink")


def test_cells_are_cheap() -> None:
    """Fifty rows of seven cells are a list page; templates would cost 30 ms of its 30."""
    import time

    columns: list[Column[Row]] = [
        Column(f"S{n}", lambda row: cells.badge(row.title, "info")) for n in range(7)
    ]
    table = table_of(rows=ROWS * 25, columns=columns)
    table.body()
    spent = min(_seconds(table, time.process_time) for _ in range(5))
    assert spent < 0.03


def _seconds(table: Table[Row], clock: object) -> float:
    start = clock()  # type: ignore[operator]
    table.body()
    return float(clock() - start)  # type: ignore[operator]
