"""Deleting under four eyes: nothing of the content is left, the proof that it existed is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, UnitRole, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records import blob_store
from records.choices import (
    CaseFileStatus,
    CommentAudience,
    DeletionDecision,
    DeletionGround,
    DocumentStatus,
    MisfilingReason,
)
from records.models import (
    Blob,
    CaseFile,
    Comment,
    Component,
    DeletionProposal,
    Document,
    DocumentText,
    SearchEntry,
)
from records.services import page_images
from records.services.actor import Actor, person
from records.services.check_outs import check_out
from records.services.comments import NewComment, add_comments
from records.services.copying import copy_documents
from records.services.deleting import (
    Wish,
    approve_deletion,
    propose_deletion,
    reject_deletion,
    withdraw_proposals,
)
from records.services.documents import change_metadata
from records.services.holds import place_holds
from records.services.index_check import check_index
from records.services.indexing import index_documents
from records.services.matters import NewMatter, open_matters
from records.services.misfiling import Finding, mark_misfiled
from records.services.move_checks import Place
from tests import personas, stories
from tests.access.test_substitutions import substitute
from tests.records.services.test_holds import wish as hold
from tests.stories import Story

WORD, TITLE, REFERENCE = "Quittenmus", "Attest Morgenstern", "AZ-Zwetschge-7"
PRIVATE = Wish(DeletionGround.PRIVATE, "Privates Attest, gehört nicht in die Akte")
WHY = "Geprüft, kein Teil des Vorgangs"
Commit = Callable[..., AbstractContextManager[object]]


def acting(username: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(username), "test.deleting")


def deciding() -> Actor:
    return acting(personas.HEAD_SOCIAL)


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def secret(story: Story) -> Document:
    """A document with everything that may tell of it: reference, renaming, comment, image cache."""
    clerk = acting()
    made = stories.file_text(story.matter, TITLE, f"{WORD} steht hier.", clerk)
    change_metadata({made.pk: {"foreign_reference": REFERENCE}}, clerk)
    add_comments([NewComment(made, WORD, CommentAudience.TEAM)], clerk)
    index_documents([made.pk])
    made.refresh_from_db()
    return made


def propose(document: Document, wish: Wish = PRIVATE) -> DeletionProposal:
    return propose_deletion([document.pk], wish, acting())[0]


def approve(one: DeletionProposal, actor: Actor | None = None) -> DeletionProposal:
    [done] = approve_deletion([one.pk], WHY, actor or deciding(), retention_checked=True)
    return done


def blob_of(document: Document) -> Blob:
    return Component.objects.get(version__document=document).blob


def stored(blob: Blob) -> Path:
    return blob_store.path_of(bytes(blob.sha256))


def rows_naming(*words: str) -> set[str]:
    """Every table of the database in which a row holds one of the words: the oracle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', c.relname) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
            " AND has_table_privilege(c.oid, 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            for word in words:
                cursor.execute(
                    f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE t::text ILIKE %s)",
                    [f"%{word}%"],
                )
                if cursor.fetchone() == (True,):
                    found.add(table)
    return found


def test_w11_a_proposal_changes_nothing(story: Story, secret: Document) -> None:
    before = Document.objects.values().get(pk=secret.pk)
    one = propose(secret)
    assert Document.objects.values().get(pk=secret.pk) == before
    assert (one.proposed_by, one.decision) == (personas.person(personas.CLERK_SOCIAL), "")
    assert (
        AuditEntry.objects.get(action="records.document.deletion_proposed").object_id == secret.pk
    )


def test_w11_bytes_text_search_and_titles_are_gone(
    story: Story, secret: Document, django_capture_on_commit_callbacks: Commit
) -> None:
    blob = blob_of(secret)
    cache = page_images.folder_of(blob)
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "1-400.webp").write_bytes(b"picture")
    # Without this the walk would prove nothing.
    assert {"records_document", "records_documenttext", "records_comment"} <= rows_naming(
        WORD, TITLE
    )
    assert stored(blob).read_bytes() == f"{WORD} steht hier.".encode()
    one = propose(secret)
    with django_capture_on_commit_callbacks(execute=True):
        approve(one)
    assert not stored(blob).exists()
    assert not cache.exists()
    assert not Blob.objects.filter(pk=blob.pk).exists()
    assert not DocumentText.objects.filter(document=secret).exists()
    assert not SearchEntry.objects.filter(document_id=secret.pk).exists()
    assert not Comment.objects.filter(document=secret).exists()
    assert rows_naming(WORD, "Morgenstern", "Zwetschge") == set()
    left = [p for p in Path(settings.BLOB_DIR).rglob("*") if p.is_file()]
    assert not any(WORD.encode() in p.read_bytes() for p in left)


def test_w11_the_tombstone_says_who_when_and_why(story: Story, secret: Document) -> None:
    one = approve(propose(secret))
    one.refresh_from_db()
    gone = Document.objects.get(pk=secret.pk)
    assert (gone.title, gone.status) == ("Gelöscht", DocumentStatus.DELETED)
    assert (gone.uuid, gone.case_file_id) == (secret.uuid, story.case_file.pk)
    assert (one.decision, one.ground) == (DeletionDecision.DELETED, DeletionGround.PRIVATE)
    assert one.proposed_by == personas.person(personas.CLERK_SOCIAL)
    assert one.decided_by == personas.person(personas.HEAD_SOCIAL)
    assert (one.decision_reason, one.files_removed) == (WHY, 1)
    assert gone.versions.count() == 1
    entry = AuditEntry.objects.get(action="records.document.deleted")
    assert (entry.object_id, entry.object_uuid) == (secret.pk, secret.uuid)
    assert AuditEntry.objects.filter(object_id=secret.pk).count() > 2


def test_a_blob_of_another_document_stays(
    story: Story, secret: Document, django_capture_on_commit_callbacks: Commit
) -> None:
    blob = blob_of(secret)
    [other] = open_matters([NewMatter(story.case_file, "Widerspruch")], acting())
    [copy] = copy_documents([secret.pk], Place(story.case_file, other), acting())
    with django_capture_on_commit_callbacks(execute=True):
        approve(propose(secret))
    assert blob_of(copy) == blob
    assert stored(blob).exists()


def test_the_index_stays_whole_and_does_not_bring_it_back(story: Story, secret: Document) -> None:
    approve(propose(secret))
    index_documents([secret.pk])
    assert not SearchEntry.objects.filter(document_id=secret.pk).exists()
    assert check_index().ok


def test_w11_nobody_decides_alone(story: Story, secret: Document) -> None:
    head = propose_deletion([secret.pk], PRIVATE, deciding())[0]
    with pytest.raises(Forbidden):
        approve(head)
    with pytest.raises(Forbidden):
        reject_deletion([head.pk], WHY, deciding())
    # A clerk has no right to decide, whoever proposed.
    with pytest.raises(Forbidden):
        approve(head, acting())
    assert Document.objects.get(pk=secret.pk).title == TITLE


def test_w11_the_database_itself_refuses_one_person_alone(story: Story, secret: Document) -> None:
    one = propose(secret)
    changes = {"decision": "geloescht", "decided_by": one.proposed_by, "retention_checked": True}
    with pytest.raises(IntegrityError), transaction.atomic():
        DeletionProposal.objects.filter(pk=one.pk).update(**changes)


def test_withdrawing_and_rejecting_leave_the_document(story: Story, secret: Document) -> None:
    one = propose(secret)
    with pytest.raises(Forbidden):
        withdraw_proposals([one.pk], deciding())
    withdraw_proposals([one.pk], acting())
    with pytest.raises(IllegalState):
        approve(one)
    again = propose(secret)
    with pytest.raises(InvalidInput):
        reject_deletion([again.pk], " ", deciding())
    [rejected] = reject_deletion([again.pk], WHY, deciding())
    assert (rejected.decision, rejected.retention_checked) == (DeletionDecision.REJECTED, False)
    assert Document.objects.get(pk=secret.pk).title == TITLE


def test_input_is_asked_for(story: Story, secret: Document) -> None:
    with pytest.raises(InvalidInput):
        propose(secret, Wish(DeletionGround.ERASURE, "  "))
    one = propose(secret)
    with pytest.raises(IllegalState, match="schon vorgeschlagen"):
        propose(secret)
    with pytest.raises(InvalidInput) as refusal:
        approve_deletion([one.pk], WHY, deciding(), retention_checked=False)
    assert refusal.value.field == "retention_checked"
    with pytest.raises(LostUpdate):
        approve_deletion(
            [one.pk], WHY, deciding(), retention_checked=True, versions={secret.pk: 99}
        )


def hold_it(document: Document) -> None:
    place_holds([hold(Story(document.case_file, document.matter, document))], acting())


def close_it(document: Document) -> None:
    CaseFile.objects.filter(pk=document.case_file_id).update(
        status=CaseFileStatus.RETENTION, retention_end="2036-12-31"
    )


def misfile_it(document: Document) -> None:
    mark_misfiled([document.pk], Finding(MisfilingReason.FOREIGN_DATA), acting())


def work_on_it(document: Document) -> None:
    check_out([document.pk], acting())


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        (hold_it, "Löschsperre"),
        (close_it, "31.12.2036"),
        (misfile_it, "nicht .mehr. sichtbar"),
        (work_on_it, "in Bearbeitung"),
    ],
)
def test_w11_what_stands_against_it_is_named_at_the_decision_too(
    story: Story, secret: Document, obstacle: Callable[[Document], None], said: str
) -> None:
    one = propose(secret)
    obstacle(secret)
    with pytest.raises((IllegalState, Forbidden), match=said):
        approve(one)
    DeletionProposal.objects.all().delete()
    with pytest.raises((IllegalState, Forbidden), match=said):
        propose(secret)


def test_w11_a_deputy_decides_but_never_for_the_proposer(story: Story, secret: Document) -> None:
    clerk, head = (personas.person(n) for n in (personas.CLERK_SOCIAL, personas.HEAD_SOCIAL))
    colleague = User.objects.create(username="winter", last_name="Winter")
    role = UnitRole.objects.get(unit__code="50.1", role=Role.CLERK)
    Membership.objects.create(user=colleague, unit_role=role)
    substitute(head, clerk)
    own = propose_deletion([secret.pk], PRIVATE, deciding())[0]
    with pytest.raises(Forbidden):
        approve(own, acting())
    withdraw_proposals([own.pk], deciding())
    of_another = propose_deletion([secret.pk], PRIVATE, person(colleague, "test.deleting"))[0]
    approve(of_another, acting())
    assert Document.objects.get(pk=secret.pk).status == DocumentStatus.DELETED
