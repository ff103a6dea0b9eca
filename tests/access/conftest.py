"""The world is built once per module in a transaction; each test works in a savepoint of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from goettingen_ecm.accounts.models import User
from integrations.demo import city as demo_city
from records.choices import Confidentiality
from records.models import CaseFile
from tests.access import world as w

OPEN, INTERNAL, CONFIDENTIAL = (
    Confidentiality.OPEN,
    Confidentiality.INTERNAL,
    Confidentiality.CONFIDENTIAL,
)
FILES = {
    "soziales intern": ("50.10", "50.1", INTERNAL),
    "soziales vertraulich": ("50.10", "50.1", CONFIDENTIAL),
    "soziales offen": ("50.20", "50.1", OPEN),
    "sozialamt intern": ("50.50", "50", INTERNAL),
    "bauen intern": ("63.10", "63.1", INTERNAL),
    "bauen vertraulich": ("63.10", "63.1", CONFIDENTIAL),
    "bauen offen": ("63.20", "63.1", OPEN),
    "steuer intern": ("20.30", "20.3", INTERNAL),
    "rat intern": ("00.10", "OB", INTERNAL),
}


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """File ids by name; nothing of it is ever committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo_city.build_city()
        w.build()
        yield {name: w.open_file(*facts).pk for name, facts in FILES.items()}
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world: dict[str, int]) -> Iterator[w.World]:
    """People and one file of each kind, read anew for every test."""
    with transaction.atomic():
        people = {p.username: p for p in User.objects.filter(is_technical=False).order_by("id")}
        files = CaseFile.objects.select_related("entry").in_bulk(list(built_world.values()))
        yield w.World(people, {name: files[pk] for name, pk in built_world.items()})
        transaction.set_rollback(True)
