"""Principals of confidential files: numbers of their own; the migration writes what the code does."""

import importlib
from itertools import product

import pytest
from django.db import connection

from goettingen_ecm.access import everyone, principal_ids
from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.access.scopes import digest
from goettingen_ecm.accounts.choices import Circle, Role
from records.grants import GrantKind
from records.models import CaseFile
from records.services.rights import NewGrant, write_grants
from records.services.scoping import recompute
from tests.access import world as w

MIGRATION = importlib.import_module("records.migrations.0008_confidential_principals")


def test_both_kinds_of_principals_never_meet() -> None:
    plain = {
        *range(1, 500),
        *(
            principal_ids.grant(kind, pk, circle)
            for kind, pk, circle in product(range(4), (1, 7, 2**24), Circle.values)
        ),
    }
    confidential = {principal_ids.confidential(one) for one in plain}
    assert plain.isdisjoint(confidential)
    assert {principal_ids.plain(one) for one in plain | confidential} == plain
    assert all(-(2**31) <= one < 2**31 for one in confidential)


def test_the_largest_grant_still_fits() -> None:
    last = principal_ids.grant(3, 2**25 - 1, Circle.STAFF)
    assert principal_ids.confidential(last) >= -(2**31)
    with pytest.raises(OverflowError):
        principal_ids.grant(0, 2**25 + 1, Circle.NONE)


@pytest.fixture
def granted(world: w.World) -> w.World:
    """The confidential files are released to a group and to a person."""
    for name in ("soziales vertraulich", "bauen vertraulich"):
        pk = world.files[name].pk
        wishes = [
            NewGrant(pk, "Prüfung", group_id=w.group_id("50.2", Role.CLERK)),
            NewGrant(pk, "Prüfung", user_id=world.people["kruse"].pk),
        ]
        write_grants(wishes, GrantKind.FILE_GROUP, GrantKind.FILE_USER, w.machine())
    recompute([file.pk for file in world.files.values()])
    return world


def scopes(world: w.World) -> dict[str, tuple[list[int], list[int]]]:
    files = CaseFile.objects.select_related("scope").in_bulk([f.pk for f in world.files.values()])
    return {
        name: (files[file.pk].scope.allow, files[file.pk].scope.deny)
        for name, file in world.files.items()
    }


def test_the_migration_writes_what_the_code_computes(granted: w.World) -> None:
    computed = scopes(granted)
    _run(MIGRATION.BACKWARDS)
    before = scopes(granted)
    _run(MIGRATION.FORWARDS)
    assert scopes(granted) == computed
    changed = {name for name in computed if before[name] != computed[name]}
    assert changed == {"soziales vertraulich", "bauen vertraulich"}
    for name in changed:
        assert all(abs(one) <= 2**30 for one in before[name][0])
    for scope in AccessScope.objects.all():
        assert bytes(scope.digest) == digest((tuple(scope.allow), tuple(scope.deny)))


def _run(mapping: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(mapping + MIGRATION.WRITE)


def test_only_confidential_files_hold_confidential_principals(granted: w.World) -> None:
    for name, (allow, _deny) in scopes(granted).items():
        beyond = [one for one in allow if principal_ids.plain(one) != one]
        assert bool(beyond) == name.endswith("vertraulich"), name
        assert principal_ids.confidential(everyone.group_id()) not in allow
