"""Parties in the browser: the question before a twin is made, circles apart, search, merge."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.audit.models import AuditEntry
from records.choices import CaseFileStatus
from records.models import CaseFile, Participation, Party
from records.selectors import parties
from records.services.actor import person
from records.services.matters import NewMatter, open_matters
from records.services.participations import NewParticipation, add_participations
from records.services.parties import Involvement, involve
from records.services.party_changes import PartyFacts, change_parties
from records.services.rights import Exclusion, exclude_persons, narrow_matters
from tests import personas, stories
from tests.access import world as w
from tests.desk.markup import page
from tests.records.views.conftest import logged_in
from tests.stories import Story

BORN = date(1950, 4, 1)
TYPED = {
    "kind": "person",
    "name": "Müller",
    "first_name": "Erika",
    "birth_date": "1.4.1950",
    "role": "Antragstellerin",
}


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


def involved(case_file: CaseFile, name: str = "Müller", first_name: str = "Erika") -> Party:
    involve([Involvement(case_file, "Antrag", name, first_name, BORN)], w.machine())
    return Party.objects.get(name=name, circle=case_file.circle)


def address(story: Story, name: str = "case-file-parties", *more: object) -> str:
    return reverse(name, args=[story.case_file.uuid, *more])


def post(client: Client, story: Story, **typed: Any) -> Any:
    return client.post(address(story), TYPED | typed)


def names(answer: Any) -> list[str]:
    """What the question offers."""
    labels = page(answer.content).xpath("//input[@name='bekannt']/following-sibling::label/span[1]")
    return ["".join(one.itertext()) for one in labels]


class TestAdding:
    def test_nobody_known_is_one_step(self, clerk: Client, story: Story) -> None:
        answer = clerk.post(address(story), TYPED, follow=True)
        assert "Müller, Erika ist jetzt beteiligt" in answer.content.decode()
        party = Party.objects.get()
        assert party.birth_date == BORN
        listed = clerk.get(reverse("case-file", args=[story.case_file.uuid])).content.decode()
        assert reverse("party", args=[party.uuid]) in listed

    @pytest.mark.parametrize("name", ["Müller", "Mueller", "MILLER"])
    def test_one_is_asked_about_a_known_one(self, clerk: Client, story: Story, name: str) -> None:
        party = involved(story.case_file)
        answer = post(clerk, story, name=name)
        assert answer.status_code == 422
        assert names(answer)[0] == "Müller, Erika"
        assert Party.objects.count() == 1
        assert post(clerk, story, name=name, bekannt=str(party.uuid)).status_code == 302
        assert party.participations.count() == 2

    def test_somebody_else_of_that_name(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        assert post(clerk, story, bekannt="neu").status_code == 302
        assert Party.objects.count() == 2

    def test_another_birth_date_is_not_asked_about(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        assert post(clerk, story, birth_date="2.4.1950").status_code == 302

    @pytest.mark.parametrize(
        "typed",
        [
            {"name": "x" * 500},
            {"name": "\u202e"},
            {"birth_date": "1.4.50"},
            {"birth_date": "31.2.1950"},
            {"birth_date": "1.4.3050"},
            {"birth_date": "gestern"},
            {"role": ""},
            {"since": "nie"},
            {"matter": "999999"},
            {"kind": "tier"},
        ],
    )
    def test_bad_input_keeps_what_was_typed(
        self, clerk: Client, story: Story, typed: dict[str, str]
    ) -> None:
        answer = post(clerk, story, **({"address": "Markt 1"} | typed))
        assert answer.status_code == 422
        assert "Markt 1" in answer.content.decode()
        assert not Party.objects.exists()

    def test_direction_marks_are_said(self, clerk: Client, story: Story) -> None:
        answer = clerk.post(address(story), TYPED | {"name": "Mül\u202eler"}, follow=True)
        assert "Unsichtbare Zeichen" in answer.content.decode()
        assert Party.objects.get().name == "Müller"

    def test_who_may_not_change_sees_no_form(self, quick_city: None) -> None:
        story = stories.building_file()
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
        client = logged_in(personas.CLERK_BUILDING)
        answer = client.get(address(story))
        assert answer.status_code == 200
        assert not page(answer.content).xpath("//input[@name='role']")
        assert post(client, story).status_code == 409


class TestCircles:
    """D3: a name known elsewhere is not suggested, counted or found."""

    def test_d3_no_hint_from_another_circle(self, story: Story, quick_city: None) -> None:
        involved(story.case_file)
        building = stories.building_file()
        client = logged_in(personas.CLERK_BUILDING)
        assert post(client, building).status_code == 302
        assert set(Party.objects.values_list("circle", flat=True)) == {"sozial", ""}

    def test_d3_not_even_for_who_works_in_both(self, story: Story, brandt: User) -> None:
        accounts.give_role(brandt, w.unit("63.1"), Role.CLERK)
        involved(story.case_file)
        building = stories.building_file()
        both = personas.person(personas.CLERK_SOCIAL)
        assert CaseFile.objects.visible_to(both).filter(pk=building.case_file.pk).exists()
        assert parties.duplicates_of(both, "", "Müller Erika", BORN) == []
        assert len(parties.duplicates_of(both, "sozial", "Müller Erika", BORN)) == 1
        assert parties.search_parties(both, "", "Müller", None).rows == []
        assert len(parties.search_parties(both, "sozial", "Müller", None).rows) == 1

    def test_d3_search_offers_only_own_circles(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        for circle in ("steuer", "owi", "personal"):
            query = {"name": "Müller", "kreis": circle}
            assert "Erika" not in clerk.get(reverse("parties"), query).content.decode()
        found = clerk.get(reverse("parties"), {"name": "Müller", "kreis": "sozial"})
        assert "Müller, Erika" in found.content.decode()
        outside = logged_in(personas.CLERK_BUILDING)
        answer = outside.get(reverse("parties"), {"name": "Müller", "kreis": "sozial"})
        assert "Erika" not in answer.content.decode()

    def test_s2_nothing_of_a_file_one_is_kept_out_of(self, story: Story, brandt: User) -> None:
        party = involved(story.case_file)
        other = stories.social_file("4712")
        keep_out = Exclusion(story.case_file.pk, brandt.pk, "eigene Sache")
        exclude_persons([keep_out], w.acting(personas.person(personas.HEAD_SOCIAL)))
        brandt = personas.person(personas.CLERK_SOCIAL)
        assert parties.duplicates_of(brandt, "sozial", "Müller Erika", BORN) == []
        assert parties.search_parties(brandt, "sozial", "Müller", None).rows == []
        client = logged_in(personas.CLERK_SOCIAL)
        assert client.get(reverse("party", args=[party.uuid])).status_code == 404
        again = NewParticipation(other.case_file, "Zeugin", party)
        add_participations([again], w.machine())
        shown = client.get(reverse("party", args=[party.uuid])).content.decode()
        assert other.case_file.aktenzeichen in shown
        assert story.case_file.aktenzeichen not in shown

    def test_a_hidden_matter_hides_who_takes_part(self, story: Story, brandt: User) -> None:
        wanted = NewParticipation(
            story.case_file, "Zeuge", PartyFacts("Verborgen", "Vera"), story.matter
        )
        [one] = add_participations([wanted], person(brandt, "test.add"))
        head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        voss = w.acting(personas.person(personas.HEAD_SOCIAL))
        narrow_matters({story.matter.pk: [head.group_id]}, voss)
        client = logged_in(personas.CLERK_SOCIAL)
        assert "Verborgen" not in client.get(address(story)).content.decode()
        answer = client.get(address(story, "case-file-participation", one.pk))
        assert answer.status_code == 404
        assert client.get(reverse("party", args=[one.party.uuid])).status_code == 404


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"name": "mül"}, True),
            ({"name": "Erika Müller"}, True),
            ({"name": "Müller, Erika"}, True),
            ({"name": "Erica Miller"}, True),
            ({"name": "Müller", "geboren": "1.4.1950"}, True),
            ({"geboren": "01.04.1950"}, True),
            ({"name": "Müller", "geboren": "2.4.1950"}, False),
            ({"name": "m"}, False),
            ({"name": "%%"}, False),
            ({"name": "Schmidt"}, False),
            ({"name": "\x00"}, False),
        ],
    )
    def test_name_sound_and_birth_date(
        self, clerk: Client, story: Story, query: dict[str, str], found: bool
    ) -> None:
        involved(story.case_file)
        answer = clerk.get(reverse("parties"), query | {"kreis": "sozial"})
        assert answer.status_code == 200
        assert ("Müller, Erika" in answer.content.decode()) is found

    def test_pages_hold_everybody_once(self, brandt: User, story: Story) -> None:
        for name in ("Maier", "Meier", "Mayer", "Meyer", "Meierling"):
            involved(story.case_file, name)
        seen: list[str] = []
        after = ""
        while True:
            found = parties.search_parties(brandt, "sozial", "Meier", None, after=after, limit=2)
            seen += [one.name for one in found.rows]
            if found.next_cursor is None:
                break
            after = found.next_cursor
        assert seen == ["Meier", "Meierling", "Maier", "Mayer", "Meyer"]

    @pytest.mark.parametrize("after", ["x", "WyJ4IiwgMV0=", "WyIwIiwgMV0=", "W10="])
    def test_foreign_cursors_are_the_first_page(
        self, brandt: User, story: Story, after: str
    ) -> None:
        involved(story.case_file)
        assert parties.search_parties(brandt, "sozial", "Müller", None, after=after).rows

    def test_opening_somebodys_page_is_in_the_audit(self, clerk: Client, story: Story) -> None:
        party = involved(story.case_file)
        for _visit in range(2):
            assert clerk.get(reverse("party", args=[party.uuid])).status_code == 200
        [entry] = AuditEntry.objects.filter(action="records.party.read")
        assert (entry.object_uuid, entry.actor_id) == (
            party.uuid,
            personas.person(personas.CLERK_SOCIAL).pk,
        )

    def test_d3_searches_in_a_circle_are_in_the_audit(self, clerk: Client, story: Story) -> None:
        clerk.get(reverse("parties"), {"name": "Müller", "kreis": "sozial"})
        entry = AuditEntry.objects.filter(action__contains="search").latest("id")
        assert entry.digests["circles"] == ["sozial"]
        assert "Müller" not in str(entry.__dict__)


class TestPanel:
    def test_pages_hold_everybody_once_ended_ones_last(self, brandt: User, story: Story) -> None:
        for name in ("A", "B", "C", "D"):
            involved(story.case_file, name)
        Participation.objects.filter(party__name="A").update(until=date(2026, 1, 1))
        seen: list[str] = []
        after = ""
        while True:
            found = parties.participations_in(brandt, story.case_file, after=after, limit=2)
            seen += [one.party.name for one in found.rows]
            if found.next_cursor is None:
                break
            after = found.next_cursor
        assert seen == ["B", "C", "D", "A"]

    def test_a_chosen_matter_shows_its_own(self, clerk: Client, story: Story) -> None:
        voss = w.acting(personas.person(personas.HEAD_SOCIAL))
        [second] = open_matters([NewMatter(story.case_file, "Zweiter")], voss)
        for name, matter in (("Ganz", None), ("Erst", story.matter), ("Zweit", second)):
            wanted = NewParticipation(story.case_file, "Zeuge", PartyFacts(name), matter)
            add_participations([wanted], w.machine())
        url = reverse("case-file", args=[story.case_file.uuid])
        shown = clerk.get(url, {"vorgang": str(second.uuid)}).content.decode()
        assert ("Ganz" in shown, "Erst" in shown, "Zweit" in shown) == (True, False, True)


class TestPerson:
    def test_files_page_by_page(self, brandt: User, story: Story) -> None:
        party = involved(story.case_file)
        for key in ("1", "2"):
            wanted = NewParticipation(stories.social_file(key).case_file, "Zeugin", party)
            add_participations([wanted], w.machine())
        first = parties.files_of_party(brandt, party, limit=2)
        assert first.next_cursor is not None
        rest = parties.files_of_party(brandt, party, limit=2, after=first.next_cursor)
        assert [len(first.rows), len(rest.rows)] == [2, 1]
        assert rest.rows[0].case_file == story.case_file

    def test_lost_update_is_a_question(self, clerk: Client, story: Story) -> None:
        party = involved(story.case_file)
        change_parties({party.pk: {"address": "Markt 2"}}, w.acting(personas.person("voss")))
        typed = {"kind": "person", "name": "Müller", "address": "Markt 1", "row_version": "1"}
        answer = clerk.post(reverse("party-edit", args=[party.uuid]), typed)
        assert answer.status_code == 409
        said = answer.content.decode()
        assert "Markt 1" in said and "Markt 2" in said

    def test_merge_with_preview_and_undo(self, clerk: Client, story: Story) -> None:
        kept = involved(story.case_file)
        add_participations(
            [NewParticipation(story.case_file, "Zeugin", PartyFacts("Miller", "Erika"))],
            w.machine(),
        )
        other = Party.objects.get(name="Miller")
        shown = clerk.get(reverse("party", args=[kept.uuid])).content.decode()
        url = reverse("party-merge", args=[kept.uuid])
        assert f"{url}?mit={other.uuid}" in shown
        preview = clerk.get(url, {"mit": str(other.uuid)})
        assert story.case_file.aktenzeichen in preview.content.decode()
        versions = {"stand": "1", "stand_andere": "1"}
        done = clerk.post(url, {"mit": str(other.uuid), **versions}, follow=True)
        undo = page(done.content).xpath("//form[@data-undo or .//button]/@action")
        led = clerk.get(reverse("party", args=[other.uuid]))
        assert led["Location"] == reverse("party", args=[kept.uuid])
        assert clerk.post(next(u for u in undo if "zurueck" in u)).status_code == 302
        assert clerk.get(reverse("party", args=[other.uuid])).status_code == 200

    @pytest.mark.parametrize("named", ["x", "00000000-0000-4000-8000-000000000000"])
    def test_merge_with_nobody(self, clerk: Client, story: Story, named: str) -> None:
        url = reverse("party-merge", args=[involved(story.case_file).uuid])
        assert clerk.get(url, {"mit": named}).status_code == 404

    def test_d3_no_merge_across_circles(self, story: Story, brandt: User) -> None:
        accounts.give_role(brandt, w.unit("63.1"), Role.CLERK)
        kept, other = involved(story.case_file), involved(stories.building_file().case_file)
        client = logged_in(personas.CLERK_SOCIAL)
        assert client.get(reverse("party", args=[other.uuid])).status_code == 200
        url = reverse("party-merge", args=[kept.uuid])
        assert client.post(url, {"mit": str(other.uuid)}).status_code == 404


class TestChanging:
    def test_end_take_out_and_back(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        one = Participation.objects.get()
        for what, field in (("beenden", "until"), ("herausnehmen", "removed_at")):
            url = address(story, "case-file-participation-act", one.pk, what)
            done = clerk.post(url, follow=True)
            one.refresh_from_db()
            assert getattr(one, field) is not None
            undo = page(done.content).xpath("//form/@action[contains(., 'zurueck')]")
            clerk.post(undo[0])
            one.refresh_from_db()
            assert getattr(one, field) is None

    def test_lost_update_keeps_what_was_typed(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        one = Participation.objects.get()
        url = address(story, "case-file-participation", one.pk)
        assert clerk.post(url, {"role": "Zeugin", "row_version": "1"}).status_code == 302
        answer = clerk.post(url, {"role": "Nachbarin", "row_version": "1"})
        assert answer.status_code == 409
        assert "Nachbarin" in answer.content.decode() and "Zeugin" in answer.content.decode()
        chosen = {"role": "Nachbarin", "row_version": "2", "wahl_role": "gespeichert"}
        clerk.post(url, chosen)
        one.refresh_from_db()
        assert one.role == "Zeugin"

    def test_the_files_history_says_it(self, clerk: Client, story: Story) -> None:
        post(clerk, story)
        wanted = NewParticipation(story.case_file, "Zeuge", PartyFacts("Verborgen"), story.matter)
        add_participations([wanted], w.machine())
        one = Participation.objects.get(party__name="Müller")
        clerk.post(address(story, "case-file-participation-act", one.pk, "beenden"))
        said = clerk.get(address(story, "case-file-history")).content.decode()
        assert "Sabine Brandt hat „Müller, Erika“ als Beteiligte eingetragen" in said
        assert "hat die Beteiligung von „Müller, Erika“ geändert" in said
        assert "beteiligt bis: – →" in said
        assert "hat „Verborgen“ als Beteiligte eingetragen" in said
        head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        voss = w.acting(personas.person(personas.HEAD_SOCIAL))
        narrow_matters({story.matter.pk: [head.group_id]}, voss)
        said = clerk.get(address(story, "case-file-history")).content.decode()
        assert "Verborgen" not in said

    @pytest.mark.parametrize("what", ["loeschen", "x"])
    def test_other_words_are_no_address(self, clerk: Client, story: Story, what: str) -> None:
        involved(story.case_file)
        one = Participation.objects.get()
        url = address(story, "case-file-participation-act", one.pk, what)
        assert clerk.post(url).status_code == 404

    def test_not_through_another_file(self, clerk: Client, story: Story) -> None:
        involved(story.case_file)
        other = stories.social_file("4712")
        url = address(other, "case-file-participation", Participation.objects.get().pk)
        assert clerk.get(url).status_code == 404
        far = address(other, "case-file-participation", 2**63)
        assert clerk.get(far).status_code == 404
