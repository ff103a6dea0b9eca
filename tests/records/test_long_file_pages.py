"""The first page of a file with many documents, in a database no other test has filled.

Apart from ``test_long_files``: what other tests leave in the statistics of a shared database made
the planner sort a whole file now and then, which a table of millions of rows never sees.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from integrations.demo import city as demo_city
from tests import stories
from tests.records.test_long_files import (
    FEW,
    MANY,
    PAGE,
    middle,
    plan_as_in_a_large_table,
    read_by_first_page,
)
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(committed_db: str, django_db_blocker: Any) -> Iterator[Story]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo_city.build_city()
        found = stories.social_file()
        plan_as_in_a_large_table()
        yield found
        transaction.set_rollback(True)


def test_a_page_reads_the_documents_it_shows(story: Story) -> None:
    filing.fill(story.matter, FEW)
    first, further = read_by_first_page(story), read_by_first_page(story, middle(story))
    filing.fill(story.matter, MANY)
    assert PAGE < read_by_first_page(story) == first <= 3 * PAGE
    assert read_by_first_page(story, middle(story)) <= max(further, 3 * PAGE)
