"""The pages of a deletion: proposed at the document, decided by another person, proven in the file."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import DeletionDecision, DocumentStatus
from records.models import DeletionProposal, Document
from tests import personas
from tests.records.views.conftest import logged_in
from tests.stories import Story

WHY = "Privates Attest, gehört nicht in die Akte"


def address(story: Story) -> str:
    return reverse("document-delete", args=[story.document.uuid])


def wish(story: Story, **more: object) -> dict[str, Any]:
    return {"ground": "privat", "reason": WHY, "row_version": story.document.row_version, **more}


@pytest.fixture
def proposal(story: Story, clerk: Client) -> DeletionProposal:
    assert clerk.post(address(story), wish(story)).status_code == 302
    return DeletionProposal.objects.get()


def page_of(one: DeletionProposal) -> str:
    return reverse("deletion", args=[one.uuid])


def decision(story: Story, **more: object) -> dict[str, Any]:
    return {"reason": "Geprüft", "row_version": story.document.row_version, **more}


def text(client: Client, target: str) -> str:
    return client.get(target).content.decode()


def test_the_document_is_marked_until_the_decision(
    story: Story, clerk: Client, proposal: DeletionProposal
) -> None:
    page = text(clerk, reverse("document", args=[story.document.uuid]))
    assert "zur Löschung vorgeschlagen am" in page
    assert page_of(proposal) in page
    assert page_of(proposal) in text(clerk, reverse("case-file", args=[story.case_file.uuid]))
    # The proposer reads what was proposed, but gets no form to decide.
    mine = text(clerk, page_of(proposal))
    assert "Vorschlag zurückziehen" in mine
    assert "Endgültig löschen" not in mine
    withdrawn = clerk.post(reverse("deletion-withdraw", args=[proposal.uuid]))
    assert withdrawn.status_code == 302
    page = text(clerk, reverse("document", args=[story.document.uuid]))
    assert "zur Löschung vorgeschlagen am" not in page


def test_w11_the_proposer_cannot_post_the_decision(
    story: Story, clerk: Client, proposal: DeletionProposal
) -> None:
    sent = decision(story, decision="geloescht", retention_checked="on")
    assert clerk.post(page_of(proposal), sent).status_code == 403
    assert Document.objects.get(pk=story.document.pk).status == DocumentStatus.VALID


def test_a_second_person_decides_and_the_proof_stays(
    story: Story, clerk: Client, proposal: DeletionProposal
) -> None:
    head = logged_in(personas.HEAD_SOCIAL)
    for place in ("start", "deletions"):
        assert page_of(proposal) in text(head, reverse(place))
    assert "Löschungen entscheiden" not in text(clerk, reverse("start"))
    unchecked = head.post(page_of(proposal), decision(story, decision="geloescht"))
    assert (unchecked.status_code, b"Gepr\xc3\xbcft" in unchecked.content) == (422, True)
    sent = decision(story, decision="geloescht", retention_checked="on")
    assert head.post(page_of(proposal), sent).status_code == 302
    assert head.get(reverse("document", args=[story.document.uuid])).status_code == 404
    proof = text(clerk, page_of(proposal))
    assert all(one in proof for one in ("Gelöschtes Dokument", WHY, "Voss", "Brandt"))
    file_page = text(clerk, reverse("case-file", args=[story.case_file.uuid]))
    assert page_of(proposal) in file_page
    again = head.post(page_of(proposal), sent)
    assert "Endgültig löschen" not in again.content.decode()


def test_rejected_it_stays(story: Story, proposal: DeletionProposal) -> None:
    head = logged_in(personas.HEAD_SOCIAL)
    assert head.post(page_of(proposal), decision(story, decision="abgelehnt")).status_code == 302
    proposal.refresh_from_db()
    assert proposal.decision == DeletionDecision.REJECTED
    assert head.get(reverse("document", args=[story.document.uuid])).status_code == 200


def test_typed_values_stay_when_somebody_else_was_faster(story: Story, clerk: Client) -> None:
    answer = clerk.post(address(story), wish(story, row_version=story.document.row_version + 7))
    assert answer.status_code == 409
    assert WHY in answer.content.decode()
    assert not DeletionProposal.objects.exists()
    assert clerk.post(address(story), wish(story, ground="")).status_code == 422


def test_people_without_sight_hear_nothing(
    story: Story, outsider: Client, proposal: DeletionProposal
) -> None:
    assert outsider.get(page_of(proposal)).status_code == 404
    assert page_of(proposal) not in text(outsider, reverse("deletions"))
    assert outsider.post(reverse("deletion-withdraw", args=[proposal.uuid])).status_code == 404
