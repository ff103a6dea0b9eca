"""What a person names so that an entry can be filed: unit, plan entry or file, each where it helps."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import ClearingReason
from integrations.forms import AssignEntryForm
from integrations.models import ClearingCase
from records.models import CaseFile, FilePlan, FilePlanEntry
from tests import stories
from tests.integrations.views.conftest import Desk
from tests.integrations.views.reading import page

FIELDS = ("unit", "entry", "case_file")


def waiting(desk: Desk, reason: ClearingReason, action: str = "anlegen") -> ClearingCase:
    case = desk.case(desk.delivery(), reason)
    case.item.action = action
    case.item.save()
    return case


def asked(client: Client, case: ClearingCase) -> list[str]:
    root = page(client, reverse("clearing-case", args=[case.uuid]))
    return [name for name in FIELDS if root.xpath(f'//main//form//*[@name="{name}"]')]


@pytest.mark.parametrize(
    ("reason", "action", "fields"),
    [
        (ClearingReason.UNKNOWN_UNIT, "anlegen", ["unit"]),
        (ClearingReason.REFUSED, "anlegen", ["unit"]),
        (ClearingReason.UNKNOWN_ENTRY, "anlegen", ["entry"]),
        (ClearingReason.NOT_PERMITTED, "anlegen", ["entry"]),
        (ClearingReason.UNKNOWN_OBJECT, "version", ["case_file"]),
        (ClearingReason.UNKNOWN_OBJECT, "metadaten", []),
        (ClearingReason.CASE_FILE_CLOSED, "anlegen", ["case_file"]),
        (ClearingReason.HASH_MISMATCH, "anlegen", []),
    ],
)
def test_only_what_helps_is_asked(
    desk: Desk, operator: Client, reason: ClearingReason, action: str, fields: list[str]
) -> None:
    assert asked(operator, waiting(desk, reason, action)) == fields


def test_plan_entry(desk: Desk, operator: Client) -> None:
    case = waiting(desk, ClearingReason.UNKNOWN_ENTRY)
    entry = FilePlanEntry.objects.filter(children=None, locked=False, retired_on=None)[0]
    answer = operator.post(reverse("clearing-assign", args=[case.uuid]), {"entry": entry.code})
    assert answer.status_code == 302
    case.item.refresh_from_db()
    assert case.item.assigned == {"entry": entry.pk}


def test_locked_plan_entry_is_no_choice(desk: Desk, operator: Client) -> None:
    case = waiting(desk, ClearingReason.UNKNOWN_ENTRY)
    entry = FilePlanEntry.objects.filter(children=None)[0]
    FilePlanEntry.objects.filter(pk=entry.pk).update(locked=True)
    answer = operator.post(reverse("clearing-assign", args=[case.uuid]), {"entry": entry.code})
    assert answer.status_code == 422
    assert "Geben Sie" in answer.content.decode()


def test_file_the_operator_does_not_see_reads_as_unknown(desk: Desk, operator: Client) -> None:
    case = waiting(desk, ClearingReason.UNKNOWN_OBJECT, "version")
    hidden = stories.social_file().case_file.aktenzeichen
    url = reverse("clearing-assign", args=[case.uuid])
    answers = [operator.post(url, {"case_file": number}) for number in (hidden, "99.99-1/2026")]
    texts = [
        one.content.decode().replace(hidden, "").replace("99.99-1/2026", "") for one in answers
    ]
    assert [one.status_code for one in answers] == [422, 422]
    assert all("sehen Sie nicht" in text for text in texts)
    case.item.refresh_from_db()
    assert case.item.assigned == {}
    assert CaseFile.objects.filter(aktenzeichen=hidden).exists()


def test_assigning_where_nothing_helps_is_refused(desk: Desk, operator: Client) -> None:
    case = waiting(desk, ClearingReason.HASH_MISMATCH)
    answer = operator.post(reverse("clearing-assign", args=[case.uuid]), {"unit": 1})
    assert answer.status_code == 409


def test_a2_only_entries_of_the_plan_in_force_that_take_files_are_taken(quick_city: None) -> None:
    entry = FilePlanEntry.objects.get(code="50.20")
    assert AssignEntryForm({"entry": "50.20"}).is_valid()
    ended = FilePlan.objects.create(
        code="ALT", title="Alter Plan", valid_from=date(1990, 1, 1), valid_until=date(2000, 1, 1)
    )
    FilePlanEntry.objects.create(plan=ended, code="1.99", title="Altes")
    FilePlanEntry.objects.filter(children=entry).update(locked=True)
    assert not AssignEntryForm({"entry": "1.99"}).is_valid()
    assert not AssignEntryForm({"entry": "50.20"}).is_valid()
