"""Querverweise: both directions, by number, link or words; nothing of what one does not see."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus, DocumentStatus, ReferenceKind
from records.models import CaseFile, CrossReference, Document, FormerNumber
from records.selectors import cross_references as selector
from records.selectors.cross_references import Thing
from records.services.actor import person
from records.services.cross_references import (
    NewReference,
    add_references,
    remove_references,
    restore_references,
)
from records.services.matters import NewMatter, open_matters
from records.services.rights import Exclusion, exclude_persons, narrow_matters
from tests import personas, stories
from tests.access import world as w
from tests.desk.markup import page
from tests.stories import Story

SEE, BELONGS, BEFORE = ReferenceKind


@pytest.fixture
def other(quick_city: None) -> Story:
    return stories.social_file("4712")


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


def refer(
    source: Thing, target: Thing, kind: ReferenceKind = SEE, note: str = ""
) -> CrossReference:
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test.refer")
    [made] = add_references([NewReference(source, target, kind, note)], clerk)
    return made


def words(client: Client, thing: Thing) -> list[str]:
    """The lines of the panel on the page of the file or document."""
    name = "document" if isinstance(thing, Document) else "case-file"
    found = page(client.get(reverse(name, args=[thing.uuid])).content)
    links = found.xpath("//li[span[@class='desk-muted']][a]")
    return [" ".join("".join(one.itertext()).split()) for one in links]


def post(client: Client, thing: Thing, target: str, **more: str) -> Any:
    name = "document-references" if isinstance(thing, Document) else "case-file-references"
    typed = {"target": target, "kind": "siehe"} | more
    return client.post(reverse(name, args=[thing.uuid]), typed)


class TestBothDirections:
    @pytest.mark.parametrize(
        ("kind", "there", "back"),
        [
            (SEE, "siehe auch", "siehe auch"),
            (BELONGS, "gehört zu", "dazu gehört"),
            (BEFORE, "Vorgänger", "Nachfolger"),
        ],
    )
    def test_each_end_says_it_in_its_words(
        self, clerk: Client, story: Story, other: Story, kind: ReferenceKind, there: str, back: str
    ) -> None:
        refer(story.case_file, other.case_file, kind, "wegen der Heizkosten")
        [line] = words(clerk, story.case_file)
        assert line.startswith(f"{there}: {other.case_file.aktenzeichen}")
        assert line.endswith("wegen der Heizkosten")
        [line] = words(clerk, other.case_file)
        assert line.startswith(f"{back}: {story.case_file.aktenzeichen}")

    def test_between_any_two_kinds_of_things(
        self, clerk: Client, brandt: User, story: Story, other: Story
    ) -> None:
        things: list[Thing] = [story.case_file, story.matter, story.document, other.document]
        for one in things:
            for two in things:
                if one is not two:
                    refer(one, two, BELONGS)
        for one in things:
            assert len(selector.references_of(brandt, one)) == 6
        assert len(words(clerk, story.document)) == 6

    def test_the_chosen_matter_brings_its_own(self, clerk: Client, story: Story) -> None:
        refer(story.matter, stories.social_file("4713").case_file)
        assert words(clerk, story.case_file) == []
        url = reverse("case-file", args=[story.case_file.uuid])
        chosen = clerk.get(url, {"vorgang": str(story.matter.uuid)}).content.decode()
        assert "siehe auch" in chosen


class TestSight:
    def test_nothing_of_what_one_does_not_see(
        self, clerk: Client, outsider: Client, story: Story
    ) -> None:
        building = stories.building_file()
        hidden = NewReference(building.case_file, story.case_file, SEE)
        add_references([hidden], w.machine())
        assert words(clerk, story.case_file) == []
        assert words(outsider, building.case_file) == []
        shown = clerk.get(reverse("case-file-references", args=[story.case_file.uuid]))
        assert building.case_file.title not in shown.content.decode()
        uuid = CrossReference.objects.get().uuid
        # Nobody sees both ends.
        for client in (clerk, outsider):
            assert client.post(reverse("cross-reference-remove", args=[uuid])).status_code == 404
            assert client.post(reverse("cross-reference-restore", args=[uuid])).status_code == 404

    def test_s2_kept_out_of_the_other_file(
        self, clerk: Client, brandt: User, story: Story, other: Story
    ) -> None:
        refer(story.case_file, other.document)
        assert len(words(clerk, story.case_file)) == 1
        voss = w.acting(personas.person(personas.HEAD_SOCIAL))
        exclude_persons([Exclusion(other.case_file.pk, brandt.pk, "Nachbar")], voss)
        assert words(clerk, story.case_file) == []

    def test_a_hidden_matter_or_a_misfiled_document(
        self, clerk: Client, story: Story, other: Story
    ) -> None:
        refer(story.case_file, other.document)
        Document.objects.filter(pk=other.document.pk).update(status=DocumentStatus.MISFILED)
        assert words(clerk, story.case_file) == []
        voss = w.acting(personas.person(personas.HEAD_SOCIAL))
        [matter] = open_matters([NewMatter(story.case_file, "Geheim")], voss)
        add_references([NewReference(story.case_file, matter, SEE)], voss)
        assert len(words(clerk, story.case_file)) == 1
        head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
        narrow_matters({matter.pk: [head.group_id]}, voss)
        assert words(clerk, story.case_file) == []
        named = reverse("case-file", args=[story.case_file.uuid]) + f"?vorgang={matter.uuid}"
        assert "siehe auch" not in clerk.get(named).content.decode()

    def test_invisible_and_unknown_read_the_same(self, clerk: Client, story: Story) -> None:
        building = stories.building_file().case_file
        named = [building.aktenzeichen, str(building.uuid), f"/akte/{building.uuid}/"]
        for typed in [*named, "63.10-2026-999999"]:
            answer = post(clerk, story.case_file, typed)
            assert answer.status_code == 422
            assert "Dazu wurde nichts gefunden" in answer.content.decode()
            assert building.title not in answer.content.decode()
        with pytest.raises(InvalidInput, match="nichts gefunden"):
            refer(story.case_file, building)


class TestNaming:
    def test_number_id_and_pasted_link(self, brandt: User, story: Story) -> None:
        file, matter, document = story.case_file, story.matter, story.document
        FormerNumber.objects.create(
            number="ALT-1", case_file=file, replaced_at=file.last_activity_at
        )
        base = f"https://eakte.musterstadt.de/akte/{file.uuid}/"
        named: dict[str, Thing] = {
            file.aktenzeichen: file,
            f"  {file.aktenzeichen}\u200f ": file,
            "ALT-1": file,
            base: file,
            f"{base}querverweise/": file,
            f"{base}?vorgang={matter.uuid}": matter,
            f"/vorgang/{matter.uuid}/angaben/": matter,
            f"https://x/dokument/{document.uuid}/?q=a": document,
            str(document.uuid): document,
            str(document.uuid).upper(): document,
        }
        for text, thing in named.items():
            assert selector.thing_named(brandt, text) == thing, text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\x00",
            "\u202e\u202e",
            "http://[::1",
            "/akte/------------------------------------/",
            "/akte/00000000-0000-4000-8000-000000000000/?vorgang=x",
            "x" * 500,
            "%",
        ],
    )
    def test_nonsense_names_nothing(self, brandt: User, story: Story, text: str) -> None:
        assert selector.thing_named(brandt, text) is None

    def test_words_are_offered_to_choose_from(
        self, clerk: Client, story: Story, other: Story
    ) -> None:
        answer = post(clerk, story.case_file, "Heizkostennachzahlung")
        assert answer.status_code == 422
        offered = page(answer.content).xpath("//input[@name='gemeint']/@value")
        assert str(other.document.uuid) in offered
        assert not CrossReference.objects.exists()
        done = post(
            clerk,
            story.case_file,
            "Heizkostennachzahlung",
            gemeint=str(other.document.uuid),
        )
        assert done.status_code == 302
        assert CrossReference.objects.get().target_document == other.document


class TestWriting:
    def test_history_and_audit(self, brandt: User, story: Story, other: Story) -> None:
        made = refer(story.case_file, other.case_file)
        operation = made.history.get().operation_id
        entry = AuditEntry.objects.get(operation_id=operation)
        assert (entry.action, entry.object_uuid) == ("records.cross_reference.added", made.uuid)

    def test_removed_and_back(self, clerk: Client, story: Story, other: Story) -> None:
        made = refer(story.case_file, other.case_file)
        done = clerk.post(reverse("cross-reference-remove", args=[made.uuid]), follow=True)
        restore = reverse("cross-reference-restore", args=[made.uuid])
        assert page(done.content).xpath("//form[@action=$a]", a=restore)
        assert words(clerk, other.case_file) == []
        clerk.post(restore)
        assert len(words(clerk, other.case_file)) == 1

    def test_a_removal_at_the_target_stays_there(
        self, clerk: Client, story: Story, other: Story
    ) -> None:
        made = refer(story.case_file, other.case_file)
        url = reverse("cross-reference-remove", args=[made.uuid])
        answer = clerk.post(url, {"seite": "ziel"})
        assert answer["Location"] == reverse("case-file-references", args=[other.case_file.uuid])

    def test_not_restored_beside_a_new_one(self, brandt: User, story: Story, other: Story) -> None:
        made = refer(story.case_file, other.case_file)
        remove_references([made.pk], person(brandt, "test.remove"))
        refer(other.case_file, story.case_file)
        with pytest.raises(IllegalState, match="schon"):
            restore_references([made.pk], person(brandt, "test.restore"))

    def test_once_and_not_to_itself(self, story: Story, other: Story) -> None:
        refer(story.case_file, other.case_file)
        for source, target in ((story, other), (other, story)):
            with pytest.raises(IllegalState, match="schon"):
                refer(source.case_file, target.case_file)
        refer(other.case_file, story.case_file, BELONGS)
        for thing in (story.case_file, story.matter, story.document):
            with pytest.raises(InvalidInput) as refused:
                refer(thing, thing)
            assert refused.value.field == "target"

    def test_the_database_refuses_both_too(self, story: Story, other: Story) -> None:
        made = refer(story.case_file, other.case_file)
        for values in ({"target_file": story.case_file}, {"target_document": story.document}):
            with pytest.raises(IntegrityError), transaction.atomic():
                CrossReference.objects.filter(pk=made.pk).update(**values)

    def test_who_may_not_change_the_source_does_not_refer(self, story: Story) -> None:
        wanted = NewReference(story.case_file, story.document, SEE)
        with pytest.raises(Forbidden):
            add_references([wanted], w.acting(personas.person(personas.CLERK_BUILDING)))

    def test_r1_not_from_a_closed_file_but_to_one(
        self, clerk: Client, story: Story, other: Story
    ) -> None:
        CaseFile.objects.filter(pk=other.case_file.pk).update(status=CaseFileStatus.CLOSED)
        assert post(clerk, story.case_file, other.case_file.aktenzeichen).status_code == 302
        assert post(clerk, other.case_file, story.case_file.aktenzeichen).status_code == 409
        url = reverse("case-file-references", args=[other.case_file.uuid])
        assert not page(clerk.get(url).content).xpath("//input[@name='target']")

    @pytest.mark.parametrize(
        "typed", [{"target": ""}, {"target": "\u200f"}, {"kind": "x"}, {"note": "n" * 301}]
    )
    def test_bad_input_keeps_what_was_typed(
        self, clerk: Client, story: Story, other: Story, typed: dict[str, str]
    ) -> None:
        values = {"target": other.case_file.aktenzeichen, "note": "wichtig"} | typed
        answer = post(clerk, story.case_file, **values)
        assert answer.status_code == 422
        assert values["note"] in answer.content.decode()

    def test_itself_is_said_at_the_field(self, clerk: Client, story: Story) -> None:
        answer = post(clerk, story.document, str(story.document.uuid))
        assert answer.status_code == 422
        assert "der Gegenstand selbst" in answer.content.decode()


def history_lines(client: Client, story: Story) -> list[str]:
    """What the Verlauf of the file says about references, newest first."""
    found = page(client.get(reverse("case-file-history", args=[story.case_file.uuid])).content)
    items = found.xpath('//li[contains(@class, "desk-timeline__item")]')
    said = [" ".join("".join(one.itertext()).split()) for one in items]
    return [one for one in said if "Querverweis" in one]


class TestInTheHistory:
    def test_both_files_tell_of_it(self, clerk: Client, story: Story, other: Story) -> None:
        made = refer(story.document, other.case_file, BEFORE)
        actor = person(personas.person(personas.CLERK_SOCIAL), "test.refer")
        remove_references([made.pk], actor)
        restore_references([made.pk], actor)
        for one in (story, other):
            back, gone, new = history_lines(clerk, one)
            name = f"„{story.document.title} – Vorgänger – {other.case_file}“"
            assert f"Sabine Brandt hat den Querverweis {name} eingetragen" in new
            assert f"hat den Querverweis {name} entfernt" in gone
            assert f"hat den Querverweis {name} geändert" in back
            assert back.endswith("→ –")

    def test_what_leads_to_something_hidden_leaves_no_trace(
        self, clerk: Client, story: Story, other: Story
    ) -> None:
        refer(story.matter, other.case_file)
        assert len(history_lines(clerk, story)) == 1
        voss, brandt = (personas.person(n) for n in (personas.HEAD_SOCIAL, personas.CLERK_SOCIAL))
        exclude_persons([Exclusion(other.case_file.pk, brandt.pk, "Nachbar")], w.acting(voss))
        assert history_lines(clerk, story) == []
