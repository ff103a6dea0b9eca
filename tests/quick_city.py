"""The demo city once per module: for modules with many quick tests.

Import both fixtures into a conftest. A module that uses them must not use ``db``, ``city`` or
``committed_db`` beside them: the module's transaction stays open between its tests.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from integrations.demo import city as demo_city


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Musterstadt in a transaction that ends with the module; nothing is ever committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo_city.build_city()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def quick_city(built_city: None) -> Iterator[None]:
    """One test's savepoint in it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
