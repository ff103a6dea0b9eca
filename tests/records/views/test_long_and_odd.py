"""Bad input at the desk: thousands of children, long and odd names, closed units, lost sight."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import Confidentiality
from records.models import CaseFile, Document, FilePlanEntry, Matter, RegisterPlacement
from records.selectors import case_files, matters, openable_entries
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.reassigning import Destination, reassign_case_files
from records.services.registers import place_documents, write_register
from records.services.scoping import recompute
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.services.test_moving import another_file, registry_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

CHILDREN = 3000
# Of the page as it leaves the server, before it is compressed (twentyfold).
MOST_BYTES = 700_000
LONGEST = "Grundstücksangelegenheit " * 21
UNSEEN = "Be\u202escheid\u200b neu"


def grow_matters(story: Story, count: int) -> None:
    """As a specialist system leaves them behind in years: one a day, the newest last."""
    Matter.objects.bulk_create(
        Matter(
            case_file=story.case_file,
            title=f"Abrechnung {number:04}",
            opened_on=date(2018, 1, 1) + timedelta(days=number),
            scope_id=story.case_file.scope_id,
        )
        for number in range(count)
    )
    # Older than all of them.
    Matter.objects.filter(pk=story.matter.pk).update(opened_on=date(2017, 1, 1))


def grow_documents(story: Story, count: int) -> list[Document]:
    rows = [
        Document(
            case_file=story.case_file,
            matter=story.matter,
            title=f"Schreiben {number:04}",
            direction="eingang",
            filed_at=clock.now(),
            sort_date=date(2018, 1, 1) + timedelta(days=number),
            mime_type="text/plain",
            scope_id=story.matter.scope_id,
        )
        for number in range(count)
    ]
    return Document.objects.bulk_create(rows)


def at(name: str, one: CaseFile | Matter | Document, **words: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in words.items())
    return reverse(name, args=[one.uuid]) + (f"?{query}" if query else "")


def main(content: bytes) -> str:
    return text_of(page(content).xpath("//main")[0])


def tree(content: bytes) -> list[str]:
    return [text_of(one) for one in page(content).xpath("//a[contains(@href, '?vorgang=')]")]


def asked(client: Client, address: str) -> tuple[int, bytes]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content


class TestThousands:
    def test_matters_of_a_file_stay_in_bounds_and_all_are_found(
        self, clerk: Client, story: Story
    ) -> None:
        address = at("case-file", story.case_file)
        clerk.get(address)
        few, _content = asked(clerk, address)
        grow_matters(story, CHILDREN)
        many, content = asked(clerk, address)
        assert many <= few
        assert len(content) < MOST_BYTES
        shown = tree(content)
        assert len(shown) == case_files.MATTERS_SHOWN
        # Who works on the file works with what was opened last.
        assert any(f"Abrechnung {CHILDREN - 1:04}" in one for one in shown)
        assert "Ältere finden Sie mit einem Wort aus dem Betreff" in main(content)
        found = clerk.get(at("case-file", story.case_file, vorgangswort="abrechnung 0007"))
        assert tree(found.content) == ["Abrechnung 00070"]
        none = clerk.get(at("case-file", story.case_file, vorgangswort="Zwetschge"))
        assert "Nehmen Sie ein anderes Wort" in main(none.content)

    def test_an_old_matter_is_still_chosen_and_filed_into(
        self, clerk: Client, story: Story
    ) -> None:
        grow_matters(story, CHILDREN)
        chosen = {"vorgang": str(story.matter.uuid)}
        content = clerk.get(at("case-file", story.case_file, **chosen)).content
        assert any(story.matter.title in one for one in tree(content))
        assert "Vorgang ändern" in content.decode()
        form = page(clerk.get(at("document-upload", story.case_file, **chosen)).content)
        [option] = form.xpath("//select[@name='matter']/option[@selected]")
        assert option.get("value") == str(story.matter.pk)

    def test_documents_of_a_matter_keep_their_place_beyond_the_page(
        self, clerk: Client, story: Story
    ) -> None:
        made = grow_documents(story, CHILDREN)
        actor = filing.clerk_of(story.matter)
        [section] = write_register(story.matter, ["Anträge"], actor)
        place_documents(story.matter, {one.pk: section.pk for one in made[:10]}, actor)
        address = at("matter-register", story.matter)
        queries, content = asked(clerk, address)
        assert queries <= 16
        assert "Hier stehen die neuesten 500 Dokumente" in main(content)
        newest = made[-1]
        sent = {"plaetze": "1", f"blatt_{newest.uuid}": str(section.pk)}
        assert clerk.post(address, sent).status_code == 302
        placed = RegisterPlacement.objects.filter(section=section)
        assert placed.filter(document__in=made[:10]).count() == 10

    def test_documents_of_a_file_stay_in_bounds(self, clerk: Client, story: Story) -> None:
        address = at("case-file", story.case_file)
        clerk.get(address)
        few, _content = asked(clerk, address)
        grow_documents(story, CHILDREN)
        many, content = asked(clerk, address)
        assert many <= few
        assert len(content) < MOST_BYTES
        assert matters.DOCUMENTS_SHOWN < CHILDREN


class TestNames:
    @pytest.mark.parametrize("typed", [LONGEST[:501], "x" * 5000])
    def test_a_title_too_long_is_said_and_stays_typed(
        self, clerk: Client, story: Story, typed: str
    ) -> None:
        forms = {
            at("matter-new", story.case_file): {"title": typed, "matter_type": "Bleibt stehen"},
            at("document-upload", story.case_file): {
                "title": typed,
                "matter_title": "Bleibt stehen",
                "direction": "eingang",
            },
            at("document-edit", story.document): {
                "title": typed,
                "direction": "ausgang",
                "foreign_reference": "Bleibt stehen",
                "row_version": str(story.document.row_version),
            },
        }
        for address, sent in forms.items():
            answer = clerk.post(address, sent)
            text = answer.content.decode()
            assert answer.status_code == 422, address
            assert "500" in text, address
            assert typed[:400] in text, address
            assert "Bleibt stehen" in text, address
        assert Document.objects.filter(case_file=story.case_file).count() == 1

    def test_five_hundred_characters_are_taken_everywhere(
        self, clerk: Client, story: Story
    ) -> None:
        longest = LONGEST[:500].strip().ljust(500, "e")
        answer = clerk.post(at("matter-new", story.case_file), {"title": longest})
        assert answer.status_code == 302
        opened = Matter.objects.get(title=longest)
        made = filing.file_data(opened, longest, ("brief.txt", b"Text"))
        assert made.title == longest
        for address in (
            at("case-file", story.case_file, vorgang=str(opened.uuid)),
            at("document", made),
            at("matter-register", opened),
        ):
            assert longest in clerk.get(address).content.decode()

    def test_marks_nobody_sees_leave_titles_and_file_names(
        self, clerk: Client, story: Story
    ) -> None:
        made = filing.file_data(story.matter, UNSEEN, ("rechnung\u202efdp.txt", b"Text"))
        assert made.title == "Bescheid neu"
        assert made.versions.get().components.get().file_name == "rechnungfdp.txt"
        only_marks = filing.file_data(story.matter, "\u202e\u200b ", ("brief.txt", b"Text"))
        assert only_marks.title == "brief.txt"
        opened = clerk.post(at("matter-new", story.case_file), {"title": f"../../{UNSEEN}"})
        assert opened.status_code == 302
        # A title is no path: what looks like one is kept as text.
        assert Matter.objects.filter(title="../../Bescheid neu").exists()


@pytest.fixture
def closed(quick_city: None) -> OrgUnit:
    """The Bauaufsicht went into the Hauptamt yesterday."""
    unit = OrgUnit.objects.get(code="63.1")
    unit.valid_until = clock.today() - timedelta(days=1)
    unit.successor = OrgUnit.objects.get(code="10")
    unit.save()
    return unit


class TestClosedUnits:
    def test_no_file_is_opened_in_one(self, closed: OrgUnit) -> None:
        builder = person(personas.person(personas.CLERK_BUILDING), "test")
        wanted = NewCaseFile(FilePlanEntry.objects.get(code="63.10"), closed, "Garage")
        with pytest.raises(IllegalState, match="besteht nicht mehr") as refusal:
            open_case_files([wanted], builder)
        assert "Nehmen Sie die Nachfolgerin 10" in refusal.value.next_step
        assert closed not in openable_entries.units_of_circle("")

    def test_no_file_is_handed_to_one(self, closed: OrgUnit) -> None:
        registry = person(personas.person(personas.REGISTRY), "test")
        unit, entry = OrgUnit.objects.get(code="10"), FilePlanEntry.objects.get(code="10.10")
        [opened] = open_case_files([NewCaseFile(entry, unit, "Umzug")], registry)
        there = Destination(entry, closed)
        with pytest.raises(IllegalState, match="besteht nicht mehr") as refusal:
            reassign_case_files({opened.pk: there}, registry, loss_confirmed=True)
        assert "Nachfolgerin" in refusal.value.next_step


def test_a_document_that_would_vanish_from_its_mover_says_so_first(quick_city: None) -> None:
    """The rights of the file there have grown narrow: its page still opens, its documents would not."""
    story = stories.building_file()
    there, keeper = another_file(), registry_of(story.case_file)
    recompute([there.pk])
    CaseFile.objects.filter(pk=there.pk).update(confidentiality=Confidentiality.CONFIDENTIAL)
    client, address = logged_in(keeper.username), at("document-move", story.document)
    preview = client.post(address, {"target": str(there.uuid)})
    assert "Sie sehen das Dokument danach nicht mehr" in main(preview.content)
    sent = {
        "target": str(there.uuid),
        "akte": str(there.uuid),
        "row_version": str(story.document.row_version),
        "bestaetigt": "1",
    }
    refused = client.post(address, sent)
    assert refused.status_code == 409
    assert page(refused.content).xpath("//input[@name='loss_confirmed']")
    assert Document.objects.get(pk=story.document.pk).case_file_id == story.case_file.pk
    assert client.post(address, sent | {"loss_confirmed": "on"}).status_code == 302
    assert Document.objects.get(pk=story.document.pk).case_file_id == there.pk
