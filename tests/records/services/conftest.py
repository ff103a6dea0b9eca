"""The demo city once per module, in a transaction; each test works in a savepoint of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from integrations.demo import city as demo_city
from records import blob_store
from records.models import Blob, CaseFile, Matter
from records.services import blobs
from records.services.matters import NewMatter, open_matters
from tests.access import world as w


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo_city.build_city()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def quick_city(built_city: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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
