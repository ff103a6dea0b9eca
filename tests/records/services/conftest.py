"""A file of the Sozialamt with a matter and the bytes of a letter."""

import pytest

from records import blob_store
from records.models import Blob, CaseFile, Matter
from records.services import blobs
from records.services.matters import NewMatter, open_matters
from tests.access import world as w


@pytest.fixture
def social_file(quick_city: None) -> CaseFile:
    return w.open_file("50.10", "50.1")


@pytest.fixture
def matter(social_file: CaseFile) -> Matter:
    [opened] = open_matters([NewMatter(social_file, "Grundsicherung 2026")], w.machine())
    return opened


@pytest.fixture
def letter(quick_city: None) -> Blob:
    staged = blob_store.stage_chunks([b"%PDF-1.7 Bescheid"])
    return blobs.store_staged([staged])[staged.sha256]
