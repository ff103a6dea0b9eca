"""Bearbeitungssperren: who holds one, whom it stops, how it ends (W8)."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, LostUpdate
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, CheckOut, Document
from records.services.actor import person
from records.services.check_outs import ask_release, check_out, give_back, take_over
from records.services.documents import add_versions, change_metadata, withdraw_documents
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

Change = Callable[[User, Document], None]
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
AFTERNOON = datetime(2026, 11, 23, 15, 59, tzinfo=ZoneInfo("Europe/Berlin"))
EVENING = datetime(2026, 11, 23, 16, 1, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def document(story: Story) -> Document:
    return story.document


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def voss(quick_city: None) -> User:
    return personas.person(personas.HEAD_SOCIAL)


def take(user: User, document: Document) -> CheckOut:
    with clock.fixed(MORNING):
        [lock] = check_out([document.pk], person(user, "test.check_out"))
    return lock


def rename(user: User, document: Document, title: str = "neu") -> None:
    change_metadata({document.pk: {"title": title}}, person(user, "test.rename"))


def renew(user: User, document: Document) -> None:
    content = filing.version(("neu.txt", b"Neuer Text"))
    add_versions([(document.pk, content)], person(user, "test.renew"))


def test_w8_a_lock_lasts_eight_hours_of_the_office(
    document: Document, brandt: User, settings: Settings
) -> None:
    assert settings.CHECK_OUT_HOURS == 8
    lock = take(brandt, document)
    assert (lock.holder_id, lock.version_number) == (brandt.pk, 1)
    assert lock.until == MORNING.replace(hour=16)


@pytest.mark.parametrize("change", [rename, renew])
def test_w8_others_are_refused_with_name_and_time(
    document: Document, brandt: User, voss: User, change: Change
) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON), pytest.raises(IllegalState) as refusal:
        change(voss, document)
    assert "Sabine Brandt bis 16:00 Uhr" in refusal.value.reason
    assert "um Freigabe" in refusal.value.next_step
    with clock.fixed(AFTERNOON):
        change(brandt, document)


def test_w8_a_lock_of_yesterday_names_the_day(document: Document, brandt: User, voss: User) -> None:
    with clock.fixed(MORNING.replace(hour=17)):
        check_out([document.pk], person(brandt, "test.check_out"))
        with pytest.raises(IllegalState, match=r"24\.11\.2026, 14:00 Uhr"):
            rename(voss, document)


def test_w8_an_expired_lock_stops_nobody(document: Document, brandt: User, voss: User) -> None:
    take(brandt, document)
    with clock.fixed(EVENING):
        rename(voss, document)
        [lock] = check_out([document.pk], person(voss, "test.check_out"))
        assert CheckOut.objects.get(document=document).holder == voss
        assert lock.taken_from_id is None
        with pytest.raises(IllegalState, match="nicht mehr in Bearbeitung"):
            give_back([document.pk], person(brandt, "test.return"))


def test_taking_again_gives_the_full_time_again(document: Document, brandt: User) -> None:
    take(brandt, document)
    with clock.fixed(MORNING.replace(hour=9)):
        [lock] = check_out([document.pk], person(brandt, "test.check_out"))
    assert lock.until == MORNING.replace(hour=17)


def test_a_taken_document_cannot_be_taken(document: Document, brandt: User, voss: User) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON), pytest.raises(IllegalState, match="Sabine Brandt"):
        check_out([document.pk], person(voss, "test.check_out"))
    assert CheckOut.objects.get(document=document).holder == brandt


def test_the_specialist_system_is_not_held_up(document: Document, brandt: User) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON):
        withdraw_documents([document.pk], w.machine())
    document.refresh_from_db()
    assert document.status == DocumentStatus.WITHDRAWN


def test_giving_back_frees_the_document(document: Document, brandt: User, voss: User) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON):
        give_back([document.pk], person(brandt, "test.return"))
        rename(voss, document)
    assert not CheckOut.objects.exists()


def test_nobody_gives_back_for_somebody_else(document: Document, brandt: User, voss: User) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON), pytest.raises(IllegalState):
        give_back([document.pk], person(voss, "test.return"))
    assert CheckOut.objects.filter(holder=brandt).exists()


def test_w8_asking_for_release_is_kept_with_the_lock(
    document: Document, brandt: User, voss: User
) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON):
        ask_release(document.pk, person(voss, "test.ask"))
    lock = CheckOut.objects.get(document=document)
    assert (lock.holder, lock.release_asked_by, lock.release_asked_at) == (brandt, voss, AFTERNOON)


def test_there_is_nothing_to_ask_of_a_free_document(
    document: Document, brandt: User, voss: User
) -> None:
    with pytest.raises(IllegalState, match="frei"):
        ask_release(document.pk, person(voss, "test.ask"))
    take(brandt, document)
    with clock.fixed(EVENING), pytest.raises(IllegalState, match="frei"):
        ask_release(document.pk, person(voss, "test.ask"))
    with clock.fixed(AFTERNOON), pytest.raises(IllegalState, match="frei"):
        ask_release(document.pk, person(brandt, "test.ask"))


def test_w8_taking_over_moves_the_lock_and_keeps_what_was_saved(
    document: Document, brandt: User, voss: User
) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON):
        renew(brandt, document)
        lock = take_over(document.pk, brandt.pk, person(voss, "test.take_over"))
        assert (lock.holder_id, lock.taken_from_id) == (voss.pk, brandt.pk)
        assert document.versions.count() == 2
        with pytest.raises(IllegalState, match="Voss"):
            renew(brandt, document)
        renew(voss, document)
    assert document.versions.count() == 3


def test_taking_over_from_another_than_shown_is_a_question(
    document: Document, brandt: User, voss: User
) -> None:
    take(brandt, document)
    other = personas.person(personas.REGISTRY)
    with clock.fixed(AFTERNOON), pytest.raises(LostUpdate, match="Sabine Brandt"):
        take_over(document.pk, other.pk, person(voss, "test.take_over"))
    assert CheckOut.objects.get(document=document).holder == brandt


def test_who_may_not_file_may_not_take(document: Document, brandt: User) -> None:
    registry = personas.person(personas.REGISTRY)
    take(brandt, document)
    for act in (
        lambda actor: check_out([document.pk], actor),
        lambda actor: ask_release(document.pk, actor),
        lambda actor: take_over(document.pk, brandt.pk, actor),
    ):
        with clock.fixed(AFTERNOON), pytest.raises(Forbidden):
            act(person(registry, "test.act"))


def test_final_cancelled_and_closed_documents_cannot_be_taken(
    document: Document, story: Story, brandt: User
) -> None:
    Document.objects.filter(pk=document.pk).update(is_final=True)
    with pytest.raises(IllegalState, match="endgültig"):
        take(brandt, document)
    Document.objects.filter(pk=document.pk).update(is_final=False, status=DocumentStatus.CANCELLED)
    with pytest.raises(IllegalState, match="storniert"):
        take(brandt, document)
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.VALID)
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    with pytest.raises(IllegalState, match="abgeschlossen"):
        take(brandt, document)


def test_every_step_is_audited(document: Document, brandt: User, voss: User) -> None:
    take(brandt, document)
    with clock.fixed(AFTERNOON):
        ask_release(document.pk, person(voss, "test.ask"))
        take_over(document.pk, brandt.pk, person(voss, "test.take_over"))
        give_back([document.pk], person(voss, "test.return"))
    entries = AuditEntry.objects.filter(object_id=document.pk, action__contains="check")
    asked = AuditEntry.objects.filter(action="records.document.release_asked")
    assert [one.action for one in entries.order_by("pk")] == [
        "records.document.checked_out",
        "records.document.check_out_taken_over",
        "records.document.check_out_ended",
    ]
    assert [one.actor_id for one in asked] == [voss.pk]
