"""Two submissions of one form at the same moment, with real commits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from integrations.demo import city as demo_city
from tests import personas, stories
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

CLICKS = 4


@pytest.fixture
def committed_story(committed_db: str, django_db_blocker: Any) -> Iterator[Story]:
    with django_db_blocker.unblock():
        demo_city.build_city()
        with transaction.atomic():
            story = stories.social_file()
        yield story
        connection.close()


def test_clicks_at_the_same_moment_file_once(committed_story: Story) -> None:
    address = reverse("document-upload", args=[committed_story.case_file.uuid])
    data = filing.pdf("Doppelklick")
    together = Barrier(CLICKS)

    def click(client: Any) -> int:
        form = {
            "file": SimpleUploadedFile("brief.pdf", data),
            "matter_title": "Neuer Vorgang",
            "direction": "eingang",
            "repeat_key": "derselbe",
        }
        together.wait()
        try:
            return int(client.post(address, form).status_code)
        finally:
            connection.close()

    clients = [logged_in(personas.CLERK_SOCIAL) for _ in range(CLICKS)]
    with ThreadPoolExecutor(CLICKS) as pool:
        assert list(pool.map(click, clients)) == [302] * CLICKS
    assert committed_story.case_file.documents.count() == 2
    assert committed_story.case_file.matters.filter(title="Neuer Vorgang").count() == 1
    assert filing.tmp_files() == []
