"""Records on "Mein Tag": the newest documents and files of the person, and nobody else's."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from goettingen_ecm.access.principals import compute, rights_of
from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.audit.recording import SEARCH_IN_PROTECTED_CIRCLE
from goettingen_ecm.operations import clock
from records import start_cards
from records.choices import DocumentStatus
from records.models import CaseFile, Document
from tests import personas, stories
from tests.desk.markup import page
from tests.records.views import filing
from tests.stories import Story


def shown(client: Client, kind: str) -> list[str]:
    """The addresses of the card's documents (``dokument``) or files (``akte``)."""
    answer = client.get(reverse("start"))
    assert answer.status_code == 200
    return [
        str(one)
        for one in page(answer.content).xpath('//ul[@class="desk-list"]/li/a/@href')
        if one.startswith(f"/{kind}/")
    ]


def test_the_newest_documents_of_my_files(clerk: Client, story: Story) -> None:
    late = filing.fill(story.matter, 3, day=date(2026, 12, 24))
    stories.building_file()
    expected = [*reversed(late), story.document]
    assert shown(clerk, "dokument") == [reverse("document", args=[d.uuid]) for d in expected]


def test_misfiled_documents_leave_no_gap(clerk: Client, story: Story) -> None:
    made = filing.fill(story.matter, start_cards.CARD_ROWS + 4, day=date(2026, 12, 24))
    gone = [one.pk for one in made[-4:]]
    Document.objects.filter(pk__in=gone).update(status=DocumentStatus.MISFILED)
    expected = list(reversed(made[:-4]))
    assert shown(clerk, "dokument") == [reverse("document", args=[d.uuid]) for d in expected]


def test_the_files_that_moved_last(clerk: Client, story: Story) -> None:
    later = stories.social_file("4712")
    CaseFile.objects.filter(pk=story.case_file.pk).update(
        last_activity_at=clock.now() - timedelta(days=9000)
    )
    expected = [later.case_file, story.case_file]
    assert shown(clerk, "akte") == [reverse("case-file", args=[f.uuid]) for f in expected]


def test_others_see_nothing_of_it(outsider: Client, story: Story) -> None:
    assert shown(outsider, "dokument") == shown(outsider, "akte") == []


@pytest.mark.parametrize("name", [personas.CLERK_SOCIAL, personas.HEAD_SOCIAL, personas.REGISTRY])
def test_cached_rights_are_the_computed_ones(quick_city: None, name: str) -> None:
    cache.set("reachable", 1)
    assert cache.get("reachable") == 1
    first, second = (rights_of(personas.person(name)) for _ in range(2))
    assert first == second == compute(first.user_id)


def test_each_search_in_a_protected_circle_is_written_down(clerk: Client, story: Story) -> None:
    """Also the later ones, when the rights come out of the cache."""
    for word in ("Heizkosten", "Miete", "Bescheid"):
        assert clerk.get(reverse("search"), {"q": word}).status_code == 200
    entries = AuditEntry.objects.filter(action=SEARCH_IN_PROTECTED_CIRCLE)
    assert [entry.digests["circles"] for entry in entries] == [[Circle.SOCIAL]] * 3
