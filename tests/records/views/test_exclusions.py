"""The list of exclusions: data protection's, numbers only of files it does not see (S2)."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.models import CaseFileExclusion
from records.services.actor import person
from records.services.rights import Exclusion, NewGrant, exclude_persons, grant_case_file_access
from tests import personas
from tests.access import world as w
from tests.records.views.conftest import logged_in
from tests.stories import Story

REASON = "Nachbarin der Antragstellerin"


def exclude(story: Story, name: str = "brandt") -> User:
    excluded = personas.person(name)
    head = person(personas.person(personas.HEAD_SOCIAL), "test")
    with clock.fixed(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        exclude_persons([Exclusion(story.case_file.pk, excluded.pk, REASON)], head)
    return excluded


def page(name: str = personas.DATA_PROTECTION, **query: Any) -> str:
    return logged_in(name).get(reverse("exclusions"), query).content.decode()


def test_s2_data_protection_sees_who_since_and_by_whom_but_no_title(story: Story) -> None:
    exclude(story)
    shown = page()
    assert story.case_file.aktenzeichen in shown
    for known in ("Sabine Brandt", "20.11.2026", "Petra Voss"):
        assert known in shown
    for hidden in (story.case_file.title, REASON, str(story.case_file.uuid)):
        assert hidden not in shown


def test_title_and_reason_where_the_file_is_visible(quick_city: None) -> None:
    case_file = w.open_file("63.10", "63.1")
    reader = personas.person(personas.DATA_PROTECTION)
    wish = NewGrant(case_file.pk, cause="Prüfung", user_id=reader.pk)
    grant_case_file_access([wish], w.machine())
    clerk = personas.person(personas.CLERK_BUILDING)
    exclude_persons([Exclusion(case_file.pk, clerk.pk, REASON)], w.machine())
    shown = page()
    assert REASON in shown
    assert reverse("case-file", args=[case_file.uuid]) in shown


def test_nobody_reads_of_the_own_exclusion(story: Story) -> None:
    exclude(story)
    exclude(story, personas.DATA_PROTECTION)
    assert story.case_file.aktenzeichen not in page()


def test_two_people_kept_out_at_once_are_both_in_the_protocol(story: Story) -> None:
    people = [personas.person(name) for name in ("brandt", "yilmaz")]
    head = person(personas.person(personas.HEAD_SOCIAL), "test")
    exclude_persons([Exclusion(story.case_file.pk, one.pk, REASON) for one in people], head)
    assert "nicht mehr im Protokoll" not in page()


def test_an_old_one_says_that_the_protocol_is_gone(story: Story) -> None:
    clerk = personas.person("brandt")
    CaseFileExclusion.objects.create(case_file=story.case_file, user=clerk, reason=REASON)
    assert "nicht mehr im Protokoll" in page()


def test_pages_and_bad_positions(story: Story, django_assert_max_num_queries: Any) -> None:
    people = User.objects.bulk_create([User(username=f"u{n:02}") for n in range(60)])
    CaseFileExclusion.objects.bulk_create(
        [CaseFileExclusion(case_file=story.case_file, user=one, reason="x") for one in people]
    )
    assert "u59" in page()
    assert "u05" not in page()
    last = CaseFileExclusion.objects.get(user=people[10]).pk
    assert "u05" in page(nach=last)
    for bad in ("-1", "x", "9" * 30, "²"):
        assert "u59" in page(nach=bad)
    client = logged_in(personas.DATA_PROTECTION)
    client.get(reverse("exclusions"))
    with django_assert_max_num_queries(12):
        client.get(reverse("exclusions"))


def test_only_data_protection_has_it_in_the_rail(quick_city: None) -> None:
    address = reverse("exclusions")
    assert address in logged_in(personas.DATA_PROTECTION).get("/").content.decode()
    for name in (personas.HEAD_SOCIAL, personas.ADMINISTRATION):
        assert address not in logged_in(name).get("/").content.decode()
