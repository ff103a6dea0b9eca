"""``visible_among`` gives what ``visible_to`` gives, for rows that are known already."""

from records.models import CaseFile, Document
from tests import personas, stories
from tests.personas import CLERK_BUILDING, CLERK_SOCIAL, DATA_PROTECTION


def test_the_same_rows_as_visible_to(quick_city: None) -> None:
    stories.social_file()
    stories.building_file("Garage")
    keys = list(Document.objects.values_list("pk", flat=True))
    assert keys
    for name in (CLERK_SOCIAL, CLERK_BUILDING, DATA_PROTECTION):
        user = personas.person(name)
        files = CaseFile.objects.visible_to(user)
        expected = Document.objects.visible_to(user).filter(case_file__in=files)
        found = Document.objects.all().visible_among(user, keys, "case_file")
        assert found == set(expected.values_list("pk", flat=True))
    assert Document.objects.all().visible_among(personas.person(CLERK_SOCIAL), []) == set()
