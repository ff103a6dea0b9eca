"""A file with many documents costs no more than one with few: counted in rows, not in seconds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.access.paging import Cursor
from records.models import Document
from records.selectors import case_files, documents, facets
from records.views.case_files import _count_text
from tests import personas, stories
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

PAGE, CAP, COUNTED = 5, 20, 8
FEW, MANY = 40, 160


@pytest.fixture
def story(quick_city: None) -> Story:
    found = stories.social_file()
    plan_as_in_a_large_table()
    return found


def plan_as_in_a_large_table() -> None:
    """The planner takes the index that fits, as it does in a table of millions of rows."""
    with connection.cursor() as cursor:
        for kind in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        # Reading this small table from end to end costs more than looking up a page's rows.
        cursor.execute("SET LOCAL random_page_cost = 0")
        cursor.execute("SET LOCAL cpu_tuple_cost = 10")


def documents_read() -> int:
    """Rows of documents this transaction has fetched so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = 'records_document'"
        )
        return int(cursor.fetchone()[0])


def read_by_first_page(story: Story, after: str = "") -> int:
    user, before = personas.person(personas.CLERK_SOCIAL), documents_read()
    found = documents.documents_page(
        user, story.case_file, documents.NEWEST_FIRST, after=after, limit=PAGE
    )
    assert len(found.rows) == PAGE
    return documents_read() - before


def middle(story: Story) -> str:
    rows = Document.objects.filter(case_file=story.case_file).order_by("-sort_date", "-pk")
    one = rows[rows.count() // 2]
    return Cursor(str(one.sort_date), one.pk).encode()


def test_counts_beside_filters_and_matters_stop(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "CAP", CAP)
    monkeypatch.setattr(case_files, "COUNTED", COUNTED)
    user, asked = personas.person(personas.CLERK_SOCIAL), []
    for number in (FEW, MANY):
        filing.fill(story.matter, number)
        before = documents_read()
        rows = documents.documents_of(user, story.case_file)
        counted = facets.count(rows, facets.DOCUMENT_FACETS)
        matters = case_files.matters_with_counts(user, story.case_file)
        assert (counted.total, counted.capped) == (CAP, True)
        assert matters[0].documents_there == COUNTED  # type: ignore[attr-defined]
        asked.append(documents_read() - before)
    assert CAP < asked[0] == asked[1] <= CAP + 1 + len(matters) * COUNTED


@pytest.mark.parametrize("sort", ["betreff", "-richtung", "typ", "abgelegt"])
def test_other_orders_sort_ids_before_anything_is_joined(story: Story, sort: str) -> None:
    """Names, types and locks are looked up for the rows shown."""
    filing.fill(story.matter, FEW)
    user = personas.person(personas.CLERK_SOCIAL)
    with CaptureQueriesContext(connection) as captured:
        documents.documents_page(user, story.case_file, documents.order_from(sort), limit=PAGE)
    (statement,) = [q["sql"] for q in captured.captured_queries if "records_checkout" in q["sql"]]
    inner = statement[statement.index(" = ANY(ARRAY(") :]
    assert f"LIMIT {PAGE + 1})" in inner
    assert "records_checkout" not in inner.partition(" LIMIT ")[0]


def test_the_tree_says_where_it_stopped_counting(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "COUNTED", COUNTED)
    assert _count_text([3, COUNTED - 1]) == str(3 + COUNTED - 1)
    filing.fill(story.matter, COUNTED)
    answer = logged_in(personas.CLERK_SOCIAL).get(reverse("case-file", args=[story.case_file.uuid]))
    assert answer.content.decode().count(f"{COUNTED - 1}+</span>") == 2
