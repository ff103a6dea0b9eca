"""LibreOffice itself opens a document over its address, changes it, stores twice and closes."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.db import transaction

from records.content import office
from records.models import CheckOut, Document
from records.selectors.documents import components_of
from records.services import blobs
from tests import personas, stories
from tests.integrations.webdav.editor import docx, edits
from tests.records.views import filing

SYSTEM_PYTHON = "/usr/bin/python3"
CLIENT = Path(__file__).with_name("office_client.py")


def speaks_uno() -> bool:
    """Whether the system's Python has LibreOffice's bridge (apt: python3-uno)."""
    if office.program() is None or shutil.which(SYSTEM_PYTHON) is None:
        return False
    asked = [SYSTEM_PYTHON, "-c", "import uno"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not speaks_uno(), reason="LibreOffice with python3-uno is not installed")
def test_e8_saving_in_libreoffice_makes_one_version(dav_address: str, tmp_path: Path) -> None:
    with transaction.atomic():
        story = stories.social_file()
        letter = ("bescheid ä.docx", docx("Alter Text"))
        document = filing.file_data(story.matter, "Bescheid", letter)
    secret = edits(personas.person(personas.CLERK_SOCIAL), document).secret
    address = f"{dav_address}/dav/{secret}/bescheid%20%C3%A4.docx"
    command = [SYSTEM_PYTHON, str(CLIENT), str(office.program()), str(tmp_path / "profile")]
    subprocess.run([*command, address, "Erstens: "], check=True, timeout=90)
    changed = Document.objects.get(pk=document.pk)
    [main] = components_of(changed)
    with zipfile.ZipFile(io.BytesIO(blobs.read_small(main.blob))) as package:
        text = package.read("word/document.xml").decode()
    assert "Zweitens: Erstens: " in text
    assert (changed.version_number, main.file_name) == (2, "bescheid ä.docx")
    assert not CheckOut.objects.exists()
