"""The yearly review in the browser: look, see who loses sight, finish."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from records.models import CaseFileUserGrant, RightsReview
from records.services import actor as actors
from records.services.rights import NewGrant, grant_case_file_access
from tests import personas, stories
from tests.records.views.conftest import logged_in
from tests.records.views.test_access import text
from tests.stories import Story


@pytest.fixture
def head(quick_city: None) -> Client:
    leading = User.objects.create(username="ziegler", first_name="Anke", last_name="Ziegler")
    accounts.give_role(leading, OrgUnit.objects.get(code="63.1"), Role.HEAD)
    return logged_in("ziegler")


@pytest.fixture
def released(head: Client) -> Story:
    """A building file, released to two people."""
    story = stories.building_file()
    wishes = [
        NewGrant(story.case_file.pk, cause, user_id=personas.person(name).pk)
        for name, cause in ((personas.REGISTRY, "Prüfung"), (personas.ARCHIVE, "Bewertung"))
    ]
    acting = actors.person(personas.person("ziegler"), "test.release")
    grant_case_file_access(wishes, acting)
    return story


def address() -> str:
    return reverse("rights-review", args=[OrgUnit.objects.get(code="63.1").uuid])


def keys(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="gezeigt" value="')[1:]]


def test_s1_the_review_names_losses_before_it_ends_anything(released: Story, head: Client) -> None:
    page = text(head.get(address()))
    assert "Ingrid Lindner" in page
    assert "von Anke Ziegler" in page
    assert "Noch nie geprüft" in page
    shown = keys(page)
    values = {"gezeigt": shown, "beenden": shown[:1]}
    preview = text(head.post(address(), values | {"schritt": "vorschau"}))
    assert "1 Freigabe endet." in preview
    assert "Ingrid Lindner" in preview
    assert CaseFileUserGrant.objects.count() == 2
    again = text(head.post(address(), values | {"schritt": "aendern"}))
    assert [f'value="{key}" checked>' in again for key in shown] == [True, False]
    done = head.post(address(), values | {"schritt": "speichern"}, follow=True)
    assert "1 Freigabe beendet, 1 bestätigt" in text(done)
    [left] = CaseFileUserGrant.objects.all()
    assert left.user == personas.person(personas.ARCHIVE)
    review = RightsReview.objects.get()
    assert (review.kept, review.withdrawn) == (1, 1)
    assert "Zuletzt geprüft" in text(head.get(address()))


def test_a_release_given_meanwhile_is_not_confirmed(released: Story, head: Client) -> None:
    shown = keys(text(head.get(address())))
    wish = NewGrant(
        released.case_file.pk, "neu", user_id=personas.person(personas.DATA_PROTECTION).pk
    )
    grant_case_file_access([wish], actors.person(personas.person("ziegler"), "test.release"))
    head.post(address(), {"gezeigt": shown, "schritt": "speichern"})
    assert RightsReview.objects.get().kept == 2
    # nor can a key be ended that the page has not shown
    head.post(address(), {"gezeigt": shown[:1], "beenden": shown[1:], "schritt": "speichern"})
    assert CaseFileUserGrant.objects.count() == 3


def test_the_due_card_stands_on_the_heads_start_page_only(released: Story, head: Client) -> None:
    card = reverse("rights-review", args=[OrgUnit.objects.get(code="63.1").uuid])
    assert card not in text(head.get(reverse("start")))
    CaseFileUserGrant.objects.update(granted_at=clock.now() - timedelta(days=366))
    assert card in text(head.get(reverse("start")))
    assert card not in text(logged_in(personas.CLERK_BUILDING).get(reverse("start")))
    head.post(address(), {"schritt": "speichern"})
    assert card not in text(head.get(reverse("start")))


def test_a_unit_without_releases_says_so(head: Client) -> None:
    assert "es ist nichts zu prüfen" in text(head.get(address()))
