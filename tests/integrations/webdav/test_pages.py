"""The pages that give out secret addresses, and how these end with the login."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.middleware import LAST_SEEN
from integrations.models import DavShare
from records.models import Document
from records.services import check_outs
from records.services.actor import person
from tests import personas, stories
from tests.integrations.webdav.editor import Editor, docx
from tests.records.views import filing
from tests.stories import Story

NAME = "bescheid.docx"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def document(story: Story) -> Document:
    return filing.file_data(story.matter, "Bescheid", (NAME, docx("Text")))


@pytest.fixture
def client(quick_city: None) -> Client:
    client = Client()
    client.force_login(personas.person(personas.CLERK_SOCIAL), backend=BACKEND)
    return client


def secret_in(page: bytes) -> str:
    found = re.search(rb"/dav/([\w-]+)/", page)
    assert found is not None
    return found.group(1).decode()


def edits(client: Client, document: Document) -> Editor:
    return Editor(secret_in(client.post(reverse("document-office", args=[document.uuid])).content))


def test_e8_two_clicks_open_word_or_libreoffice(client: Client, document: Document) -> None:
    address = reverse("document-office", args=[document.uuid])
    page = client.get(reverse("document", args=[document.uuid])).content.decode()
    assert address in page
    assert client.get(address).status_code == 200
    assert not DavShare.objects.exists()
    page = client.post(address).content.decode()
    assert f'href="ms-word:ofe|u|http://testserver/dav/{secret_in(page.encode())}/{NAME}"' in page
    assert 'href="vnd.libreoffice.command:ofe|u|http://testserver/dav/' in page


def test_the_link_stands_only_where_it_works(
    client: Client, document: Document, story: Story
) -> None:
    address = reverse("document-office", args=[story.document.uuid])
    shown = client.get(reverse("document", args=[story.document.uuid])).content.decode()
    assert address not in shown
    assert client.get(address).status_code == 409
    voss = personas.person(personas.HEAD_SOCIAL)
    check_outs.check_out([document.pk], person(voss, "test"))
    address = reverse("document-office", args=[document.uuid])
    assert address not in client.get(reverse("document", args=[document.uuid])).content.decode()
    assert client.post(address).status_code == 409


def test_a_saved_state_is_told_on_the_document(client: Client, document: Document) -> None:
    editor = edits(client, document)
    editor.open(NAME)
    editor.save(NAME, docx("Neu"))
    page = client.get(reverse("document", args=[document.uuid])).content.decode()
    assert "Arbeitsstand von Ihnen" in page
    work = reverse("document-check-out", args=[document.uuid])
    assert "wird der gespeicherte Stand als Entwurf abgelegt" in client.get(work).content.decode()


def test_a_matter_is_given_out_as_a_folder(client: Client, story: Story) -> None:
    address = reverse("matter-folder", args=[story.matter.uuid])
    shown = client.get(
        reverse("case-file", args=[story.case_file.uuid]), {"vorgang": str(story.matter.uuid)}
    )
    assert address in shown.content.decode()
    folder = Editor(secret_in(client.post(address).content))
    assert "Bescheid.txt" in folder.names()


@pytest.mark.parametrize("ways", ["logout", "idle"])
def test_the_address_ends_with_the_logout_but_not_with_an_idle_browser(
    client: Client, document: Document, ways: str
) -> None:
    editor = edits(client, document)
    if ways == "logout":
        client.post(reverse("account_logout"))
    else:
        session = client.session
        session[LAST_SEEN] = 0
        session.save()
    assert client.get("/").status_code == 302
    assert editor.ask("GET", NAME).status == (404 if ways == "logout" else 200)


def test_another_login_of_the_same_person_keeps_its_own(client: Client, document: Document) -> None:
    editor = edits(client, document)
    other = Client()
    other.force_login(personas.person(personas.CLERK_SOCIAL), backend=BACKEND)
    edits(other, document)
    other.post(reverse("account_logout"))
    assert editor.ask("GET", NAME).status == 200
