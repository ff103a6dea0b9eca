"""Units, roles and memberships: the tree stays whole, Revision is always dated."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User, din5007_key
from goettingen_ecm.operations.refusals import InvalidInput


def make(code: str, parent: OrgUnit | None = None) -> OrgUnit:
    return OrgUnit.objects.create(code=code, name=code, parent=parent)


def path_of(unit: OrgUnit) -> list[str]:
    codes = dict(OrgUnit.objects.values_list("id", "code"))
    return [codes[pk] for pk in OrgUnit.objects.get(pk=unit.pk).ancestors]


@pytest.mark.usefixtures("db")
class TestTree:
    def test_a_unit_knows_those_above_itself_last(self) -> None:
        top = make("A")
        middle = make("B", top)
        assert path_of(make("C", middle)) == ["A", "B", "C"]

    def test_moving_a_unit_moves_its_branch(self) -> None:
        first, second = make("A"), make("Z")
        middle = make("B", first)
        leaf = make("D", make("C", middle))
        middle.parent = second
        middle.save()
        assert path_of(leaf) == ["Z", "B", "C", "D"]
        middle.parent = None
        middle.save()
        assert path_of(leaf) == ["B", "C", "D"]
        assert path_of(first) == ["A"]

    def test_a_stale_parent_in_memory_does_no_harm(self) -> None:
        top, middle = make("A"), make("B")
        OrgUnit.objects.get(pk=middle.pk).save()
        moved = OrgUnit.objects.get(pk=middle.pk)
        moved.parent = top
        moved.save()
        assert middle.ancestors == [middle.pk]
        assert path_of(make("C", middle)) == ["A", "B", "C"]

    def test_nothing_stands_below_itself(self) -> None:
        top = make("A")
        leaf = make("B", top)
        top.parent = leaf
        with pytest.raises(ValidationError, match="unter sich selbst"):
            top.full_clean()
        with pytest.raises(ValueError, match="below itself"):
            top.save()
        assert path_of(leaf) == ["A", "B"]


@pytest.mark.usefixtures("db")
class TestRoles:
    def test_a_principal_is_made_once_with_its_group(self) -> None:
        unit = make("50.1")
        first = accounts.ensure_unit_role(unit, Role.CLERK)
        assert accounts.ensure_unit_role(unit, Role.CLERK).pk == first.pk
        assert first.group.name == "50.1 Sachbearbeitung"
        roles = accounts.ensure_roles(unit, [Role.HEAD, Role.CLERK])
        assert [r.role for r in roles] == [Role.HEAD, Role.CLERK]
        assert UnitRole.objects.filter(unit=unit).count() == 2

    @pytest.mark.parametrize(
        ("until", "cause"), [(None, "Prüfung 2026"), (date(2026, 12, 31), ""), (None, "")]
    )
    def test_revision_is_dated_and_names_its_audit(self, until: date | None, cause: str) -> None:
        person, unit = User.objects.create(username="p"), make("14")
        with pytest.raises(InvalidInput):
            accounts.give_role(person, unit, Role.AUDITOR, valid_until=until, cause=cause)
        assert not Membership.objects.exists()
        accounts.give_role(
            person, unit, Role.AUDITOR, valid_until=date(2026, 12, 31), cause="Prüfung 2026"
        )

    @pytest.mark.parametrize(
        ("begins", "ends", "counts"),
        [
            (None, None, True),
            (date(2026, 5, 2), None, True),
            (date(2026, 5, 3), None, False),
            (None, date(2026, 5, 2), True),
            (None, date(2026, 5, 1), False),
            (date(2026, 5, 2), date(2026, 5, 2), True),
        ],
    )
    def test_both_ends_of_a_membership_count(
        self, begins: date | None, ends: date | None, counts: bool
    ) -> None:
        person, unit = User.objects.create(username="p"), make("14")
        accounts.give_role(person, unit, Role.CLERK, valid_from=begins, valid_until=ends)
        assert Membership.objects.current(date(2026, 5, 2)).exists() is counts


def test_two_workers_make_a_principal_once(committed_db: str) -> None:
    unit = make("50.1")

    def ensure(_number: int) -> int:
        try:
            return accounts.ensure_unit_role(unit, Role.CLERK).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ensure, range(8)))) == 1


@pytest.mark.parametrize(
    "ordered",
    [
        ["Aal", "Äpfel", "Apfelbaum", "Arndt"],
        ["Göbel", "Goethe", "Göring", "Götz"],
        ["Strasse", "Straße 2", "Strassenbau"],
        ["Muller", "Müller", "Mullers"],
    ],
)
def test_names_sort_as_in_a_german_dictionary(ordered: list[str]) -> None:
    """DIN 5007-1: umlauts as their base letter, ß as ss."""
    assert sorted(ordered, key=din5007_key) == ordered
