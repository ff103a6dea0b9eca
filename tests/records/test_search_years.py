"""Shape G over several years: the cap, the second walk, the budget, against plain SQL (Q1, Q2)."""

import re
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.access.principals import rights_of
from records.analysis import parse_query
from records.search_index.passes import Budget, Found, Wanted, newest_first
from records.selectors import search as selector
from tests import personas, stories
from tests.personas import CLERK_BUILDING, CLERK_SOCIAL
from tests.records.found_rows import copies
from tests.records.views.conftest import logged_in
from tests.stories import Story

WORD = "Heizkostennachzahlung"
# With the notice of 20.11.2026 itself; before and after the yearly partitions, too.
DAYS = (
    date(2046, 3, 1),
    date(2027, 1, 2),
    *[date(2026, 11, day) for day in range(1, 8)],
    date(2025, 12, 31),
    date(2025, 1, 1),
    date(2019, 6, 1),
    date(2019, 5, 1),
    date(2004, 2, 29),
    date(1987, 7, 7),
)
ALL = len(DAYS) + 1
# After the hits of 2025 come those of 2019; a year between them counts as one to search when rows
# of other tests ever stood in its partition.
UNREAD = [date(year, 12, 31) for year in range(2019, 2025)]
# No partition by name, no cap, no walk: what the passes must agree with.
ORACLE = """
SELECT document_id FROM records_searchentry
WHERE tsv @@ %s::tsquery AND acl && %s::int[] AND NOT deny && %s::int[] AND sort_date BETWEEN %s AND %s
ORDER BY sort_date DESC, document_id DESC
"""


@pytest.fixture
def story(quick_city: None) -> Story:
    story = stories.social_file()
    copies(story.document, DAYS)
    stories.building_file(f"Garage mit {WORD}")
    return story


def wanted(
    cap: int, newest: int, since: date = date.min, until: date = date.max, text: str = WORD
) -> Wanted:
    rights = rights_of(personas.person(CLERK_SOCIAL))
    query = parse_query(text).tsquery
    return Wanted(query, rights.principals, rights.user_id, since, until, cap, newest)


def oracle(one: Wanted) -> list[int]:
    parameters: list[Any] = [one.query, list(one.principals), [one.user_id], one.since, one.until]
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def checked(one: Wanted) -> Found:
    """The answer, after comparing it with all rows."""
    found, every = newest_first(one, Budget(60)), oracle(one)
    assert found.total == min(len(every), one.cap + 1)
    assert found.ids == every[: min(one.newest, found.total)]
    assert found.unread is None
    return found


class TestPasses:
    def test_q1_every_year_counts_newest_first(self, story: Story) -> None:
        found = checked(wanted(cap=10_000, newest=500))
        assert found.total == ALL
        assert [str(row.sort_date.year) for row in found.newest][:2] == ["2046", "2027"]

    def test_the_cap_inside_a_year_still_gives_the_newest(self, story: Story) -> None:
        """The cap is reached in 2026: its newest come from the walk by date."""
        for cap in range(1, ALL + 2):
            for newest in range(1, cap + 2, 3):
                checked(wanted(cap=cap, newest=newest))

    def test_older_years_are_not_read_once_the_cap_is_reached(self, story: Story) -> None:
        with CaptureQueriesContext(connection) as captured:
            newest_first(wanted(cap=1, newest=1), Budget(60))
        statements = " ".join(one["sql"] for one in captured.captured_queries)
        assert "records_searchentry_2027 entry" in statements
        assert "records_searchentry_2026 entry" not in statements

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        cap=st.integers(1, 20),
        newest=st.integers(1, 20),
        limits=st.tuples(*[st.dates(date(1980, 1, 1), date(2050, 1, 1))] * 2),
        text=st.sampled_from([WORD, "Heizk*", '"Bescheid über die"', f"{WORD} -Garage", "Garage"]),
    )
    def test_any_limits(
        self, story: Story, cap: int, newest: int, limits: tuple[date, date], text: str
    ) -> None:
        checked(wanted(cap, min(newest, cap + 1), min(limits), max(limits), text))

    def test_a_prefix_needs_four_letters(self, story: Story) -> None:
        assert ":*" in parse_query("Heiz*").tsquery
        assert ":*" not in parse_query("Hei*").tsquery


def clock_of(*times: float) -> Callable[[], float]:
    """A clock that says these times, then the last for ever."""
    said = iter(times)
    return lambda: next(said, times[-1])


def slow(seconds: float) -> Budget:
    """Two seconds by a clock that moves on by so much whenever it is read."""
    ticks = count()
    return Budget(2.0, lambda: next(ticks) * seconds)


class TestBudget:
    def test_what_was_found_so_far_is_shown_and_the_rest_is_named(self, story: Story) -> None:
        """Two years, one, one: then the two seconds are over."""
        found = newest_first(wanted(10_000, 500), slow(0.5))
        years = [str(row.sort_date.year) for row in found.newest]
        assert years == ["2046", "2027", *["2026"] * 8, *["2025"] * 2]
        assert found.unread is not None
        assert found.unread.until in UNREAD
        assert not found.stuck

    def test_going_on_reaches_every_hit_once(self, story: Story) -> None:
        clerk, seen, before = personas.person(CLERK_SOCIAL), list[int](), None
        for _round in range(3):
            wish = selector.Wish(before=before)
            result = selector.search(clerk, WORD, wish=wish, budget=slow(0.7))
            seen += [hit.document.pk for hit in result.hits]
            before = result.older_than
        assert before is None
        assert sorted(seen) == sorted(oracle(wanted(1, 1)))

    def test_without_any_time_the_first_year_is_passed_over(self, story: Story) -> None:
        result = selector.search(
            personas.person(CLERK_SOCIAL), WORD, budget=Budget(2.0, clock_of(0.0, 3.0))
        )
        assert (result.total, result.stuck) == (0, True)
        assert result.older_than == date(2046, 1, 1)

    def test_the_page_offers_the_older_years(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = logged_in(CLERK_SOCIAL)
        monkeypatch.setattr(selector, "Budget", lambda _seconds: slow(0.5))
        page = page_of(client, WORD)
        assert "12 Treffer" in page
        offered = re.search(rf"\?q={WORD}&amp;vor=(\d{{4}})-01-01", page)
        assert offered is not None
        assert f"was älter ist als der 01.01.{offered[1]}" in page
        monkeypatch.undo()
        page = page_of(client, WORD, vor=f"{offered[1]}-01-01")
        assert f"{ALL - 12} Treffer" in page
        assert f"Durchsucht ist nur, was älter ist als der 01.01.{offered[1]}." in page

    def test_d3_older_years_betray_nothing_to_others(self, story: Story) -> None:
        page = page_of(logged_in(CLERK_BUILDING), WORD, vor="2020-01-01")
        assert "0 Treffer in dem, was Sie sehen dürfen." in page

    def test_nonsense_is_no_limit(self, story: Story) -> None:
        for value in ("", "gestern", "2026-13-01", "0001-01-01", "9999-12-31"):
            page_of(logged_in(CLERK_SOCIAL), WORD, vor=value)


def page_of(client: Client, text: str, **further: str) -> str:
    answer = client.get(reverse("search"), {"q": text, **further})
    assert answer.status_code == 200
    return answer.content.decode()
