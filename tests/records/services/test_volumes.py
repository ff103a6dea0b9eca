"""Volumes of files (A1): numbers, rights, and who may open one."""

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.models import CaseFile, Volume
from records.services.rights import Exclusion, NewGrant, exclude_persons, grant_case_file_access
from records.services.volumes import open_next_volumes
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def next_volume(case_file: CaseFile, by: str = personas.CLERK_BUILDING) -> CaseFile:
    [made] = open_next_volumes([case_file.pk], w.acting(person(by)))
    return made


def test_a1_volumes_are_counted_from_the_first(story: Story) -> None:
    first = story.case_file
    second = next_volume(first)
    third = next_volume(second)
    numbers = [second.aktenzeichen, third.aktenzeichen]
    assert numbers == [f"{first.aktenzeichen}/Bd. 2", f"{first.aktenzeichen}/Bd. 3"]
    assert {v.first_id for v in Volume.objects.all()} == {first.pk}
    assert (second.title, second.entry_id) == (first.title, first.entry_id)
    assert second.uuid != first.uuid


def test_s2_releases_and_exclusions_go_with_it(story: Story) -> None:
    head = w._person("leitung")
    accounts.give_role(head, w.unit("63.1"), Role.HEAD)
    out = w._person("befangen")
    accounts.give_role(out, w.unit("63.1"), Role.CLERK)
    guest = person(personas.DATA_PROTECTION)
    pk = story.case_file.pk
    grant_case_file_access([NewGrant(pk, "Prüfung", user_id=guest.pk)], w.acting(head))
    exclude_persons([Exclusion(pk, out.pk, "Nachbar")], w.acting(head))
    second = next_volume(story.case_file)
    seen = CaseFile.objects.filter(pk=second.pk)
    assert seen.visible_to(guest).exists()
    assert seen.visible_to(head).exists()
    assert not seen.visible_to(out).exists()


def test_history_and_audit_name_the_new_volume(story: Story) -> None:
    second = next_volume(story.case_file)
    operation = second.history.get().operation_id
    assert AuditEntry.objects.get(operation_id=operation).object_uuid == second.uuid


@pytest.mark.parametrize("who", [personas.CLERK_SOCIAL, personas.REGISTRY])
def test_others_open_none(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        next_volume(story.case_file, who)


def test_a8_fallakten_have_no_volumes(quick_city: None) -> None:
    with pytest.raises(IllegalState, match="Fallakten"):
        next_volume(stories.social_file().case_file, personas.CLERK_SOCIAL)
