"""The inbox at the desk: bring in, accept with one key, correct, hand on, undo; never silent."""

import io
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goettingen_ecm.audit.models import AuditEntry
from records.choices import IncomingState
from records.models import Document, IncomingItem
from records.services.actor import person
from records.services.intake import receive_uploads
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

UNIT = "50.1"


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def bring(*files: tuple[str, bytes], sender: str = "") -> list[IncomingItem]:
    taken = [SimpleUploadedFile(name, data) for name, data in files]
    user = personas.person(personas.CLERK_SOCIAL)
    return [one.item for one in receive_uploads(user, w.unit(UNIT), taken, sender=sender)]


def letter(story: Story, name: str = "Brief.txt") -> IncomingItem:
    text = f"Ihr Zeichen: {story.case_file.aktenzeichen}, Widerspruch. {name}"
    return bring((name, text.encode()))[0]


def address(item: IncomingItem, name: str = "incoming-item", *more: object) -> str:
    return reverse(name, args=[item.uuid, *more])


def page(client: Client, item: IncomingItem) -> str:
    answer = client.get(address(item))
    assert answer.status_code == 200
    return answer.content.decode()


def fresh(item: IncomingItem) -> IncomingItem:
    return IncomingItem.objects.get(pk=item.pk)


def test_bringing_files_in_and_the_second_time(story: Story, clerk: Client) -> None:
    korb = f"?korb={w.unit(UNIT).uuid}"
    for said in ("2 Eingänge liegen im Korb", "nicht verdoppelt"):
        files = [io.BytesIO(b"Ein Antrag."), io.BytesIO(b"")]
        files[0].name, files[1].name = "Antrag.txt", "leer.pdf"
        answer = client_post(clerk, reverse("inbox-upload") + korb, {"new_files": files})
        assert said in answer
    assert IncomingItem.objects.count() == 2
    assert "Bitte wählen Sie mindestens eine Datei" in client_post(
        clerk, reverse("inbox-upload") + korb, {}, status=422
    )
    shown = clerk.get(reverse("inbox")).content.decode()
    assert "Antrag" in shown
    assert "heute" in shown


def client_post(client: Client, url: str, data: dict[str, object], *, status: int = 200) -> str:
    answer = client.post(url, data, follow=True)
    assert answer.status_code == status, answer.context["form"].errors
    return answer.content.decode()


def test_e4_a_printed_number_is_suggested_with_its_reason_and_one_key_files(
    story: Story, clerk: Client
) -> None:
    item, following = letter(story), letter(story, "Zweiter.txt")
    shown = page(clerk, item)
    assert "steht auf der ersten Seite" in shown
    assert "sicher" in shown
    assert "autofocus" in shown
    assert fresh(item).state == IncomingState.OPEN
    accept = {"target": str(story.matter.uuid), "row_version": 1, "sofort": "1"}
    answer = client_post(clerk, address(item, "incoming-file"), accept)
    assert f"liegt jetzt in {story.case_file.aktenzeichen}" in answer
    assert following.subject in answer  # the next one is open
    document = fresh(item).document
    assert document is not None
    assert (document.matter_id, document.direction) == (story.matter.pk, "eingang")
    back = address(item, "incoming-undo", document.versions.get().operation_id)
    assert back in answer
    client_post(clerk, back, {})
    assert fresh(item).state == IncomingState.OPEN
    assert Document.objects.get(pk=document.pk).status == "storniert"


def test_two_numbers_are_never_sure_and_other_offices_files_never_shown(
    story: Story, clerk: Client, outsider: Client
) -> None:
    second = stories.social_file("4712")
    building = stories.building_file()
    text = " und ".join(one.case_file.aktenzeichen for one in (story, second, building))
    shown = page(clerk, bring(("Zwei.txt", text.encode()))[0])
    assert "möglich" in shown
    assert ">sicher<" not in shown
    assert building.case_file.title not in shown
    assert "Kein Vorschlag" in page(clerk, bring(("Ohne.txt", b"Ohne Nummer 12345."))[0])


def test_correcting_asks_for_matter_and_title(story: Story, clerk: Client) -> None:
    other = open_matters(
        [NewMatter(story.case_file, "Widerspruch")],
        person(personas.person(personas.CLERK_SOCIAL), "test.open"),
    )[0]
    item = letter(story)
    typed: dict[str, object] = {"target": story.case_file.aktenzeichen}
    shown = client_post(clerk, address(item, "incoming-file"), typed)
    assert "neuer Vorgang" in shown
    typed |= {
        "akte": str(story.case_file.uuid),
        "title": "Widerspruch vom Mai",
        "vorgang": str(other.uuid),
        "row_version": 1,
        "bestaetigt": "1",
    }
    client_post(clerk, address(item, "incoming-file"), typed)
    document = fresh(item).document
    assert document is not None
    assert (document.title, document.matter) == ("Widerspruch vom Mai", other)
    # A double click or a colleague: nothing twice, and said.
    assert "schon abgelegt" in client_post(clerk, address(item, "incoming-file"), typed, status=409)


def test_e2_steps_with_their_reason_and_way_back(
    story: Story, clerk: Client, outsider: Client
) -> None:
    item = letter(story)
    assert outsider.get(address(item)).status_code == 404
    forward = {"unit": str(w.unit("63.1").uuid), "reason": "Bauantrag", "row_version": 1}
    shown = client_post(clerk, address(item, "incoming-act", "weiterleiten"), forward)
    assert "anderen Korb" in shown
    assert clerk.get(address(item)).status_code == 404
    assert "Bauantrag" in page(outsider, item)
    wrong = {"row_version": 2, "reason": ""}
    client_post(outsider, address(item, "incoming-act", "zurueckgeben"), wrong, status=422)
    wrong["reason"] = "Kein Bauantrag"
    client_post(outsider, address(item, "incoming-act", "zurueckgeben"), wrong)
    assert "Kein Bauantrag" in page(clerk, item)
    stale = {"row_version": 1, "reason": "Werbung"}
    close = address(item, "incoming-act", "erledigen")
    assert "inzwischen" in client_post(clerk, close, stale, status=409)
    client_post(clerk, close, stale | {"row_version": 3})
    assert fresh(item).state == IncomingState.CLOSED
    assert clerk.post(address(item, "incoming-act", "anders")).status_code == 404


def test_what_waits_is_counted_in_rail_card_and_work_list(story: Story, clerk: Client) -> None:
    start = clerk.get("/").content.decode()
    assert "noch nicht abgelegt" not in start
    item = letter(story)
    cache.clear()
    start = clerk.get("/").content.decode()
    assert "Posteingang: noch nicht abgelegt" in start
    assert address(item) in start
    listed = clerk.get(reverse("my-work"), {"art": "posteingang"}).content.decode()
    assert address(item) in listed
    own = {"assignee": str(personas.person(personas.CLERK_SOCIAL).uuid), "row_version": 1}
    client_post(clerk, address(item, "incoming-act", "zuweisen"), own)
    assert fresh(item).assignee == personas.person(personas.CLERK_SOCIAL)
    assert address(item) in clerk.get("/").content.decode()


def test_files_are_shown_marked_and_taken_untouched(story: Story, clerk: Client) -> None:
    [broken] = bring(("kaputt.pdf", b"%PDF-1.7\nkaputt"))
    assert "beschädigt" in page(clerk, broken)
    [item] = bring(("Bescheid.pdf", filing.pdf("Seite eins")))
    assert address(item, "incoming-page", 0, 1) in page(clerk, item)
    assert clerk.get(address(item, "incoming-page", 0, 1)).headers["Content-Type"] == "image/webp"
    taken = clerk.get(address(item, "incoming-original", 0))
    assert b"".join(taken.streaming_content) == filing.pdf("Seite eins")  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="records.incoming.original_taken").exists()
