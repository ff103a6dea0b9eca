"""Comments and page marks (W8): who reads, who changes, what stands in the audit, the way back."""

from datetime import timedelta

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
    Refusal,
)
from records.choices import CaseFileStatus, CommentAudience, DocumentStatus
from records.models import CaseFile, Comment, Document
from records.selectors.comments import beside
from records.services.actor import Actor, person
from records.services.comments import (
    KEPT_AFTER_DELETION,
    NewComment,
    Region,
    add_comments,
    add_replies,
    change_comments,
    resolve_comments,
    restore_comments,
    take_back_changes,
    withdraw_comments,
)
from tests import personas, stories
from tests.records.views import filing

PRIVATE, TEAM = CommentAudience.PRIVATE, CommentAudience.TEAM


@pytest.fixture
def letter(quick_city: None) -> Document:
    matter = stories.social_file().matter
    return filing.file_data(matter, "Brief", ("brief.pdf", filing.pdf("Eins", "Zwei")))


def acting(name: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(name), "test.comment")


def comment(
    letter: Document, audience: CommentAudience = TEAM, region: Region | None = None
) -> Comment:
    wanted = NewComment(letter, "Frist prüfen", audience, region)
    return add_comments([wanted], acting())[0]


def seen_by(name: str) -> list[Comment]:
    return list(Comment.objects.visible_to(personas.person(name)))


def audited() -> list[str]:
    rows = AuditEntry.objects.filter(action__startswith="records.comment.").order_by("pk")
    return [one.action.removeprefix("records.comment.") for one in rows]


def test_w8_a_private_comment_is_its_authors_alone(letter: Document) -> None:
    one = comment(letter, PRIVATE)
    assert seen_by(personas.CLERK_SOCIAL) == [one]
    for name in set(personas.STAFF) - {personas.CLERK_SOCIAL}:
        assert seen_by(name) == []
    assert audited() == []


def test_w8_the_team_is_who_sees_the_document(letter: Document) -> None:
    one = comment(letter)
    assert seen_by(personas.HEAD_SOCIAL) == [one]
    assert seen_by(personas.CLERK_BUILDING) == []
    assert seen_by(personas.ADMINISTRATION) == []
    [entry] = AuditEntry.objects.filter(action="records.comment.added")
    assert (entry.object_type, entry.object_id) == ("records.document", letter.pk)
    Document.objects.filter(pk=letter.pk).update(status=DocumentStatus.MISFILED)
    assert seen_by(personas.HEAD_SOCIAL) == []


def test_comments_change_nothing_of_the_record_and_need_no_open_file(letter: Document) -> None:
    CaseFile.objects.filter(pk=letter.case_file_id).update(status=CaseFileStatus.CLOSED)
    before = Document.objects.values().get(pk=letter.pk), Document.history.count()
    comment(letter)
    assert (Document.objects.values().get(pk=letter.pk), Document.history.count()) == before


@pytest.mark.parametrize(
    ("text", "region", "said"),
    [
        ("  ", None, "Text"),
        ("x" * 2001, None, "2000 Zeichen"),
        ("x", Region(0, 3, 0, 0), "Seite gibt es nicht"),
        ("x", Region(1, 1, 0, 0), "Seite gibt es nicht"),
        ("x", Region(0, 1, 0.5, 0.5, 0.6, 0.1), "liegt nicht auf"),
        ("x", Region(0, 1, float("nan"), 0), "liegt nicht auf"),
    ],
)
def test_what_is_not_taken(letter: Document, text: str, region: Region | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        add_comments([NewComment(letter, text, TEAM, region)], acting())
    assert not Comment.objects.exists()


def test_who_does_not_see_the_document_writes_nothing(letter: Document) -> None:
    with pytest.raises(Forbidden):
        add_comments([NewComment(letter, "x", TEAM)], acting(personas.CLERK_BUILDING))


def test_marks_belong_to_their_version(letter: Document) -> None:
    first = comment(letter, region=Region(0, 2, 0.1, 0.2, 0.3, 0.1))
    renewed = filing.renew(letter, ("brief.pdf", filing.pdf("Neu")))
    second = comment(renewed, region=Region(0, 1, 0.5, 0.5))
    user = personas.person(personas.CLERK_SOCIAL)
    now, old = beside(user, renewed, 2), beside(user, renewed, 1)
    assert [t.comment for t in now.here] == [second] == [t.comment for t in old.elsewhere]
    assert [t.comment for t in now.elsewhere] == [first] == [t.comment for t in old.marks_on(0, 2)]


def test_only_the_author_changes_or_deletes(letter: Document) -> None:
    one, head = comment(letter), acting(personas.HEAD_SOCIAL)
    with pytest.raises(Forbidden, match="anderen Person"):
        change_comments({one.pk: "Anders"}, head)
    with pytest.raises(Forbidden, match="anderen Person"):
        withdraw_comments([one.pk], head)
    with pytest.raises(LostUpdate):
        change_comments({one.pk: "Anders"}, acting(), versions={one.pk: 99})
    [changed] = change_comments({one.pk: "Anders"}, acting(), versions={one.pk: 1})
    assert changed.text == "Anders"
    [back] = take_back_changes([one.pk], acting())
    assert back.text == "Frist prüfen"


def test_a_deleted_comment_comes_back_or_goes_for_good(letter: Document) -> None:
    one = comment(letter)
    withdraw_comments([one.pk], acting())
    assert seen_by(personas.CLERK_SOCIAL) == []
    with pytest.raises(Forbidden):
        restore_comments([one.pk], acting(personas.HEAD_SOCIAL))
    restore_comments([one.pk], acting())
    assert seen_by(personas.HEAD_SOCIAL) == [one]
    withdraw_comments([one.pk], acting())
    with clock.fixed(clock.now() + KEPT_AFTER_DELETION + timedelta(minutes=1)):
        withdraw_comments([comment(letter).pk], acting())
        assert not Comment.objects.filter(pk=one.pk).exists()
    assert audited() == ["added", "withdrawn", "restored", "withdrawn", "added", "withdrawn"]


def test_replies_are_one_level_deep_and_hold_what_they_answer(letter: Document) -> None:
    one, head = comment(letter), acting(personas.HEAD_SOCIAL)
    [reply] = add_replies([(one, "Erledige ich")], head)
    with pytest.raises(IllegalState, match="nicht antworten"):
        add_replies([(reply, "Danke")], acting())
    with pytest.raises(IllegalState, match="nicht antworten"):
        add_replies([(comment(letter, PRIVATE), "x")], acting())
    with pytest.raises(IllegalState, match="geantwortet"):
        withdraw_comments([one.pk], acting())
    withdraw_comments([reply.pk], head)
    withdraw_comments([one.pk], acting())


def test_resolved_by_whoever_reads_it_and_open_again(letter: Document) -> None:
    one, head = comment(letter), acting(personas.HEAD_SOCIAL)
    [done] = resolve_comments([one.pk], head, done=True)
    assert done.resolved_by == personas.person(personas.HEAD_SOCIAL)
    [opened] = resolve_comments([one.pk], acting(), done=False)
    assert (opened.resolved_at, opened.resolved_by) == (None, None)
    [reply] = add_replies([(one, "x")], head)
    for refused in (reply, comment(letter, PRIVATE)):
        with pytest.raises(Refusal):
            resolve_comments([refused.pk], head, done=True)
