"""The page on which an entry of a draft is moved: form, preview, done, the way back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from records.models import FilePlan, FilePlanEntry
from records.selectors import plan_versions as selectors
from records.selectors.openable_entries import openable_entries
from records.services import plan_changes
from tests import personas
from tests.access import world as w
from tests.desk.markup import page
from tests.records.services.test_plan_following import in_force
from tests.records.services.test_plan_moves import grant_on, move, registry
from tests.records.services.test_plan_versions import a_day_later, drafted, entry_of, open_in, plan
from tests.records.views.conftest import logged_in

pytestmark = pytest.mark.usefixtures("quick_city")


def url(entry: FilePlanEntry) -> str:
    return reverse("file-plan-move", args=[entry.pk])


def sent(entry: FilePlanEntry, above: str, code: str, **more: str) -> dict[str, str]:
    return {"parent": above, "code": code, "row_version": str(entry.row_version), **more}


def text(answer: Any) -> str:
    return " ".join(page(answer.content).text_content().split())


def test_form_preview_move_and_back() -> None:
    open_in(entry_of(plan(), "63.10"))
    draft, client = drafted(), logged_in(personas.REGISTRY)
    entry = entry_of(draft, "63")
    listed = client.get(reverse("file-plan-entry", args=[entry.pk])).content.decode()
    assert url(entry) in listed
    assert 'value="63"' in client.get(url(entry)).content.decode()
    shown = text(client.post(url(entry), sent(entry, "10", "10.63")))
    for said in ("63.10 → 10.63.10", "Akten, die dem Eintrag", "Niemand gewinnt oder verliert"):
        assert said in shown
    assert entry_of(draft, "63").row_version == 1
    done = client.post(url(entry), sent(entry, "10", "10.63", schritt="verschieben"), follow=True)
    assert "heißt im Entwurf jetzt 10.63" in text(done)
    [undo] = page(done.content).xpath("//form[contains(@action, 'rueckgaengig')]/@action")
    client.post(str(undo))
    assert {e.code for e in draft.entries.all()} >= {"63", "63.10", "63.20"}


def test_without_a_code_a_free_one_is_proposed() -> None:
    draft, client = drafted(), logged_in(personas.REGISTRY)
    entry = entry_of(draft, "63.10")
    shown = text(client.post(url(entry), sent(entry, "10", "")))
    assert "unter 10 " in shown
    assert "63.10 → 10." in shown


@pytest.mark.parametrize(
    ("above", "code", "status", "says"),
    [
        ("99.99", "99.99.1", 422, "gibt es im Entwurf nicht"),
        ("63.10", "63.10.1", 422, "unter sich selbst"),
        ("10", "50.10", 422, "gibt es in der Fassung schon"),
        ("10", "63.70", 422, "fortsetzen"),
    ],
)
def test_bad_input_is_said_beside_the_field(above: str, code: str, status: int, says: str) -> None:
    draft, client = drafted(), logged_in(personas.REGISTRY)
    entry = entry_of(draft, "63.10")
    answer = client.post(url(entry), sent(entry, above, code))
    assert answer.status_code == status
    assert says in text(answer)
    assert f'value="{code}"' in answer.content.decode()


def test_a3_a_retired_target_says_what_to_do() -> None:
    draft, client = drafted(), logged_in(personas.REGISTRY)
    target = entry_of(draft, "10")
    retirement = plan_changes.Retirement(plan().valid_from)
    plan_changes.retire_entries({target.pk: retirement}, registry())
    entry = entry_of(draft, "63.10")
    answer = client.post(url(entry), sent(entry, "10", "10.70"))
    assert answer.status_code == 409
    assert "stillgelegt. Entsperren Sie ihn oder wählen Sie einen anderen" in text(answer)


def test_s2_losing_sight_is_confirmed() -> None:
    grant_on("63", "50.1")
    draft = drafted()
    # The mover is a clerk of 50.1 here, who sees the files by the branch alone.
    open_in(entry_of(plan(), "63.10"))
    client = editor_of("50.1")
    entry = entry_of(draft, "63.10")
    data = sent(entry, "10", "10.70")
    assert "Sie selbst sehen 1 Akte danach nicht mehr" in text(client.post(url(entry), data))
    refused = client.post(url(entry), data | {"schritt": "verschieben"})
    assert refused.status_code == 422
    assert entry_of(draft, "63.10") == entry
    client.post(url(entry), data | {"schritt": "verschieben", "loss_confirmed": "on"})
    assert entry_of(draft, "10.70") == entry


def editor_of(unit: str) -> Client:
    """Somebody who looks after the plan and works in the unit as well."""
    accounts.give_role(personas.person(personas.REGISTRY), w.unit(unit), Role.CLERK)
    return logged_in(personas.REGISTRY)


def test_two_at_once_are_asked_again() -> None:
    draft, client = drafted(), logged_in(personas.REGISTRY)
    entry = entry_of(draft, "63.10")
    move(draft, "63.10", "63", "63.11")
    answer = client.post(url(entry), sent(entry, "10", "10.70", schritt="verschieben"))
    assert answer.status_code == 409
    assert "inzwischen geändert" in text(answer)
    assert 'value="10.70"' in answer.content.decode()


def test_the_plan_in_force_is_refused_with_the_way_there() -> None:
    entry = entry_of(plan(), "63.10")
    answer = logged_in(personas.REGISTRY).get(url(entry))
    assert answer.status_code == 409
    assert "neue Fassung" in text(answer)


class TestOldCodesLeadOn:
    def moved(self) -> FilePlan:
        open_in(entry_of(plan(), "63.10"))
        draft = drafted()
        move(draft, "63.10", "10", "10.70")
        return draft

    def test_a3_on_the_page_of_the_old_entry_and_of_the_new(self) -> None:
        draft, old = self.moved(), entry_of(plan(), "63.10")
        new = entry_of(draft, "10.70")
        client = logged_in(personas.REGISTRY)
        with a_day_later():
            in_force()
            here = client.get(reverse("file-plan-entry", args=[old.pk]))
            there = client.get(reverse("file-plan-entry", args=[new.pk]))
        assert "In der geltenden Fassung: 10.70 Baugenehmigungen" in text(here)
        assert reverse("file-plan-entry", args=[new.pk]) in here.content.decode()
        assert "Früheres Kennzeichen: 63.10 Baugenehmigungen" in text(there)
        assert "Akte" in text(there)

    def test_a9_in_the_search_for_an_entry(self) -> None:
        draft = self.moved()
        with a_day_later():
            assert openable_entries("63.10", []) == [entry_of(draft, "10.70")]

    def test_q1_while_typing_into_the_search_field(self) -> None:
        draft = self.moved()
        client = logged_in(personas.CLERK_SOCIAL)
        with a_day_later():
            for typed in ("63.10", "10.70"):
                answer = client.get(
                    reverse("search-typing-help"), {"q": typed}, headers={"HX-Request": "true"}
                )
                assert "10.70 Baugenehmigungen" in text(answer)
                assert reverse("file-plan-entry", args=[entry_of(draft, "10.70").pk]) in (
                    answer.content.decode()
                )

    def test_a3_in_the_comparison_of_versions(self) -> None:
        found = {d.entry.code: d for d in selectors.compare(plan(), self.moved())}
        assert found["10.70"].kind == selectors.MOVED
        assert "Kennzeichen: 63.10 → 10.70" in found["10.70"].changes
        assert len(found) == 1
