"""Fehlablage: after marking nothing of the document is left on any page, for nobody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import (
    CaseFileStatus,
    CommentAudience,
    Confidentiality,
    DocumentStatus,
    MisfilingReason,
    ReferenceKind,
)
from records.follow_ups import document_target
from records.models import CaseFile, Document, Misfiling, SearchEntry
from records.selectors.holds import is_held
from records.services import misfiling
from records.services.actor import Actor, person
from records.services.comments import NewComment, add_comments
from records.services.copying import copy_documents
from records.services.cross_references import NewReference, add_references
from records.services.documents import change_metadata
from records.services.holds import place_holds
from records.services.misfiling import Finding, mark_misfiled, put_back, undo_marking
from records.services.move_checks import Place
from records.services.rights import change_confidentiality
from records.services.scoping import recompute
from tests import personas, stories
from tests.records.services.test_holds import wish
from tests.records.views.conftest import logged_in
from tests.stories import Story
from workflows.services.follow_ups import NewFollowUp, create_follow_ups

WORD, TITLE, SAID = "Quittenmus", "Pfändung Morgenstern", "Siehe Zwetschge"
NOTE = "Kontoauszug eines anderen Falls"
WHY = "Geprüft, gehört doch hierher"
READERS = (personas.DATA_PROTECTION, personas.ADMINISTRATION)


def acting(username: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(username), "test.misfiling")


@pytest.fixture
def secret(story: Story) -> Document:
    """A document with all that can name it elsewhere: comment, follow-up, reference, renaming."""
    clerk = acting()
    made = stories.file_text(story.matter, TITLE, f"{WORD} steht hier.", clerk)
    change_metadata({made.pk: {"foreign_reference": WORD}}, clerk)
    add_comments([NewComment(made, SAID, CommentAudience.TEAM)], clerk)
    add_references([NewReference(story.document, made, next(iter(ReferenceKind)))], clerk)
    assert clerk.user is not None
    day = clock.today() + timedelta(days=3)
    wanted = [NewFollowUp(document_target(made), day, SAID)]
    create_follow_ups(wanted, actor=clerk.user, operation=clerk.operation)
    made.refresh_from_db()
    return made


def mark(document: Document, actor: Actor | None = None) -> Misfiling:
    finding = Finding(MisfilingReason.FOREIGN_DATA, NOTE)
    return mark_misfiled([document.pk], finding, actor or acting())[0]


def pages(story: Story) -> Iterator[str]:
    """Where the document stood before, or could be asked for."""
    file, beside = [story.case_file.uuid], [story.document.uuid]
    yield from (reverse("case-file", args=file) + one for one in ("", "?storno=auch"))
    yield reverse("case-file-history", args=file)
    yield reverse("case-file-references", args=file)
    yield reverse("case-file-closing", args=file)
    yield reverse("document", args=beside)
    yield reverse("document-references", args=beside)
    yield reverse("documents-export", args=[*file, "csv"])
    for words in (f"?q={WORD}", "?q=Morgenstern", f"?q={WORD}&storno=auch"):
        yield reverse("search") + words
        yield reverse("search-facets") + words
        yield reverse("search-export", args=["csv"]) + words
    yield from (reverse(name) for name in ("start", "my-work", "follow-ups", "misfilings"))


def content(client: Client, address: str) -> str:
    answer: Any = client.get(address)
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode()


def naming(username: str, story: Story) -> set[str]:
    """The pages on which the person reads title or content; what was asked for does not count."""
    client, found = logged_in(username), set()
    for address in pages(story):
        text = content(client, address)
        if any(one in text for one in ("Pfändung", SAID, f"{WORD} steht", f"{WORD}</mark>")):
            found.add(address)
    return found


def test_w10_a_fehlablage_vanishes_from_every_page(story: Story, secret: Document) -> None:
    # Without this the walk would prove nothing.
    assert len(naming(personas.CLERK_SOCIAL, story)) >= 10
    mark(secret)
    for username in personas.STAFF:
        assert naming(username, story) == set()
        client = logged_in(username)
        for name in ("document", "document-misfiled", "document-original", "document-references"):
            parts = [secret.uuid, 1, 0] if name == "document-original" else [secret.uuid]
            assert client.get(reverse(name, args=parts)).status_code == 404
    assert "0 Treffer" in content(
        logged_in(personas.CLERK_SOCIAL), reverse("search") + f"?q={WORD}&storno=auch"
    )


def test_a_change_of_rights_does_not_bring_it_back(story: Story, secret: Document) -> None:
    mark(secret)
    recompute([story.case_file.pk])
    head = acting(personas.HEAD_SOCIAL)
    change_confidentiality({story.case_file.pk: Confidentiality.CONFIDENTIAL}, head)
    assert list(Document.objects.get(pk=secret.pk).scope.allow) == []
    assert SearchEntry.objects.get(document_id=secret.pk).acl == []
    user = personas.person(personas.HEAD_SOCIAL)
    assert secret.pk not in set(Document.objects.visible_to(user).values_list("pk", flat=True))


def test_the_copy_stays_and_names_no_origin(story: Story, secret: Document) -> None:
    other = stories.social_file("4712")
    [copy] = copy_documents([secret.pk], Place(other.case_file, other.matter), acting())
    address = reverse("document", args=[copy.uuid])
    client = logged_in(personas.CLERK_SOCIAL)
    assert "Kopie von" in content(client, address)
    mark(secret)
    assert client.get(address).status_code == 200
    assert "Kopie von" not in content(client, address)


def test_final_cancelled_closed_and_held_all_vanish(story: Story, secret: Document) -> None:
    place_holds([wish(story)], acting())
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    Document.objects.filter(pk=secret.pk).update(is_final=True, status=DocumentStatus.CANCELLED)
    made = mark(secret)
    assert Document.objects.get(pk=secret.pk).status == DocumentStatus.MISFILED
    assert is_held(story.case_file)
    undo_marking([made.pk], acting())
    assert Document.objects.get(pk=secret.pk).status == DocumentStatus.CANCELLED


def test_at_the_desk_and_the_way_back(clerk: Client, story: Story, secret: Document) -> None:
    before = naming(personas.CLERK_SOCIAL, story)
    address = reverse("document-misfiled", args=[secret.uuid])
    assert address in content(clerk, reverse("document", args=[secret.uuid]))
    form = {"reason": MisfilingReason.OTHER, "note": "", "row_version": secret.row_version}
    assert clerk.post(address, form).status_code == 422
    assert clerk.post(address, form | {"note": NOTE, "row_version": 1}).status_code == 409
    answer: Any = clerk.post(address, form | {"note": NOTE}, follow=True)
    undo = reverse("misfiling-undo", args=[Misfiling.objects.get().uuid])
    assert undo in answer.content.decode()
    assert "Pfändung" not in answer.content.decode()
    assert logged_in(personas.HEAD_SOCIAL).post(undo).status_code == 404
    assert clerk.post(undo).status_code == 302
    assert clerk.post(undo).status_code == 409
    assert naming(personas.CLERK_SOCIAL, story) == before


def test_nobody_else_and_not_later(story: Story, secret: Document) -> None:
    with pytest.raises(Forbidden, match="nicht"):
        mark(secret, acting(personas.CLERK_BUILDING))
    made = mark(secret)
    with pytest.raises(Forbidden):
        mark(secret)
    with pytest.raises(Forbidden):
        undo_marking([made.pk], acting(personas.HEAD_SOCIAL))
    late = made.marked_at + misfiling.TAKEN_BACK_WITHIN + timedelta(seconds=1)
    with clock.fixed(late), pytest.raises(IllegalState, match="vorbei"):
        undo_marking([made.pk], acting())


def test_data_protection_reads_and_decides_without_the_title(
    story: Story, secret: Document
) -> None:
    made = mark(secret)
    for username in READERS:
        for name in ("misfilings", "start"):
            text = content(logged_in(username), reverse(name))
            assert story.case_file.aktenzeichen in text
            assert "enthält Daten einer anderen Person" in text
            assert (NOTE in text) == (name == "misfilings")
    back = reverse("misfiling-put-back", args=[made.uuid])
    assert logged_in(personas.ADMINISTRATION).post(back, {"reason": WHY}).status_code == 403
    client = logged_in(personas.DATA_PROTECTION)
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": WHY}).status_code == 302
    assert client.post(back, {"reason": WHY}).status_code == 409
    assert WHY in content(client, reverse("misfilings"))
    restored = Document.objects.get(pk=secret.pk)
    assert (restored.status, restored.scope_id) == (secret.status, secret.scope_id)
    assert len(naming(personas.CLERK_SOCIAL, story)) >= 10


def test_decisions_need_a_reason_and_data_protection(story: Story, secret: Document) -> None:
    made = mark(secret)
    with pytest.raises(InvalidInput):
        put_back([made.pk], " ", acting(personas.DATA_PROTECTION))
    for username in (personas.CLERK_SOCIAL, personas.ADMINISTRATION):
        with pytest.raises(Forbidden):
            put_back([made.pk], WHY, acting(username))


def test_history_and_audit_keep_no_note_and_no_reason(story: Story, secret: Document) -> None:
    made = mark(secret)
    put_back([made.pk], WHY, acting(personas.DATA_PROTECTION))
    actions = ["records.document.misfiled", "records.document.misfiling_put_back"]
    entries = AuditEntry.objects.filter(action__in=actions).order_by("id")
    assert [(one.action, one.object_id) for one in entries] == [(a, secret.pk) for a in actions]
    kept = [
        str(row) for row in [*entries.values(), *Document.history.filter(id=secret.pk).values()]
    ]
    assert not [row for row in kept if NOTE in row or WHY in row]
